"""The fold: every stream through the compiled table, many streams at a time.

Streams are taken in blocks of neighbours, whose events lie together in memory; in a block longest
first, so that at each depth the streams still running are a prefix of it and one gather moves them
all. Source: the automaton is semantics.md §4–§6;
its slow twin is :mod:`engine.replay.scalar`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import room
from engine.columns.slices import each
from engine.replay.table import MISSING, TransitionTable

__all__ = ["fold"]

FIRST: Final = 1 << 14
"""Streams in the first block, which fills most of the table before the cores share the rest."""

BLOCK: Final = 1 << 18
"""Streams in each of the others: few enough that their states and offsets stay in the cache, and
so many that the cores seldom wait for the interpreter."""

CAP: Final = 0xFFFF
"""Lengths are told apart up to here: 16-bit numbers sort by radix."""

FEW: Final = 24
"""With fewer streams running than this, a plain loop beats an array operation a depth."""

Ints = npt.NDArray[np.int64]


def fold(
    table: TransitionTable,
    symbols: npt.NDArray[np.integer],
    starts: Ints,
    initial: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Replay all streams.

    Parameters
    ----------
    table:
        Filled as needed.
    symbols:
        Shape (steps,): the symbol of each step, streams one after another.
    starts:
        Shape (streams + 1,): where each stream's steps begin; the last is the number of steps.
    initial:
        Shape (streams,): the number of the belief each stream begins in.

    Returns
    -------
    The number of the belief before each step, shape (steps,), and the one at the end of each
    stream, shape (streams,).
    """
    before = room(len(symbols), np.int32)
    final = initial.astype(np.int32, copy=True)
    count = len(starts) - 1

    def work(part: slice) -> None:
        lengths = np.diff(starts[part.start : part.stop + 1])
        # Longer streams than the cap are rare; all that matters is that they come first.
        capped = np.minimum(lengths, CAP).astype(np.uint16)
        longest_first = np.argsort(CAP - capped, kind="stable")
        _fold_block(table, symbols, starts, part.start + longest_first, before, final)

    if count:
        work(slice(0, min(FIRST, count)))
    each(work, [slice(low, min(low + BLOCK, count)) for low in range(FIRST, count, BLOCK)])
    return before, final


def _fold_block(
    table: TransitionTable,
    symbols: npt.NDArray[np.integer],
    starts: Ints,
    block: Ints,
    before: npt.NDArray[np.int32],
    final: npt.NDArray[np.int32],
) -> None:
    position = starts[block]
    length = np.minimum(starts[block + 1] - position, CAP)
    state = final[block]
    # running[d]: how many streams of the block have a step at depth d.
    running = np.searchsorted(-length, -np.arange(int(length[0])), side="left")
    flat, width = _flat(table.successor)
    for depth, count in enumerate(running.tolist()):
        if count < FEW:
            _fold_few(table, symbols, starts, block[:count], depth, state, before)
            break
        held = state[:count]
        at = position[:count]
        before[at] = held
        index = held * width
        index += symbols[at]
        successor = flat.take(index)
        if successor.min() == MISSING:
            _fill(table, index[successor == MISSING], width)
            flat, width = _flat(table.successor)
            successor = flat.take(held * width + symbols[at])
        state[:count] = successor
        at += 1
    else:
        # No depth had few streams. Those longer than the cap are left where they reached it.
        if len(running) == CAP:
            count = int(np.count_nonzero(length == CAP))
            _fold_few(table, symbols, starts, block[:count], CAP, state, before)
    final[block] = state


def _flat(successor: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], int]:
    """The entries and the width of one state of the table, which other threads may be filling."""
    return successor.reshape(-1), successor.shape[1]


def _fill(table: TransitionTable, entries: npt.NDArray[np.integer], width: int) -> None:
    for entry in sorted(set(entries.tolist())):
        table.fill(*divmod(entry, width))


def _fold_few(
    table: TransitionTable,
    symbols: npt.NDArray[np.integer],
    starts: Ints,
    streams: Ints,
    depth: int,
    state: npt.NDArray[np.int32],
    before: npt.NDArray[np.int32],
) -> None:
    """Finish the few streams that are longer than the rest of their block, one by one."""
    known: dict[tuple[int, int], int] = {}
    for number, stream in enumerate(streams.tolist()):
        low, high = int(starts[stream]) + depth, int(starts[stream + 1])
        held = int(state[number])
        path = []
        for symbol in symbols[low:high].tolist():
            path.append(held)
            entry = (held, symbol)
            successor = known.get(entry)
            if successor is None:
                successor = known[entry] = table.fill(held, symbol)
            held = successor
        before[low:high] = path
        state[number] = held
