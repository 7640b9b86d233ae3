"""X205: neighbouring events in the wrong order, by the same shift all over the report."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS
from engine.replay.table import IN_CYCLE
from engine.rules.argument import Argued, CaseAcross, argued, row_says
from engine.rules.examples import of_learner
from engine.rules.found import NOTHING, Evidence, Found, Sentences
from engine.rules.rule import AcrossRule, Hint, Severity
from engine.rules.view import View, among, by_parts

__all__ = ["LEAST", "RULE", "SEQUENCES", "Sequence"]

Ints = npt.NDArray[np.int64]
Actions: TypeAlias = frozenset[Action]

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


def find(view: View) -> Found:
    """Return for each sequence at most one finding, at the earliest event that is out of order.

    Two events are neighbours if they are next to each other in one record and cycle. A pair is
    inverted if the follower comes first; its lag is then a number of quarter hours if it is
    within two minutes of one.
    """
    inverted = _neighbours(view, [(each.followers, each.actions) for each in SEQUENCES])
    shifts = [
        shift
        for sequence, early in zip(SEQUENCES, inverted, strict=True)
        if (shift := _shift(view, sequence, early))
    ]
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
    return Found(position, because, words)


def _shift(view: View, sequence: Sequence, early: Ints) -> _Shift | None:
    """The finding of this sequence, of which ``early`` are the followers that come first."""
    at = view.history.at
    if len(early) < LEAST:
        return None
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
    in_order, *_ = _neighbours(view, [(sequence.actions, sequence.followers)])
    pairs = len(early) + len(in_order)
    if 2 * inverted < pairs:
        return None
    followers = early[whole & (quarters == lags[commonest])]
    followers = followers[view.in_order(view.record(followers), at[followers])]
    sentence = _say(
        sequence.name,
        sequence.follower_name,
        minutes=int(lags[commonest]) * 15,
        inverted=inverted,
        pairs=pairs,
    )
    return _Shift(followers, sentence)


def _neighbours(view: View, pairs: list[tuple[Actions, Actions]]) -> list[Ints]:
    """For each pair the events of the first that one of the second follows next, in one cycle."""
    action, starts = view.history.action, view.streams.starts
    kinds = {actions for pair in pairs for actions in pair}

    def next_to(part: slice) -> Ints:
        here = action[part.start : part.stop + 1]
        of_kind = {actions: among(here, actions) for actions in kinds}
        found = np.zeros(len(here) - 1, np.bool_)
        for first, second in pairs:
            found |= of_kind[first][:-1] & of_kind[second][1:]
        # The last event of a record is followed by another record's.
        low, high = np.searchsorted(starts, [part.start + 1, part.start + len(here)])
        found[starts[low:high] - part.start - 1] = False
        places: Ints = np.flatnonzero(found) + part.start
        return places

    outcome = view.history.replay.outcome
    found = by_parts(len(action), next_to, width=2)
    # Where a cycle is open after both, it is one: a cycle begins only where none is open.
    found = found[outcome[found] & outcome[found + 1] & IN_CYCLE != 0]
    return [
        found[among(action[found], first) & among(action[found + 1], second)]
        for first, second in pairs
    ]


_NAMED: Final = 3
"""Pairs of rows that the argument names."""


def _say(first: str, follower: str, *, minutes: int, inverted: int, pairs: int) -> str:
    """Say that one kind of event is early by the same time again and again."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours:,} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return (
        f"In {inverted:,} of {pairs:,} neighbouring pairs the {follower} is {' '.join(parts)} "
        f"before the {first} it follows from: a time zone was lost."
    )


def _argue(case: CaseAcross) -> Argued:
    partner, *others = case.because
    pairs = [
        f"{first.told.name} before {second.told.name}"
        for first, second in zip(others[::2], others[1::2], strict=True)
    ]
    more = f" and {len(pairs) - _NAMED} more such pairs" if len(pairs) > _NAMED else ""
    also = [f"it is so in other records too: {', '.join(pairs[:_NAMED])}{more}"] if pairs else []
    return argued(
        row_says(case.event.told),
        "It should follow from what the next row says, and so come after it.",
        [f"{row_says(partner.told)}, which is later", *also, case.message.removesuffix(".")],
        "the two kinds of rows were written by two clocks: have the report made again with one "
        "time zone before you trust what else seems impossible in it",
    )


_STARTS_EARLY = tuple(
    of_learner(
        f"learner{number:02}@example.com",
        "01 status_change course_started",
        "01 enrollment registration",
    ).replace("course_started,2024-03-01T09", "course_started,2024-03-01T04")
    for number in range(1, 21)
)

RULE = AcrossRule(
    code="X205",
    name="shifted-clock",
    severity=Severity.WARNING,
    what=(
        "Two steps that follow each other stand in the wrong order in at least 20 records, and in "
        "half of all or more, each time apart by the same number of quarter hours. The finding is "
        "made once for the report, at the earliest such row."
    ),
    why=(
        "The rows come from two clocks: for one kind of them a time zone was lost. Statuses at a "
        "given time are wrong by that shift, and most of the impossible sequences in the report "
        "are the clock's doing, not the learners'."
    ),
    false_alarm=(
        "Steps that a program repeats at fixed times can look like this. Compare one of the rows "
        "with the learner's page at the platform. If the clock is at fault, have the report made "
        "again with one time zone, and audit that instead."
    ),
    example="".join(_STARTS_EARLY),
    twin="".join(_STARTS_EARLY).replace("T04:00", "T04:30", 1),
    says=(
        "In 20 of 20 neighbouring pairs the start is 5 h before the enrolment it follows from: a "
        "time zone was lost."
    ),
    hint=Hint(
        place=1,
        text=(
            "Two kinds of rows disagree by the same number of hours all over the report (X205): a "
            "time zone was lost. What seems impossible below may be the clock's doing alone."
        ),
    ),
    find=find,
    argue=_argue,
    role="other clock",
    of_report=True,
)
