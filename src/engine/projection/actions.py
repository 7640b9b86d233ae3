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
    "FINISHES",
    "FINISHES_BY_LEARNER",
    "GRANTS",
    "REVOKES",
    "SETS_PROGRESS",
    "STARTS",
]

Members = npt.NDArray[np.bool_]


def _members(actions: Iterable[int]) -> Members:
    members = np.zeros(256, np.bool_)
    members[list(actions)] = True
    return members


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

ENROLS: Final = _members(ENROLMENTS)
STARTS: Final = _members(_STARTS)
FINISHES: Final = _members(_FINISHES)
FINISHES_BY_LEARNER: Final = _members({Action.COMPLETE, Action.RECERTIFY})
SETS_PROGRESS: Final = _members(
    {*_STARTS, *_FINISHES, Action.SET_NOT_STARTED, Action.IMPORT_NOT_STARTED, Action.SET_UNKNOWN}
)
GRANTS: Final = _members(
    range(Action.CERTIFY_FOR_COMPLETION, Action.CERTIFY_FOR_MANAGER_COMPLETION + 1)
)
REVOKES: Final = _members({Action.REVOKE})
