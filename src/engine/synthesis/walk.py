"""Many histories at once, walked through the lifecycle: each legal by construction."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.synthesis.bits import RATE_BITS, field, happens
from engine.synthesis.chances import SLOT_BITS, STOP, chances
from engine.synthesis.timing import gaps

__all__ = ["Rows", "walk"]

MAX_ROWS: Final = 16
"""Rows of the longest history."""

MAX_TIED: Final = 8
"""Rows of the largest instant: of more, no order is searched (semantics.md §6)."""

_TIE_AT: Final = SLOT_BITS
_GAP_AT: Final = SLOT_BITS + RATE_BITS


class Rows(NamedTuple):
    """Rows of several histories, in columns.

    Attributes
    ----------
    stream:
        Number of the history within its block.
    pair:
        Number of the (Type, Source) in PAIRS.
    at:
        Seconds since 1970.
    """

    stream: npt.NDArray[np.int32]
    pair: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int64]

    def take(self, chosen: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Rows:
        """Return the chosen rows."""
        return Rows(self.stream[chosen], self.pair[chosen], self.at[chosen])

    def followed_by(self, other: Rows) -> Rows:
        """Return these rows, then the others."""
        return Rows(
            np.concatenate([self.stream, other.stream]),
            np.concatenate([self.pair, other.pair]),
            np.concatenate([self.at, other.at]),
        )


class _Walkers:
    """The histories that still go on: where they stand, and the instant they are in."""

    def __init__(self, context: npt.NDArray[np.int64], start: npt.NDArray[np.int64]) -> None:
        count = len(context)
        self.stream = np.arange(count, dtype=np.int32)
        self.context = context
        self.at = start
        self.belief = np.zeros(count, np.int64)
        # Which pairs the current instant has, as a bit set, how many, and whether ties are barred.
        self.pairs = np.zeros(count, np.uint64)
        self.tied = np.zeros(count, np.int64)
        self.barred = np.ones(count, np.bool_)

    def keep(self, going: npt.NDArray[np.bool_]) -> None:
        """Let only these go on."""
        for name, column in vars(self).items():
            setattr(self, name, column[going])


def walk(
    context: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    end: int,
    ties: float,
    words: np.random.PCG64,
) -> Rows:
    """Return a legal history for each context, ordered by history and step.

    Parameters
    ----------
    context, start:
        What each stream's learner and content are like, and when it begins (seconds since 1970).
    end:
        When the report ends: what would come later has not happened.
    ties:
        Share of gaps that are zero, where a tie leaves the history legal.
    words:
        Where the randomness comes from.
    """
    walkers = _Walkers(context, start)
    steps = []
    for step in range(MAX_ROWS):
        rows = _advance(walkers, end, ties, words, first=step == 0)
        steps.append(rows)
        if not len(rows.stream):
            break
    order = np.argsort(np.concatenate([rows.stream for rows in steps]), kind="stable")
    return Rows(*(np.concatenate(columns)[order] for columns in zip(*steps, strict=True)))


def _advance(
    walkers: _Walkers, end: int, ties: float, source: np.random.PCG64, *, first: bool
) -> Rows:
    tables = chances()
    words = source.random_raw(len(walkers.stream))
    choice = tables.choice[tables.row[walkers.context, walkers.belief], field(words, 0, SLOT_BITS)]
    going = choice != STOP
    walkers.keep(going)
    words, pair = words[going], choice[going]
    info = tables.info[walkers.belief, pair]
    bit = np.uint64(1) << pair.astype(np.uint64)
    # Tied events are read in their best order, which need not be this one. Without infos this one
    # costs nothing and so is among the best, and what follows stays legal. A pair that an instant
    # has already would be the same row again, and one event less.
    free = ~walkers.barred & ~info & (walkers.pairs & bit == 0) & (walkers.tied < MAX_TIED)
    tied = happens(words, _TIE_AT, ties) & free
    if not first:
        walkers.at = walkers.at + np.where(tied, 0, gaps(pair, words, _GAP_AT))
    walkers.pairs = np.where(tied, walkers.pairs, 0) | bit
    walkers.tied = np.where(tied, walkers.tied, 0) + 1
    walkers.barred = info
    walkers.belief = tables.successor[walkers.belief, pair].astype(np.int64)
    within = walkers.at < end
    walkers.keep(within)
    return Rows(walkers.stream, pair[within], walkers.at)
