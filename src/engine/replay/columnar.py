"""The columnar replay: all streams at once, through the compiled table.

Source: semantics.md §5 (initial belief), §6 (instants), §9 (as of). Its slow twin is
:mod:`engine.replay.scalar`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from engine.columns.arrow import room
from engine.columns.order import stable_argsort
from engine.columns.slices import copied, sliced
from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS, MAX_ORDERED, Instant, initial_belief
from engine.replay.fold import fold
from engine.replay.scalar import replay as replay_scalar
from engine.replay.streams import Streams
from engine.replay.table import TransitionTable, status_mask

__all__ = ["Replay", "replay"]

Ints = npt.NDArray[np.int64]

MAX_TIED_SYMBOLS: Final = 2048
"""Kinds of tied instant that get a column of the table; streams with rarer ones go one by one."""

_BITS: Final = 5
"""Bits an action in the number that stands for a tied instant; 25 actions and "none" fit."""


class Replay(msgspec.Struct):
    """What the events did.

    Attributes
    ----------
    streams:
        The events as replayed: those of a tied instant stand in the best order of §6.
    outcome:
        Shape (events,), uint32: each event's finding and statuses, packed as
        :mod:`engine.replay.table` says.
    after:
        Shape (instants,), uint8: the statuses possible after each instant, as a bit set.
    unsearched:
        Positions (in ``streams.events``) of the first events of instants too large to search,
        which is a finding beside the event's own.
    before:
        Shape (events,), int32: the number in ``table`` of the belief before each event; before
        the instant, for an event of an instant whose orders were searched.
    final:
        Shape (streams,), int32: the number of the belief that each stream ends in.
    table:
        What the replay was compiled into.
    """

    streams: Streams
    outcome: npt.NDArray[np.uint32]
    after: npt.NDArray[np.uint8]
    unsearched: Ints
    before: npt.NDArray[np.int32]
    final: npt.NDArray[np.int32]
    table: TransitionTable


def replay(
    streams: Streams, actions: npt.NDArray[np.uint8], *, partial: bool, table: TransitionTable
) -> Replay:
    """Replay every stream.

    Parameters
    ----------
    streams:
        The order of the events.
    actions:
        Shape (events,): the action of each event, in that order.
    partial:
        Whether the history may lack its beginning (§5).
    table:
        Filled as needed; it may be shared by replays.
    """
    initial = _initial(table, streams, actions, partial=partial)
    first, sizes = streams.tied()
    searched = sizes <= MAX_ORDERED
    symbols, ties = _symbols(table, streams, actions, first[searched], sizes[searched])
    before, final = fold(table, symbols, streams.starts, initial)
    outcome = _single_outcomes(table, before, actions)
    after = _masks_after(table, before, final, streams)
    large = first[~searched]
    if not len(ties.first):
        return Replay(streams, outcome, after, large, before, final, table)

    before[ties.events] = np.repeat(before[ties.first], ties.sizes)
    played = replace(streams, events=copied(streams.events), at=copied(streams.at))
    _tied_outcomes(table, before, symbols, ties, outcome, streams, played)
    for stream in ties.streams.tolist():
        final[stream] = _one_by_one(
            table, stream, actions, partial, outcome, streams, played, after, before
        )
    return Replay(played, outcome, after, large, before, final, table)


def _masks_after(
    table: TransitionTable,
    before: npt.NDArray[np.int32],
    final: npt.NDArray[np.int32],
    streams: Streams,
) -> npt.NDArray[np.uint8]:
    """The statuses possible after each instant.

    The belief after an instant is the one before the next, or the stream's last.
    """
    masks = room(len(streams.instants) - 1, np.uint8)

    def work(part: slice) -> None:
        following = streams.instants[part.start + 1 : part.stop + 1]
        masks[part] = table.masks.take(before.take(following, mode="clip"))

    sliced(len(masks), work)
    masks[streams.first_instants[1:] - 1] = table.masks[final]
    return masks


def _initial(
    table: TransitionTable, streams: Streams, actions: npt.NDArray[np.uint8], *, partial: bool
) -> npt.NDArray[np.int32]:
    """The belief that each stream begins in; with a partial history its first instant tells."""
    enrolled, other = (
        table.belief(initial_belief(first, partial=partial))
        for first in ((Action.ENROL,), (Action.START,))
    )
    if enrolled == other or not len(streams):
        return np.full(len(streams), other, np.int32)
    enrols = np.concatenate([[0], np.cumsum(actions <= max(ENROLMENTS))])
    low, high = streams.starts[:-1], streams.instants[streams.first_instants[:-1] + 1]
    return np.where(enrols[high] > enrols[low], enrolled, other).astype(np.int32)


def _single_outcomes(
    table: TransitionTable, before: npt.NDArray[np.int32], actions: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint32]:
    outcome = room(len(actions), np.uint32)
    flat = table.outcome.reshape(-1)

    def work(part: slice) -> None:
        outcome[part] = flat.take(before[part] * table.singles + actions[part])

    sliced(len(actions), work)
    return outcome


class _Ties(NamedTuple):
    """The instants whose orders are searched.

    ``first`` and ``sizes`` are the first event of each and how many it has, ``events`` all of
    them, ``streams`` the streams with an instant too rare to get a symbol.
    """

    first: Ints
    sizes: Ints
    events: Ints
    streams: Ints


def _symbols(
    table: TransitionTable,
    streams: Streams,
    actions: npt.NDArray[np.uint8],
    first: Ints,
    sizes: Ints,
) -> tuple[npt.NDArray[np.integer], _Ties]:
    """Each event as a step of the table; ``first`` and ``sizes`` as :class:`_Ties` has them.

    Tied events whose order is searched are one step, at the first of them, and the others are
    steps in which nothing happens. An instant too large to search is as many steps as it has
    events, which stand in table order already. A rare kind of instant is folded as if nothing
    happened, and its stream replayed one by one afterwards.
    """
    if not len(first):
        return actions, _Ties(first, first, first, first)
    offsets = np.cumsum(sizes) - sizes
    place = np.arange(int(sizes.sum())) - np.repeat(offsets, sizes)
    events = np.repeat(first, sizes) + place
    words = np.add.reduceat((actions[events].astype(np.int64) + 1) << (_BITS * place), offsets)
    kinds, which, counts = np.unique(words, return_inverse=True, return_counts=True)
    nothing = table.symbol(())
    numbers = np.full(len(kinds), nothing, np.uint16)
    common = np.argsort(-counts, kind="stable")[:MAX_TIED_SYMBOLS]
    for kind in common.tolist():
        numbers[kind] = table.symbol(_unpacked(int(kinds[kind])))
    symbols = actions.astype(np.uint16)
    symbols[events] = nothing
    symbols[first] = numbers[which]
    rare = np.searchsorted(streams.starts, first[symbols[first] == nothing], "right") - 1
    rare = rare[np.diff(rare, prepend=-1) > 0]
    return symbols, _Ties(first, sizes, events, rare)


def _unpacked(word: int) -> Instant:
    actions = []
    while word:
        actions.append(Action((word & ((1 << _BITS) - 1)) - 1))
        word >>= _BITS
    return tuple(actions)


def _tied_outcomes(
    table: TransitionTable,
    before: npt.NDArray[np.int32],
    symbols: npt.NDArray[np.integer],
    ties: _Ties,
    outcome: npt.NDArray[np.uint32],
    streams: Streams,
    played: Streams,
) -> None:
    """Write the outcomes and the order of tied events, one kind of step at a time."""
    width = table.successor.shape[1]
    steps = before[ties.first].astype(np.int64) * width + symbols[ties.first]
    order, steps = stable_argsort(steps)
    bounds = np.flatnonzero(np.append(True, steps[1:] != steps[:-1]))
    for low, high in pairwise([*bounds.tolist(), len(steps)]):
        packed, best = table.tied(*divmod(int(steps[low]), width))
        events = ties.first[order[low:high], None]
        places = events + np.arange(len(packed))
        outcome[places] = packed
        played.events[places] = streams.events[events + np.array(best, np.int64)]
        played.at[places] = streams.at[events + np.array(best, np.int64)]


def _one_by_one(
    table: TransitionTable,
    stream: int,
    actions: npt.NDArray[np.uint8],
    partial: bool,
    outcome: npt.NDArray[np.uint32],
    streams: Streams,
    played: Streams,
    after: npt.NDArray[np.uint8],
    before: npt.NDArray[np.int32],
) -> int:
    """Replay the instants of one stream with the scalar twin; return its last belief's number."""
    low, high = np.searchsorted(streams.instants, streams.starts[stream : stream + 2]).tolist()
    bounds = streams.instants[low : high + 1].tolist()
    instants = [
        tuple(Action(action) for action in actions[start:end].tolist())
        for start, end in pairwise(bounds)
    ]
    belief, results = replay_scalar(instants, partial=partial)
    for number, (start, result) in enumerate(zip(bounds, results, strict=False)):
        packed = table.pack(result)
        span = slice(start, start + len(packed))
        outcome[span] = packed
        played.events[span] = streams.events[span][list(result.order)]
        played.at[span] = streams.at[span][list(result.order)]
        after[low + number] = status_mask(result.belief)
        before[span] = table.belief(belief)
        if result.unsearched:
            before[span] = [table.belief(each.before) for each in result.events]
        belief = result.belief
    return table.belief(belief)
