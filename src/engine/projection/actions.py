"""Sets of actions that the read models ask about, as look-up arrays over the action's number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lifecycle.belief import ENROLMENTS
from engine.vocabulary import Action

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


_STARTS: Final = {
    Action.START,
    Action.SCORM_PROGRESS,
    Action.SET_STARTED,
    Action.IMPORT_STARTED,
}
_FINISHES: Final = {
    Action.COMPLETE,
    Action.ATTEND,
    Action.RECERTIFY,
    Action.SET_COMPLETED,
    Action.IMPORT_COMPLETED,
}

EVERY: Final = members(Action)
ENROLS: Final = members(ENROLMENTS)
STARTS: Final = members(_STARTS)
FINISHES: Final = members(_FINISHES)
FINISHES_BY_LEARNER: Final = members({Action.COMPLETE, Action.RECERTIFY})
SETS_NOT_STARTED: Final = members({Action.SET_NOT_STARTED, Action.IMPORT_NOT_STARTED})
RESETS: Final = SETS_NOT_STARTED | members({Action.SET_STARTED, Action.IMPORT_STARTED})
"""What undoes a completion."""
GRANTS: Final = members(
    range(Action.CERTIFY_FOR_COMPLETION, Action.CERTIFY_FOR_MANAGER_COMPLETION + 1)
)
REVOKES: Final = members({Action.REVOKE})
