"""The compiled lifecycle: belief × instant → belief and findings, as arrays.

Filled lazily from the pure machine, the way RE2 fills its DFA: an entry is computed when a replay
first needs it. Only what occurs is compiled, so the table stays small however many beliefs and
instants are thinkable. Source: semantics.md §4–§6.
"""

from __future__ import annotations

from threading import RLock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    ORDER_NOT_SEARCHED,
    Belief,
    EventOutcome,
    Instant,
    InstantOutcome,
    advance_instant,
)
from engine.lifecycle.configuration import Access, Status

__all__ = [
    "AFTER_SHIFT",
    "BEFORE_SHIFT",
    "BEGAN_CYCLE",
    "FINDING_CODES",
    "FINDING_MASK",
    "IN_CYCLE",
    "STATUS_MASK",
    "TransitionTable",
    "statuses_of_mask",
]

FINDING_CODES: Final[tuple[str | None, ...]] = (
    None,
    *(f"S10{digit}" for digit in range(1, 9)),
    *(f"S20{digit}" for digit in range(1, 10)),
    *(f"S30{digit}" for digit in range(1, 4)),
    ORDER_NOT_SEARCHED,
)
"""What the finding number of an outcome stands for; 0 is no finding."""

_NUMBER: Final = {code: number for number, code in enumerate(FINDING_CODES)}

# One event's outcome in a uint32: finding number, statuses possible before and after as bit sets,
# whether it began a cycle, whether a cycle may be open after it.
FINDING_MASK: Final = 0xFF
BEFORE_SHIFT: Final = 8
AFTER_SHIFT: Final = 14
STATUS_MASK: Final = 0x3F
BEGAN_CYCLE: Final = 1 << 20
IN_CYCLE: Final = 1 << 21

MISSING: Final = -1


def status_mask(belief: Belief) -> int:
    """Return the statuses possible in ``belief`` as a bit set, bit n for ``Status(n)``."""
    mask = 0
    for configuration in belief:
        mask |= 1 << configuration.status
    return mask


def statuses_of_mask(mask: int) -> tuple[Status, ...]:
    """Return the statuses of a bit set, in the order of semantics.md §5."""
    return tuple(status for status in Status if mask >> status & 1)


class TransitionTable:
    """Beliefs and instants by number, and what each instant does to each belief.

    ``successor`` has shape (beliefs, symbols), int32: the belief after, or −1 where not yet
    computed. The first 25 symbols are the single actions in the order of :class:`Action`; further
    ones are tied instants. ``outcome`` has shape (beliefs, 25), uint32: the packed outcome of a
    single event. The outcomes of tied instants are in :meth:`tied`.

    Threads may fill one table together. An array that has grown is a new one; who still reads the
    old one finds entries missing, never wrong.
    """

    def __init__(self) -> None:
        self._filling = RLock()
        self.beliefs: list[Belief] = []
        self.masks: npt.NDArray[np.uint8] = np.zeros(64, np.uint8)
        self._active: list[bool] = []
        self._belief_number: dict[Belief, int] = {}
        self._instants: list[Instant] = [(action,) for action in Action]
        self._symbol: dict[Instant, int] = {
            instant: number for number, instant in enumerate(self._instants)
        }
        self.singles = len(self._instants)
        self._tied: dict[tuple[int, int], tuple[npt.NDArray[np.uint32], tuple[int, ...]]] = {}
        self.successor: npt.NDArray[np.int32] = np.full((64, 32), MISSING, np.int32)
        self.outcome: npt.NDArray[np.uint32] = np.zeros((64, self.singles), np.uint32)

    def belief(self, belief: Belief) -> int:
        """Return the number of ``belief``, a new one if it is new."""
        with self._filling:
            number = self._belief_number.get(belief)
            if number is None:
                number = len(self.beliefs)
                self._belief_number[belief] = number
                self.beliefs.append(belief)
                if number == len(self.successor):
                    self.successor = _grown(self.successor, 0, MISSING)
                    self.outcome = _grown(self.outcome, 0, 0)
                    self.masks = _grown(self.masks, 0, 0)
                self.masks[number] = status_mask(belief)
                self._active.append(_any_active(belief))
            return number

    def symbol(self, instant: Instant) -> int:
        """Return the symbol of ``instant``, a new one if it is new."""
        with self._filling:
            number = self._symbol.get(instant)
            if number is None:
                number = len(self._instants)
                self._symbol[instant] = number
                self._instants.append(instant)
                if number == self.successor.shape[1]:
                    self.successor = _grown(self.successor, 1, MISSING)
            return number

    def instant(self, symbol: int) -> Instant:
        """Return the instant of a symbol."""
        return self._instants[symbol]

    def fill(self, belief: int, symbol: int) -> int:
        """Return the belief after ``symbol`` in ``belief``, computing the entry if need be."""
        with self._filling:
            successor = int(self.successor[belief, symbol])
            if successor != MISSING:
                return successor
            result = advance_instant(self.beliefs[belief], self._instants[symbol])
            successor = self.belief(result.belief)
            packed = self.pack(result)
            if symbol < self.singles:
                self.outcome[belief, symbol] = packed[0]
            else:
                self._tied[belief, symbol] = packed, result.order
            self.successor[belief, symbol] = successor
            return successor

    def tied(self, belief: int, symbol: int) -> tuple[npt.NDArray[np.uint32], tuple[int, ...]]:
        """Return the packed outcomes of a tied instant in its best order, and that order."""
        self.fill(belief, symbol)
        return self._tied[belief, symbol]

    def pack(self, result: InstantOutcome) -> npt.NDArray[np.uint32]:
        """Return the events' outcomes in the best order; the masks and shifts take them apart."""
        return np.array([self._pack(result.events[each]) for each in result.order], np.uint32)

    def _pack(self, event: EventOutcome) -> int:
        before, after = self.belief(event.before), self.belief(event.after)
        began = self._active[after] and not self._active[before]
        return (
            _NUMBER[event.finding]
            | int(self.masks[before]) << BEFORE_SHIFT
            | int(self.masks[after]) << AFTER_SHIFT
            | (BEGAN_CYCLE if began else 0)
            | (IN_CYCLE if self._active[after] else 0)
        )


def _any_active(belief: Belief) -> bool:
    return any(configuration.access is Access.ACTIVE for configuration in belief)


def _grown(array: npt.NDArray[Any], axis: int, fill: int) -> npt.NDArray[Any]:
    shape = list(array.shape)
    shape[axis] *= 2
    grown = np.full(shape, fill, array.dtype)
    grown[tuple(slice(0, size) for size in array.shape)] = array
    return grown
