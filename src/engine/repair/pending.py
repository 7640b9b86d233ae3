"""Moved events on their way: taken from their row and not yet placed, or placed and not yet taken.

A move to a later place takes the event first (it is *held*); a move to an earlier place puts the
event first and owes its row (it is *owed*) until the history reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.repair.operations import Operation, Operations, WalkStep
from engine.repair.steps import DROP, PASSED, Steps, order_cost

__all__ = ["EMPTY", "NOTHING_PENDING", "Part", "Pendings"]

NOTHING_PENDING: Final = 0
EMPTY: Final = -1
"""Stands for the symbol of an instant of which no event is left."""


class Part(NamedTuple):
    """A way to take events out of an instant.

    Attributes
    ----------
    left:
        The symbol of what is left, :data:`EMPTY` for nothing.
    pending:
        What is pending then.
    edits, cost:
        The price.
    """

    left: int
    pending: int
    edits: int
    cost: int
    step: WalkStep


class Pendings:
    """Multisets of held and owed actions by number, and what may be done with them."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._known: list[tuple[Instant, Instant]] = []
        self._numbers: dict[tuple[Instant, Instant], int] = {}
        self._parts: dict[tuple[int, int, int], tuple[Part, ...]] = {}
        self._number((), ())

    def held(self, pending: int) -> Instant:
        """Return the actions that are held, sorted."""
        return self._known[pending][0]

    def owed(self, pending: int) -> Instant:
        """Return the actions that are owed, sorted."""
        return self._known[pending][1]

    def passing(self, pending: int) -> int:
        """Return what it costs to take all that is pending past an instant."""
        held, owed = self._known[pending]
        return PASSED * (len(held) + len(owed))

    def placing(self, pending: int, action: Action) -> int:
        """Return what is pending after a held event is placed."""
        held, owed = self._known[pending]
        at = held.index(action)
        return self._number(held[:at] + held[at + 1 :], owed)

    def owing(self, pending: int, action: Action) -> int:
        """Return what is pending after an event of a later row is placed."""
        held, owed = self._known[pending]
        return self._number(held, (*owed, action))

    def parts(self, symbol: int, pending: int, edits: int) -> tuple[Part, ...]:
        """Return every way to take at least one event out of an instant with so many edits."""
        key = (symbol, pending, edits)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = self._computed(symbol, pending, edits)
        return found

    def _computed(self, symbol: int, pending: int, edits: int) -> tuple[Part, ...]:
        instant = self._steps.instants[symbol]
        held, owed = self._known[pending]
        parts = []
        for taken in _selections(tuple(dict.fromkeys(instant)), instant, owed, edits):
            left, new_held, new_owed = list(instant), list(held), list(owed)
            used = cost = 0
            for operation, action in taken:
                left.remove(action)
                if operation is Operation.SETTLE:
                    new_owed.remove(action)
                    continue
                used += 1
                cost += order_cost(action) + (DROP if operation is Operation.DROP else 0)
                if operation is Operation.HOLD:
                    new_held.append(action)
            if taken:
                cost += PASSED * (len(held) + len(new_owed))
                symbol = self._steps.symbol(tuple(left)) if left else EMPTY
                number = self._number(tuple(new_held), tuple(new_owed))
                parts.append(Part(symbol, number, used, cost, WalkStep(taken, True)))
        return tuple(parts)

    def _number(self, held: Instant, owed: Instant) -> int:
        key = (tuple(sorted(held)), tuple(sorted(owed)))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._known)
            self._known.append(key)
        return number


def _selections(
    kinds: Instant, instant: Instant, owed: Instant, edits: int
) -> Iterator[Operations]:
    """Yield what may be done to the events of these kinds, nothing included."""
    if not kinds:
        yield ()
        return
    kind, *others = kinds
    count = instant.count(kind)
    for settled in range(min(owed.count(kind), count) + 1):
        for spent in range(min(edits, count - settled) + 1):
            for held in range(spent + 1):
                done = (
                    *((Operation.SETTLE, kind),) * settled,
                    *((Operation.HOLD, kind),) * held,
                    *((Operation.DROP, kind),) * (spent - held),
                )
                for rest in _selections(tuple(others), instant, owed, edits - spent):
                    yield done + rest
