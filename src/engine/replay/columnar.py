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

from engine.columns.slices import gather, sliced
from engine.lifecycle.belief import ENROLMENTS, MAX_ORDERED, Instant, initial_belief
from engine.replay.fold import fold
from engine.replay.scalar import replay as replay_scalar
from engine.replay.streams import Streams
from engine.replay.table import TransitionTable, status_mask
from engine.vocabulary import Action

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
        Positions (in ``streams.events``) of the first events of instants too large to search:
        S304 stands there beside the event's own finding.
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
    if streams.untied:
        before, final = fold(table, actions, streams.starts, initial)
        outcome = _single_outcomes(table, before, actions)
        after = gather(table.masks, _belief_after(before, final, streams.starts))
        return Replay(streams, outcome, after, np.empty(0, np.int64), before, final, table)

    steps = _steps(table, streams, actions)
    starts = np.searchsorted(steps.event, streams.starts)
    # A rare step is folded as if it were a common one; what comes of it is overwritten below.
    symbols = np.maximum(steps.symbols, 0)
    before, final = fold(table, symbols, starts, initial)
    belief_after = _belief_after(before, final, starts)
    after = table.masks[belief_after[steps.last]]
    outcome = np.zeros(len(actions), np.uint32)
    played = np.arange(len(actions))
    single = np.flatnonzero(symbols < table.singles)
    outcome[steps.event[single]] = table.outcome[before[single], symbols[single]]
    tied = np.flatnonzero(symbols >= table.singles)
    _tied_outcomes(table, before[tied], symbols[tied], steps.event[tied], outcome, played)
    held = np.repeat(before, np.diff(np.append(steps.event, len(actions))))
    first_instants = streams.first_instants
    for stream in np.flatnonzero(np.minimum.reduceat(steps.symbols, starts[:-1]) < 0).tolist():
        span = slice(first_instants[stream], first_instants[stream + 1])
        final[stream] = _one_by_one(
            table, streams, actions, span, partial, outcome, played, after, held
        )
    large = np.diff(streams.instants) > MAX_ORDERED
    streams = replace(streams, events=streams.events[played], at=streams.at[played])
    return Replay(streams, outcome, after, streams.instants[:-1][large], held, final, table)


def _belief_after(
    before: npt.NDArray[np.int32], final: npt.NDArray[np.int32], starts: Ints
) -> npt.NDArray[np.int32]:
    """The belief after each step: the one before the next, or the stream's last."""
    after = np.empty_like(before)
    after[:-1] = before[1:]
    after[starts[1:] - 1] = final
    return after


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
    outcome = np.empty(len(actions), np.uint32)
    flat = table.outcome.reshape(-1)

    def work(part: slice) -> None:
        outcome[part] = flat.take(before[part] * table.singles + actions[part])

    sliced(len(actions), work)
    return outcome


class _Steps(NamedTuple):
    """Instants as steps of the table.

    An instant that is searched is one step; one too large to search is as many steps as it has
    events, which stand in table order already. ``symbols`` holds −1 for a rare kind of instant,
    ``event`` the first event of each step, ``last`` the last step of each instant.
    """

    symbols: npt.NDArray[np.int32]
    event: Ints
    last: Ints


def _steps(table: TransitionTable, streams: Streams, actions: npt.NDArray[np.uint8]) -> _Steps:
    sizes = np.diff(streams.instants)
    per_instant = np.where(sizes > MAX_ORDERED, sizes, 1)
    last = np.cumsum(per_instant) - 1
    first = last - per_instant + 1
    instant = np.repeat(np.arange(len(sizes)), per_instant)
    event = streams.instants[instant] + np.arange(len(instant)) - first[instant]
    symbols = actions[event].astype(np.int32)

    tied = np.flatnonzero((sizes > 1) & (sizes <= MAX_ORDERED))
    if len(tied):
        lengths, low = sizes[tied], streams.instants[tied]
        offsets = np.cumsum(lengths) - lengths
        position = np.arange(int(lengths.sum())) - np.repeat(offsets, lengths)
        shifted = actions[np.repeat(low, lengths) + position].astype(np.int64) + 1
        words = np.add.reduceat(shifted << (_BITS * position), offsets)
        kinds, which, counts = np.unique(words, return_inverse=True, return_counts=True)
        numbers = np.full(len(kinds), -1, np.int32)
        for kind in np.argsort(-counts, kind="stable")[:MAX_TIED_SYMBOLS].tolist():
            numbers[kind] = table.symbol(_unpacked(int(kinds[kind])))
        symbols[first[tied]] = numbers[which]
    return _Steps(symbols, event, last)


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
    first_event: Ints,
    outcome: npt.NDArray[np.uint32],
    played: Ints,
) -> None:
    """Write the outcomes and the order of tied events, one kind of step at a time."""
    if not len(before):
        return
    width = table.successor.shape[1]
    kinds, which = np.unique(before.astype(np.int64) * width + symbols, return_inverse=True)
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(kinds) + 1))
    for kind, low, high in zip(kinds.tolist(), bounds[:-1], bounds[1:], strict=True):
        packed, best = table.tied(*divmod(kind, width))
        events = first_event[order[low:high], None]
        outcome[events + np.arange(len(packed))] = packed
        played[events + np.arange(len(packed))] = events + np.array(best)


def _one_by_one(
    table: TransitionTable,
    streams: Streams,
    actions: npt.NDArray[np.uint8],
    span: slice,
    partial: bool,
    outcome: npt.NDArray[np.uint32],
    played: Ints,
    after: npt.NDArray[np.uint8],
    before: npt.NDArray[np.int32],
) -> int:
    """Replay the instants of one stream with the scalar twin; return its last belief's number."""
    bounds = streams.instants[span.start : span.stop + 1].tolist()
    instants = [
        tuple(Action(action) for action in actions[start:end].tolist())
        for start, end in pairwise(bounds)
    ]
    belief, results = replay_scalar(instants, partial=partial)
    for number, (start, result) in enumerate(zip(bounds, results, strict=False)):
        packed = table.pack(result)
        outcome[start : start + len(packed)] = packed
        played[start : start + len(packed)] = start + np.array(result.order)
        after[span.start + number] = status_mask(result.belief)
        before[start : start + len(packed)] = table.belief(belief)
        if result.unsearched:
            before[start : start + len(packed)] = [
                table.belief(each.before) for each in result.events
            ]
        belief = result.belief
    return table.belief(belief)
