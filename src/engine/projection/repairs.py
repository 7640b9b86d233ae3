"""The repairs of an audit: for each stream with errors the cheapest edits that leave none.

Streams with the same history share one repair, so it is searched for once.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.projection.history import History
from engine.repair.edits import Edit, EditKind, Repair
from engine.repair.repairer import Repairer
from engine.replay.table import FINDING_CODES

__all__ = ["KINDS", "Repairs", "find_repairs"]

Ints = npt.NDArray[np.int64]

KINDS: Final = tuple(EditKind)
"""Kinds by number: :attr:`Repairs.kind`."""
_ACTIONS: Final = tuple(Action)
_ERROR: Final = np.array([code is not None and code[1] == "1" for code in FINDING_CODES])
_NEW_INSTANT: Final = 0x80


class Repairs:
    """Every edit in columns, by stream, in the order of the repaired history.

    Attributes
    ----------
    streams:
        The streams with errors, ascending.
    errors:
        How many errors each of them has.
    optimal:
        Whether nothing cheaper exists, for each of them.
    offsets:
        Where the edits of each of them begin, then the number of edits.
    kind, action:
        Positions in :data:`KINDS` and numbers of actions.
    event, before, after:
        Positions of events: the one edited, and the neighbours of its place; −1 for none.
    alternatives:
        Positions in ``alternative_sets``.
    """

    def __init__(self, streams: Ints, errors: Ints, traces: _Traces, trace: Ints) -> None:
        self.streams = streams
        self.errors = errors
        self.optimal = traces.optimal[trace]
        sizes = np.diff(traces.offsets)[trace]
        self.offsets: Ints = np.concatenate([[0], np.cumsum(sizes)])
        inner = np.repeat(traces.offsets[:-1][trace] - self.offsets[:-1], sizes)
        edit = inner + np.arange(self.offsets[-1])
        self.kind, self.action, self.alternatives = (
            traces.columns[name][edit] for name in ("kind", "action", "alternatives")
        )
        self.event, self.before, self.after = (
            traces.columns[name][edit] for name in ("event", "before", "after")
        )
        self.alternative_sets = traces.alternative_sets
        self.distinct = len(traces.optimal)

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def owner(self) -> Ints:
        """The place in ``streams`` of the stream of each edit."""
        return np.repeat(np.arange(len(self.streams)), np.diff(self.offsets))


class _Traces:
    """The repairs of distinct histories in columns; events are counted from the stream's first."""

    def __init__(self, repairs: list[tuple[list[Instant], Repair]]) -> None:
        self.optimal = np.array([repair.optimal for _, repair in repairs], np.bool_)
        sizes = [len(repair.edits) for _, repair in repairs]
        self.offsets: Ints = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        sets: dict[tuple[Action, ...], int] = {}
        rows = []
        for instants, repair in repairs:
            for edit, (before, after) in zip(
                repair.edits, _neighbours(instants, repair.edits), strict=True
            ):
                rows.append(
                    (
                        KINDS.index(edit.kind),
                        int(edit.action),
                        -1 if edit.event is None else edit.event,
                        before,
                        after,
                        sets.setdefault(edit.alternatives, len(sets)),
                    )
                )
        table = np.array(rows, np.int64).reshape(-1, 6).T
        names = ("kind", "action", "event", "before", "after", "alternatives")
        self.columns: dict[str, Ints] = dict(zip(names, table, strict=True))
        self.alternative_sets = list(sets)


def _neighbours(instants: list[Instant], edits: tuple[Edit, ...]) -> list[tuple[int, int]]:
    """The nearest events, before and after each edit's place, that stay where they are."""
    gone = {edit.event for edit in edits if edit.event is not None}
    bounds = [0]
    for instant in instants:
        bounds.append(bounds[-1] + len(instant))
    found = []
    for edit in edits:
        if edit.place is None:
            found.append((-1, -1))
            continue
        at = bounds[edit.place]
        before = next((event for event in range(at - 1, -1, -1) if event not in gone), -1)
        after = next((event for event in range(at, bounds[-1]) if event not in gone), -1)
        found.append((before, after))
    return found


def find_repairs(history: History) -> Repairs:
    """Return the repairs of every stream that has errors."""
    streams = history.streams
    wrong = np.flatnonzero(_ERROR[history.finding])
    owner = np.searchsorted(streams.starts, wrong, side="right") - 1
    broken, errors = np.unique(owner, return_counts=True)
    numbers: dict[bytes, int] = {}
    trace = np.empty(len(broken), np.int64)
    order, words = _words(history, broken)
    low = 0
    for at, size in enumerate(np.diff(streams.starts)[broken].tolist()):
        trace[at] = numbers.setdefault(words[low : low + size], len(numbers))
        low += size
    repairer = Repairer(partial=history.partial)
    repairs = []
    for word in numbers:
        instants = _instants(word)
        repairs.append((instants, repairer.repair(instants)))
    found = Repairs(broken, errors, _Traces(repairs), trace)
    first = np.concatenate([[0], np.cumsum(np.diff(streams.starts)[broken])])[:-1][found.owner]
    for column in (found.event, found.before, found.after):
        known = column >= 0
        column[known] = order[first[known] + column[known]]
    return found


def _words(history: History, broken: Ints) -> tuple[Ints, bytes]:
    """The events of these streams, those of an instant by action, and a byte for each event.

    The byte is the action, and tells whether an instant begins there.
    """
    streams = history.streams
    starts, sizes = streams.starts[broken], np.diff(streams.starts)[broken]
    shift = starts - (np.cumsum(sizes) - sizes)
    position = np.repeat(shift, sizes) + np.arange(int(sizes.sum()))
    action = history.action[position]
    if streams.untied:
        return position, (action | _NEW_INSTANT).tobytes()
    instant = np.searchsorted(streams.instants, position, side="right") - 1
    arranged = np.lexsort((action, instant))
    position, instant = position[arranged], instant[arranged]
    first = np.ones(len(position), np.bool_)
    first[1:] = instant[1:] != instant[:-1]
    return position, (
        action[arranged] | np.where(first, _NEW_INSTANT, 0).astype(np.uint8)
    ).tobytes()


def _instants(word: bytes) -> list[Instant]:
    instants: list[list[Action]] = []
    for byte in word:
        if byte & _NEW_INSTANT:
            instants.append([])
        instants[-1].append(_ACTIONS[byte & ~_NEW_INSTANT])
    return [tuple(instant) for instant in instants]
