"""Kinds of action: what starts, completes, undoes, grants, revokes. Source: semantics.md §3, §4."""

from __future__ import annotations

from typing import Final

from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS

__all__ = [
    "ENROLS",
    "FINISHES",
    "FINISHES_BY_LEARNER",
    "FINISHES_BY_MANAGER",
    "GRANTS",
    "RESETS",
    "REVOKES",
    "SETS_NOT_STARTED",
    "STARTS",
]

Kind = frozenset[Action]

ENROLS: Final[Kind] = ENROLMENTS
STARTS: Final[Kind] = frozenset(
    {Action.START, Action.SCORM_PROGRESS, Action.SET_STARTED, Action.IMPORT_STARTED}
)
FINISHES_BY_LEARNER: Final[Kind] = frozenset({Action.COMPLETE, Action.RECERTIFY})
FINISHES_BY_MANAGER: Final[Kind] = frozenset({Action.SET_COMPLETED, Action.IMPORT_COMPLETED})
FINISHES: Final[Kind] = FINISHES_BY_LEARNER | FINISHES_BY_MANAGER | {Action.ATTEND}
SETS_NOT_STARTED: Final[Kind] = frozenset({Action.SET_NOT_STARTED, Action.IMPORT_NOT_STARTED})
RESETS: Final[Kind] = SETS_NOT_STARTED | {Action.SET_STARTED, Action.IMPORT_STARTED}
"""What undoes a completion."""

GRANTS: Final[Kind] = frozenset(
    action
    for action in Action
    if Action.CERTIFY_FOR_COMPLETION <= action <= Action.CERTIFY_FOR_MANAGER_COMPLETION
)
REVOKES: Final[Kind] = frozenset({Action.REVOKE})
