"""What an event's finding would be if one earlier row of its stream were not there.

A record remembers nothing but its belief, so the row is left out by replaying from the belief
before it. That is exact, and as fast as the replay itself: the pairs that leave out one row share
one such replay, and all of them run through the compiled table at once. Only where an instant's
orders have to be searched again without the row are pairs taken one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.slices import places_of
from engine.lifecycle.action import Action
from engine.lifecycle.belief import MAX_ORDERED, Belief, advance_instant, initial_belief
from engine.projection.history import History
from engine.replay.fold import fold
from engine.replay.table import FINDING_CODES, FINDING_MASK

__all__ = ["UNKNOWN", "findings_without"]

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

UNKNOWN: Final = 0xFF
"""No finding number: it would take too long to find out."""

_LONGEST: Final = 64
"""A tolerance can tie many events; instants longer than this are not taken apart."""

_NUMBER: Final = {code: number for number, code in enumerate(FINDING_CODES)}


def findings_without(history: History, removed: Ints, event: Ints) -> Bytes:
    """Return the finding number that each ``event`` would have without the row ``removed``.

    Both are positions, ``removed`` earlier in the stream of ``event``. Where the pairs are many,
    no two removed rows should have many events in common: the work is the sum of the distances
    between each removed row and the last event that is asked about.
    """
    if not len(event):
        return np.empty(0, np.uint8)
    rows, group = np.unique(removed, return_inverse=True)
    last = np.zeros(len(rows), np.int64)
    np.maximum.at(last, group, event)
    ordered = _orders_known(history, rows, last)
    if ordered.all():
        return _by_table(history, rows, last, group, event)
    found = np.empty(len(event), np.uint8)
    easy = ordered[group]
    place = np.cumsum(ordered) - 1
    found[easy] = _by_table(history, rows[ordered], last[ordered], place[group[easy]], event[easy])
    hard = np.flatnonzero(~easy)
    hard = hard[np.lexsort((event[hard], removed[hard]))]
    bounds = np.flatnonzero(np.diff(removed[hard], prepend=-1, append=-1))
    for low, high in pairwise(bounds.tolist()):
        asked = hard[low:high]
        found[asked] = _one_by_one(history, int(removed[asked[0]]), event[asked].tolist())
    return found


def _orders_known(history: History, low: Ints, high: Ints) -> npt.NDArray[np.bool_]:
    """Whether the events from ``low`` to ``high`` keep their order when ``low`` is left out.

    So it is where each has an instant of its own, and in instants so large, also without one
    event, that they are taken in the order of the table.
    """
    streams = history.streams
    if streams.untied:
        return np.ones(len(low), np.bool_)
    first = places_of(low, streams.instants, after=True) - 1
    own = streams.instants[first + 1] - streams.instants[first]
    kept = (own == 1) | ((own > MAX_ORDERED + 1) & (streams.tolerance == 0))
    # None of the instants whose orders are searched begins between the two.
    searched = history.searched
    known: npt.NDArray[np.bool_] = kept & (
        places_of(high, searched, after=True) == places_of(streams.instants[first], searched)
    )
    return known


def _by_table(history: History, rows: Ints, last: Ints, group: Ints, event: Ints) -> Bytes:
    """Replay what follows each of ``rows`` up to ``last``, event by event.

    ``group`` is, for each of ``event``, the row that it does without.
    """
    replay, action = history.replay, history.action
    table = replay.table
    sizes = last - rows
    starts = np.concatenate([[0], np.cumsum(sizes)])
    steps = np.repeat(rows + 1 - starts[:-1], sizes) + np.arange(int(starts[-1]))
    symbols = action[steps].astype(np.int32)
    initial = replay.before[rows]
    if history.partial:
        # The first instant tells what may have been before it.
        for number in np.flatnonzero(np.isin(rows, history.streams.starts)).tolist():
            following = _instant_after(history, int(rows[number]))
            initial[number] = table.belief(initial_belief(following, partial=True))
    before, _ = fold(table, symbols, starts, initial)
    held = before[starts[group] + event - rows[group] - 1]
    found: Bytes = (table.outcome[held, action[event]] & FINDING_MASK).astype(np.uint8)
    return found


def _instant_after(history: History, first: int) -> list[Action]:
    """The actions of the first instant of a stream without its first event."""
    instants = history.streams.instants
    end = int(instants[np.searchsorted(instants, first + 1, side="right")])
    return [Action(action) for action in history.action[first + 1 : end].tolist()]


def _one_by_one(history: History, removed: int, events: list[int]) -> list[int]:
    """Replay the stream from the instant of ``removed`` on without it; ``events`` are in order."""
    streams, replay = history.streams, history.replay
    instant = int(np.searchsorted(streams.instants, removed, side="right")) - 1
    low, high = streams.instants[instant : instant + 2].tolist()
    if high - low > _LONGEST and streams.tolerance:
        return [UNKNOWN] * len(events)
    opens = int(streams.starts[np.searchsorted(streams.starts, low)]) == low
    belief: Belief | None = None if opens else replay.table.beliefs[int(replay.before[low])]
    # A row gone may have split an instant, and then a later position comes first.
    found: dict[int, int] = {}
    for positions in _instants_without(history, instant, removed):
        actions = [Action(action) for action in history.action[positions].tolist()]
        # The model takes the actions in the order of the table; equal ones as they stand.
        order = sorted(range(len(actions)), key=actions.__getitem__)
        arranged = tuple(actions[each] for each in order)
        if belief is None:
            belief = initial_belief(arranged, partial=history.partial)
        outcome = _advance(belief, arranged)
        belief = outcome.belief
        of_event = {positions[each]: outcome.events[n].finding for n, each in enumerate(order)}
        found |= {each: _NUMBER[of_event[each]] for each in events if each in of_event}
        if all(each in found for each in events):
            return [found[each] for each in events]
    raise AssertionError("an event lies behind the end of its stream")


_advance: Final = lru_cache(1 << 14)(advance_instant)


def _instants_without(history: History, instant: int, removed: int) -> Iterator[Sequence[int]]:
    """The positions of each instant from this one on, without one event."""
    instants = history.streams.instants
    low, high = instants[instant : instant + 2].tolist()
    yield from _split(history, [each for each in range(low, high) if each != removed])
    for number in range(instant + 1, len(instants) - 1):
        low, high = high, int(instants[number + 1])
        yield range(low, high)


def _split(history: History, kept: list[int]) -> list[list[int]]:
    """The row may have been what tied those before it to those after it (``tolerance``)."""
    if not kept:
        return []
    streams = history.streams
    by_time = sorted(kept, key=streams.at.__getitem__)
    parts = [[by_time[0]]]
    for before, after in pairwise(by_time):
        if int(streams.at[after] - streams.at[before]) > streams.tolerance:
            parts.append([])
        parts[-1].append(after)
    return [sorted(part) for part in parts]
