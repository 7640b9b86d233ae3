"""What histories drawn one by one cannot know of each other, written into a whole report.

Accounts are created, learners change session and content is deleted. Each takes the place of a
source that does the same, so a history stays as legal, or as damaged, as it was.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS

__all__ = ["connected"]

Numbers = npt.NDArray[np.int32]
Pairs = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_DAY: Final = 86_400

_NUMBER: Final = {(pair.type, pair.source): number for number, pair in enumerate(PAIRS)}
_ACTION: Final = np.array([pair.action for pair in PAIRS], np.uint8)
_ACTIVITY: Final = np.array(
    [
        pair.action in ENROLMENTS
        or pair.action in (Action.START, Action.SCORM_PROGRESS, Action.COMPLETE, Action.ATTEND)
        for pair in PAIRS
    ]
)
_DELETED: Final = 3
"""Every so-manieth content is deleted in the end."""

_NEW_ACCOUNTS: Final = (
    ("manager_course_enrollment", "manager_bulk_user_creation", 5, (0, 1)),
    ("manager_course_enrollment", "manager_created_user", 5, (2,)),
    ("public", "registration", 2, (0,)),
)
"""Which source stands for a new account, and for which learners (modulus and remainders)."""


def connected(learner: Numbers, content: Numbers, pair: Pairs, at: Indices) -> Pairs:
    """Return the pairs, some with sources that fit what other histories say.

    An account is created within a day of its learner's first row, content is deleted after the
    last activity on it, and who loses a session to a move arrives in another one. The rows are
    ordered by history; times are in seconds.
    """
    pair = pair.copy()
    if len(pair):
        # Of an instant's rows none is changed: it might come to equal another one.
        tied = (at[1:] == at[:-1]) & (learner[1:] == learner[:-1]) & (content[1:] == content[:-1])
        free = np.ones(len(pair), np.bool_)
        free[1:] &= ~tied
        free[:-1] &= ~tied
        _create_accounts(learner, pair, at, free)
        _delete_contents(content, pair, at, free)
        _move_learners(learner, content, pair, at, free)
    return pair


def _create_accounts(learner: Numbers, pair: Pairs, at: Indices, free: Mask) -> None:
    first = np.full(int(learner.max()) + 1, at.max())
    np.minimum.at(first, learner, at)
    early = free & (at - first[learner] <= _DAY)
    for usual, source, modulus, remainders in _NEW_ACCOUNTS:
        of_learner = np.isin(learner % modulus, remainders)
        pair[early & of_learner & (pair == _NUMBER["enrollment", usual])] = _NUMBER[
            "enrollment", source
        ]


def _delete_contents(content: Numbers, pair: Pairs, at: Indices, free: Mask) -> None:
    last = np.full(int(content.max()) + 1, at.min())
    active = _ACTIVITY[pair]
    np.maximum.at(last, content[active], at[active])
    ended = (_ACTION[pair] == Action.REVOKE) & (at >= last[content])
    pair[free & ended & (content % _DELETED == 0)] = _NUMBER["revoked_access", "course_deletion"]


def _move_learners(
    learner: Numbers, content: Numbers, pair: Pairs, at: Indices, free: Mask
) -> None:
    """Make moves of access lost and gained to other content, a day apart at most.

    Each row is part of one move only.
    """
    leaves = (_ACTION[pair] == Action.REVOKE) & (
        pair != _NUMBER["revoked_access", "course_deletion"]
    )
    enters = (_ACTION[pair] == Action.ENROL) & (pair != _NUMBER["enrollment", "registration"])
    rows = np.flatnonzero(free & (leaves | enters))
    keys: list[npt.NDArray[np.integer]] = [content[rows], at[rows], learner[rows]]
    rows = rows[np.lexsort(keys)]
    one, two = rows[:-1], rows[1:]
    fits = (learner[one] == learner[two]) & (at[two] - at[one] <= _DAY)
    fits &= (leaves[one] != leaves[two]) & (content[one] != content[two])
    # Of neighbours that share a row, every other one.
    place = np.arange(len(fits))
    before = np.maximum.accumulate(np.where(fits, -1, place))
    chosen = np.flatnonzero(fits & ((place - before) % 2 == 1))
    both = np.concatenate([one[chosen], two[chosen]])
    pair[both] = np.where(
        leaves[both],
        _NUMBER["revoked_access", "reschedule"],
        _NUMBER["enrollment", "reschedule"],
    )
