"""Which findings of a report are roots, and which the consequences of one before.

Each finding that can be put right is, and what follows it replayed: all of them at once through the
compiled table, or record by record with :func:`engine.rules.roots.consequences` where events
share a moment or records are long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant, severity_rank
from engine.projection.history import History
from engine.replay.fold import fold
from engine.replay.table import FINDING_CODES, FINDING_MASK
from engine.rules.roots import REPAIRED, answers, consequences, repaired

__all__ = ["find_roots"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LONG: Final = 64
"""Between the first finding of a record that can be put right and its last one, in events."""

_RANK: Final = np.array([severity_rank(code) for code in FINDING_CODES], np.uint8)
_CURABLE: Final = np.array([code in REPAIRED for code in FINDING_CODES])


def find_roots(history: History, places: Ints) -> Ints:
    """Return for each event with a finding the position of its root's event, −1 for a root.

    ``places`` are the positions of all events that have a finding, in order.
    """
    roots = np.full(len(places), -1, np.int64)
    if not len(places):
        return roots
    starts = history.streams.starts
    stream = np.searchsorted(starts, places, side="right")
    ends = np.flatnonzero(np.append(stream[1:] != stream[:-1], True))
    curable = _CURABLE[history.finding[places]]
    earlier = np.cumsum(curable)
    # Records in which a finding follows one that can be put right: those two, and all between.
    begins = np.append(0, ends[:-1] + 1)
    before = earlier[begins] - curable[begins]
    chosen = np.flatnonzero(earlier[ends] - curable[ends] > before)
    if not len(chosen):
        return roots
    first, last = np.searchsorted(earlier, before[chosen] + 1), ends[chosen]
    simple = (places[last] - places[first] <= _LONG) & _alone(history, places[first], places[last])
    found = [
        *_at_once(history, places, curable, first[simple], last[simple]),
        *_by_record(history, places[first[~simple]].tolist(), places[last[~simple]].tolist()),
    ]
    if found:
        consequence, root = np.array(found, np.int64).T
        roots[np.searchsorted(places, consequence)] = root
    return roots


def _alone(history: History, low: Ints, high: Ints) -> Mask:
    """Whether all events from ``low`` to ``high`` have an instant each."""
    streams = history.streams
    if streams.untied:
        return np.ones(len(low), np.bool_)
    first = np.searchsorted(streams.instants, low, side="right") - 1
    last = np.searchsorted(streams.instants, high, side="right")
    alone: Mask = streams.instants[last] - streams.instants[first] == last - first
    return alone


def _at_once(
    history: History, places: Ints, curable: Mask, first: Ints, last: Ints
) -> Iterator[tuple[int, int]]:
    """Each consequence and its root in the findings from ``first`` to ``last`` of each record.

    ``places`` are the positions of all findings, in order.
    """
    if not len(first):
        return
    replay, action = history.replay, history.action
    each, owner = _ranges(first, last)
    each, owner = each[curable[each]], owner[curable[each]]
    later, cure = _ranges(each + 1, last[owner])
    number = (replay.outcome[places] & FINDING_MASK).astype(np.int64)
    about = number << 8 | action[places]
    may = np.flatnonzero(_answers(about[each[cure]], about[later]))
    # Of each finding that others may depend on, what follows it up to the last of those.
    which, cure = np.unique(cure[may], return_inverse=True)
    event, low = places[later[may]], places[each[which]]
    high = np.zeros(len(low), np.int64)
    np.maximum.at(high, cure, event)
    steps, _ = _ranges(low, high)
    starts = np.concatenate([[0], np.cumsum(high - low + 1)])
    before, _ = fold(replay.table, action[steps].astype(np.int32), starts, _cured(history, low))

    held = before[starts[cure] + event - low[cure]]
    left = replay.table.outcome[held, action[event]] & FINDING_MASK
    gone = np.flatnonzero(_RANK[left] < _RANK[replay.outcome[event] & FINDING_MASK])
    roots: dict[int, int] = {}
    # By root, and so the first root of each finding comes first, and before its own consequences.
    for consequence, root in zip(event[gone].tolist(), low[cure[gone]].tolist(), strict=True):
        if root not in roots:
            roots.setdefault(consequence, root)
    yield from roots.items()


def _answers(root: Ints, later: Ints) -> Mask:
    """:func:`engine.rules.roots.answers` of findings, each as number << 8 | action."""
    pairs, which = np.unique(root << 16 | later, return_inverse=True)
    answered = [answers(*_told(pair >> 16), *_told(pair & 0xFFFF)) for pair in pairs.tolist()]
    known: Mask = np.array(answered, np.bool_)[which]
    return known


def _told(about: int) -> tuple[str, Action]:
    return FINDING_CODES[about >> 8] or "", Action(about & 0xFF)


def _ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """All numbers from ``low`` to ``high``, inclusive, and from which pair each is."""
    sizes = high - low + 1
    owner = np.repeat(np.arange(len(low)), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return low[owner] + within, owner


def _cured(history: History, event: Ints) -> npt.NDArray[np.int32]:
    """The belief before each of these events once what its finding misses is there."""
    replay = history.replay
    keys = (replay.before[event].astype(np.int64) << 16) | (history.action[event].astype(int) << 8)
    kinds, which = np.unique(keys | (replay.outcome[event] & FINDING_MASK), return_inverse=True)
    beliefs = []
    for kind in kinds.tolist():
        code = FINDING_CODES[kind & 0xFF]
        assert code is not None
        belief = repaired(replay.table.beliefs[kind >> 16], code, Action(kind >> 8 & 0xFF))
        beliefs.append(replay.table.belief(belief))
    return np.array(beliefs, np.int32)[which]


def _by_record(
    history: History, lows: Iterable[int], highs: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """The same, one record after another; equal short ones once."""
    known: dict[tuple[int, tuple[Instant, ...]], list[tuple[int, int]]] = {}
    replay = history.replay
    for low, high in zip(lows, highs, strict=True):
        places, instants = _instants(history, low, high)
        belief = int(replay.before[places[0]])
        found = known.get((belief, instants))
        if found is None:
            found = consequences(replay.table.beliefs[belief], instants)
            if len(places) <= _LONG:
                known[belief, instants] = found
        for event, root in found:
            yield places[event], places[root]


def _instants(history: History, low: int, high: int) -> tuple[list[int], tuple[Instant, ...]]:
    """The whole instants around these events, and the positions in the order of their actions."""
    bounds = history.streams.instants
    start = int(np.searchsorted(bounds, low, side="right")) - 1
    end = int(np.searchsorted(bounds, high, side="right"))
    places: list[int] = []
    instants: list[Instant] = []
    for begin, stop in pairwise(bounds[start : end + 1].tolist()):
        actions = history.action[begin:stop].tolist()
        order = sorted(range(len(actions)), key=actions.__getitem__)
        places += [begin + each for each in order]
        instants.append(tuple(Action(actions[each]) for each in order))
    return places, tuple(instants)
