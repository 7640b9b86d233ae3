"""X205: neighbouring events in the wrong order, by the same shift all over the report."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.findings.wording_across import shifted_clock
from engine.lifecycle.belief import ENROLMENTS
from engine.projection.across.found import NOTHING, Evidence, Found, Sentences
from engine.projection.across.view import View, among
from engine.replay.table import IN_CYCLE
from engine.vocabulary import Action

__all__ = ["LEAST", "SEQUENCES", "Sequence", "shifted_clocks"]

Ints = npt.NDArray[np.int64]

_QUARTER: Final = 900_000_000
_NEARLY: Final = 120_000_000
LEAST: Final = 20
"""Inverted pairs from which on a shift is believed."""

_SHOWN: Final = 10
"""Pairs that a finding names as evidence."""


class Sequence(NamedTuple):
    """Two kinds of action, of which the second follows from the first."""

    name: str
    follower_name: str
    actions: frozenset[Action]
    followers: frozenset[Action]


_STARTS: Final = frozenset({Action.START, Action.SCORM_PROGRESS})

SEQUENCES: Final = (
    Sequence("enrolment", "start", ENROLMENTS, _STARTS),
    Sequence("start", "completion", _STARTS, frozenset({Action.COMPLETE})),
    Sequence(
        "completion",
        "certificate",
        frozenset({Action.COMPLETE, Action.ATTEND, Action.RECERTIFY}),
        frozenset({Action.CERTIFY_FOR_COMPLETION}),
    ),
)


class _Shift(NamedTuple):
    """One finding: the followers that come too early, the earliest first, and the sentence."""

    followers: Ints
    sentence: str


def shifted_clocks(view: View) -> Found:
    """Return for each sequence at most one finding, at the earliest event that is out of order.

    Two events are neighbours if they are next to each other in one record and cycle. A pair is
    inverted if the follower comes first; its lag is then a number of quarter hours if it is
    within two minutes of one.
    """
    shifts = [shift for each in SEQUENCES if (shift := _shift(view, each))]
    # Several sequences may point at one event; positions ascend all the same.
    shifts.sort(key=lambda shift: int(shift.followers[0]))

    def because(which: Ints) -> Evidence:
        records = []
        for number in which.tolist():
            early = shifts[number].followers[:_SHOWN]
            both = view.record(np.column_stack([early, early + 1]).reshape(-1))
            records.append(both[1:])
        counts = np.array([len(each) for each in records], np.int64)
        return Evidence(counts, np.concatenate([NOTHING, *records]))

    def words(which: Ints) -> Sentences:
        return Sentences(np.arange(len(which)), [shifts[n].sentence for n in which.tolist()])

    position = np.array([int(shift.followers[0]) for shift in shifts], np.int64)
    return Found("X205", position, because, words)


def _shift(view: View, sequence: Sequence) -> _Shift | None:
    at = view.history.at
    early = _neighbours(view, sequence.followers, sequence.actions)
    lag = at[early + 1] - at[early]
    quarters = (lag + _QUARTER // 2) // _QUARTER
    whole = (quarters > 0) & (np.abs(lag - quarters * _QUARTER) <= _NEARLY)
    if np.count_nonzero(whole) < LEAST:
        return None
    lags, counts = np.unique(quarters[whole], return_counts=True)
    commonest = int(np.argmax(counts))
    inverted = int(counts[commonest])
    if inverted < LEAST or 2 * inverted < len(early):
        return None
    pairs = len(early) + len(_neighbours(view, sequence.actions, sequence.followers))
    if 2 * inverted < pairs:
        return None
    followers = early[whole & (quarters == lags[commonest])]
    followers = followers[view.in_order(view.record(followers), at[followers])]
    sentence = shifted_clock(
        sequence.name,
        sequence.follower_name,
        minutes=int(lags[commonest]) * 15,
        inverted=inverted,
        pairs=pairs,
    )
    return _Shift(followers, sentence)


def _neighbours(view: View, first: Collection[Action], second: Collection[Action]) -> Ints:
    """The events of ``first`` that one of ``second`` follows next, in the same cycle."""
    action = view.history.action
    if len(action) < 2:
        return NOTHING
    next_to = among(action[:-1], first) & among(action[1:], second) & ~view.last_of_stream[:-1]
    found = np.flatnonzero(next_to)
    here, after = (view.history.replay.outcome[each] for each in (found, found + 1))
    # Where a cycle is open after both, it is one: a cycle begins only where none is open.
    kept: Ints = found[here & after & IN_CYCLE != 0]
    return kept
