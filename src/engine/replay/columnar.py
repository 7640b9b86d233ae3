"""The columnar replay: all streams at once, through the compiled table.

Source: semantics.md §5 (initial belief), §6 (instants), §9 (as of). Its slow twin is
:mod:`engine.replay.scalar`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

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
    table:
        What the replay was compiled into.
    """

    streams: Streams
    outcome: npt.NDArray[np.uint32]
    after: npt.NDArray[np.uint8]
    unsearched: Ints
    before: npt.NDArray[np.int32]
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
    sizes = np.diff(streams.instants)
    outcome = np.empty(0 if streams.untied else len(actions), np.uint32)
    played = np.arange(0 if streams.untied else len(actions))
    after = np.zeros(len(sizes), np.uint8)
    first_instant = streams.first_instants
    plain = streams.untied
    if plain:
        symbols: npt.NDArray[np.integer] = actions
        step_event, step_starts = streams.instants[:-1], streams.starts
        step_last = None
        rare = np.zeros(len(streams), np.bool_)
    else:
        symbols, step_event, step_last = _steps(table, streams, actions, sizes)
        step_starts = np.searchsorted(step_event, streams.starts)
        lowest = np.minimum.reduceat(symbols, step_starts[:-1])
        rare = lowest < 0
        if rare.any():
            rare_before = np.zeros(len(actions), np.int32)
            for stream in np.flatnonzero(rare).tolist():
                _one_by_one(
                    table,
                    streams,
                    actions,
                    first_instant,
                    stream,
                    partial,
                    outcome,
                    played,
                    after,
                    rare_before,
                )

    initial = _initial(table, streams, actions, partial=partial)
    if rare.any():
        step_rare = np.repeat(rare, np.diff(step_starts))
        symbols = np.where(step_rare, 0, symbols)
    before, final = fold(table, symbols, step_starts, initial)

    if plain:
        outcome = _single_outcomes(table, before, actions)
    else:
        single = symbols < table.singles
        common = ~np.repeat(rare, np.diff(step_starts)) if rare.any() else np.True_
        chosen = np.flatnonzero(single & common)
        outcome[step_event[chosen]] = table.outcome[before[chosen], symbols[chosen]]
        chosen = np.flatnonzero(~single & common)
        _tied_outcomes(table, before[chosen], symbols[chosen], step_event[chosen], outcome, played)
        streams = replace(streams, events=streams.events[played], at=streams.at[played])
    belief_after = np.empty_like(before)
    belief_after[:-1] = before[1:]
    belief_after[step_starts[1:] - 1] = final
    if step_last is not None:
        belief_after = belief_after[step_last]
        before = np.repeat(before, np.diff(np.append(step_event, len(actions))))
    masks = gather(table.masks, belief_after)
    if rare.any():
        instant_rare = np.repeat(rare, np.diff(first_instant))
        masks = np.where(instant_rare, after, masks)
        before = np.where(np.repeat(rare, np.diff(streams.starts)), rare_before, before)
    unsearched = streams.instants[:-1][sizes > MAX_ORDERED]
    return Replay(streams, outcome, masks, unsearched, before, table)


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


def _steps(
    table: TransitionTable, streams: Streams, actions: npt.NDArray[np.uint8], sizes: Ints
) -> tuple[npt.NDArray[np.int32], Ints, Ints]:
    """Turn instants into steps of the table.

    Returns each step's symbol (−1 for a rare kind of instant) and first event, and for each
    instant its last step. A searched instant is one step; one too large to search is as many
    steps as it has events, which are in table order already.
    """
    tied = (sizes > 1) & (sizes <= MAX_ORDERED)
    per_instant = np.where(sizes > MAX_ORDERED, sizes, 1)
    last_step = np.cumsum(per_instant) - 1
    first_step = last_step - per_instant + 1
    step_instant = np.repeat(np.arange(len(sizes)), per_instant)
    within = np.arange(len(step_instant)) - first_step[step_instant]
    step_event = streams.instants[step_instant] + within
    symbols = actions[step_event].astype(np.int32)

    tied_instants = np.flatnonzero(tied)
    if len(tied_instants):
        lengths = sizes[tied_instants]
        low = streams.instants[tied_instants]
        offsets = np.cumsum(lengths) - lengths
        position = np.arange(int(lengths.sum())) - np.repeat(offsets, lengths)
        shifted = actions[np.repeat(low, lengths) + position].astype(np.int64) + 1
        words = np.add.reduceat(shifted << (_BITS * position), offsets)
        kinds, which, counts = np.unique(words, return_inverse=True, return_counts=True)
        numbers = np.full(len(kinds), -1, np.int32)
        for kind in np.argsort(-counts, kind="stable")[:MAX_TIED_SYMBOLS].tolist():
            numbers[kind] = table.symbol(_unpacked(int(kinds[kind])))
        symbols[first_step[tied_instants]] = numbers[which]
    return symbols, step_event, last_step


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
    first_instant: Ints,
    stream: int,
    partial: bool,
    outcome: npt.NDArray[np.uint32],
    played: Ints,
    after: npt.NDArray[np.uint8],
    before: npt.NDArray[np.int32],
) -> None:
    """Replay one stream with the scalar twin."""
    low, high = int(first_instant[stream]), int(first_instant[stream + 1])
    bounds = streams.instants[low : high + 1].tolist()
    instants = [
        tuple(Action(action) for action in actions[start:end].tolist())
        for start, end in pairwise(bounds)
    ]
    belief, results = replay_scalar(instants, partial=partial)
    for number, (start, result) in enumerate(zip(bounds, results, strict=False)):
        packed = table.pack(result)
        outcome[start : start + len(packed)] = packed
        played[start : start + len(packed)] = start + np.array(result.order)
        after[low + number] = status_mask(result.belief)
        before[start : start + len(packed)] = table.belief(belief)
        if result.unsearched:
            held = [table.belief(each.before) for each in result.events]
            before[start : start + len(packed)] = held
        belief = result.belief
