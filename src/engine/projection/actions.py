"""Sets of actions that the read models ask about, as look-up arrays over the action's number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lifecycle import kinds
from engine.lifecycle.action import Action

__all__ = [
    "ENROLS",
    "EVERY",
    "FINISHES",
    "FINISHES_BY_LEARNER",
    "GRANTS",
    "RESETS",
    "REVOKES",
    "SETS_NOT_STARTED",
    "STARTS",
    "Members",
    "members",
]

Members = npt.NDArray[np.bool_]


def members(actions: Iterable[int]) -> Members:
    """Return the set as a look-up array."""
    found = np.zeros(256, np.bool_)
    found[list(actions)] = True
    return found


EVERY: Final = members(Action)
ENROLS: Final = members(kinds.ENROLS)
STARTS: Final = members(kinds.STARTS)
FINISHES: Final = members(kinds.FINISHES)
FINISHES_BY_LEARNER: Final = members(kinds.FINISHES_BY_LEARNER)
SETS_NOT_STARTED: Final = members(kinds.SETS_NOT_STARTED)
RESETS: Final = members(kinds.RESETS)
GRANTS: Final = members(kinds.GRANTS)
REVOKES: Final = members(kinds.REVOKES)
