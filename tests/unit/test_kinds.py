"""Kinds of action, against the names that semantics.md §3 gives the actions."""

from __future__ import annotations

import pytest

from engine.lifecycle import kinds
from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS

NAMES = {
    "ENROLS": "enrol enrol_echo enrol_by_course_purchase enrol_by_collection_purchase "
    "enrol_by_manager",
    "STARTS": "start scorm_progress set_started import_started",
    "FINISHES_BY_LEARNER": "complete recertify",
    "FINISHES_BY_MANAGER": "set_completed import_completed",
    "FINISHES": "complete recertify attend set_completed import_completed",
    "SETS_NOT_STARTED": "set_not_started import_not_started",
    "RESETS": "set_not_started import_not_started set_started import_started",
    "GRANTS": "certify_for_completion certify_for_exam certify_by_grant "
    "certify_for_course_purchase certify_for_collection_purchase certify_for_manager_enrolment "
    "certify_for_manager_completion",
    "REVOKES": "revoke",
}


@pytest.mark.parametrize("kind", kinds.__all__)
def test_a_kind_is_these_actions(kind: str) -> None:
    assert {action.label for action in getattr(kinds, kind)} == set(NAMES[kind].split())


def test_an_enrolment_is_what_the_belief_takes_for_one() -> None:
    assert {action for action in Action if action.label.startswith("enrol")} == ENROLMENTS
