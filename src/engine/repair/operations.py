"""What can be done to single events on a walk through a history."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple

from engine.lifecycle.action import Action

__all__ = [
    "INSERT",
    "KEEP",
    "PLACE_HELD",
    "PLACE_OWED",
    "Operation",
    "Operations",
    "WalkStep",
]


class Operation(Enum):
    """What can be done to one event.

    A move to a later place takes the event first (HOLD) and puts it down there (PLACE_HELD); a
    move to an earlier place puts the event there first (PLACE_OWED) and takes it from its instant
    when the walk gets there (SETTLE).
    """

    INSERT = auto()
    DROP = auto()
    HOLD = auto()
    PLACE_HELD = auto()
    PLACE_OWED = auto()
    SETTLE = auto()


Operations = tuple[tuple[Operation, Action], ...]


class WalkStep(NamedTuple):
    """What is done at one place: to the next instant if ``onward``, else before it."""

    operations: Operations
    onward: bool


KEEP: Final = WalkStep((), True)


def _before(operation: Operation) -> tuple[WalkStep, ...]:
    return tuple(WalkStep(((operation, action),), False) for action in Action)


INSERT: Final = _before(Operation.INSERT)
PLACE_HELD: Final = _before(Operation.PLACE_HELD)
PLACE_OWED: Final = _before(Operation.PLACE_OWED)
"""The steps that put an event before the next instant, by its action."""
