"""The tables of semantics.md §4, case by case.

A configuration is written as its access and what is set in it:

    none, active, revoked                 the access
    started, completed                    the progress (else not started)
    current, stale                        the certificate (else none)
    seen, learner, manager                started_seen, learner_completed, manager_completed
    course, collection, by_manager        course_bought, collection_bought, manager_enrolled
    ever                                  ever_completed

``=`` is the configuration before, ``/`` parts several outcomes, and where a line is about several
actions it has one finding for all of them or one for each.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import Access, Certificate, Configuration, Progress
from engine.lifecycle.machine import DEFINITION, TRIGGERS
from engine.lifecycle.step import reachable, step

ENROLMENTS = """
none         | enrol_by_course_purchase     | active course          | -
none         | enrol_by_collection_purchase | active collection      | -
none         | enrol_by_manager             | active by_manager      | -
none         | enrol, enrol_echo            | active                 | -
revoked      | enrol_by_course_purchase     | active course          | -
revoked      | enrol_by_collection_purchase | active collection      | -
revoked      | enrol_by_manager             | active by_manager      | -
revoked      | enrol, enrol_echo            | active                 | -
revoked ever | enrol_by_course_purchase     | active course ever     | -
revoked ever | enrol_by_collection_purchase | active collection ever | -
revoked ever | enrol_by_manager             | active by_manager ever | -
revoked ever | enrol, enrol_echo            | active ever            | -

active              | enrol, enrol_echo            | =                        | S301, -
active              | enrol_by_course_purchase     | active course            | S301
active course       | enrol_by_course_purchase     | =                        | S301
active course       | enrol_by_collection_purchase | active course collection | S301
active started seen | enrol_by_course_purchase     | active started seen course     | S301
active started seen | enrol_by_collection_purchase | active started seen collection | S301
active collection | enrol_by_manager
    | active collection by_manager | S301
active started seen | enrol_echo                   | =                        | -
active completed current learner ever | enrol
    | = | S301
active completed stale seen learner manager course ever | enrol_by_manager
    | active completed stale seen learner manager course by_manager ever | S301
"""

REVOCATIONS = """
none                                                | revoke | revoked      | S105
active                                              | revoke | revoked      | -
active started current seen course                  | revoke | revoked      | -
active completed stale seen learner by_manager ever | revoke | revoked ever | -
active ever                                         | revoke | revoked ever | -
revoked                                             | revoke | =            | S205
revoked ever                                        | revoke | =            | S205
"""

STARTS = """
none                               | start, scorm_progress | active started seen         | S101
active                             | start, scorm_progress | active started seen         | -
active course ever | start, scorm_progress
    | active started seen course ever | -
active current                     | start, scorm_progress | active started current seen | -
active started seen                | start, scorm_progress | =                           | S203, -
active started current seen        | start, scorm_progress | =                           | S203, -
active completed seen learner ever | start, scorm_progress | =                           | S204
active completed seen ever         | start, scorm_progress | =                           | S204
active completed current seen manager ever | start, scorm_progress
    | = | S204
active completed learner ever | start, scorm_progress
    | active completed seen learner ever | S106
active completed stale learner manager ever | start, scorm_progress
    | active completed stale seen learner manager ever | S106
active completed ever | start, scorm_progress
    | active completed seen ever | -
active completed current manager ever | start, scorm_progress
    | active completed current seen manager ever | -
revoked                            | start, scorm_progress | =                           | S102
revoked ever                       | start, scorm_progress | =                           | S102
"""

COMPLETIONS = """
none                                | complete | active completed learner ever       | S101
active                              | complete | active completed learner ever       | S201
active ever                         | complete | active completed learner ever       | S201
active current                      | complete | active completed stale learner ever | S201
active started seen                 | complete | active completed seen learner ever  | -
active started current seen course | complete
    | active completed stale seen learner course ever | -
active completed ever               | complete | active completed learner ever       | -
active completed current manager ever | complete
    | active completed stale learner manager ever | -
active completed learner ever       | complete | =                                   | S202
active completed current seen learner ever | complete
    | active completed stale seen learner ever | S202
active completed stale learner ever | complete | =                                   | S202
revoked                             | complete | revoked ever                        | S102
revoked ever                        | complete | =                                   | S102

none                                  | attend | active completed ever               | S101
active                                | attend | active completed ever               | -
active current                        | attend | active completed stale ever         | -
active started seen                   | attend | active completed seen ever          | -
active completed ever                 | attend | =                                   | S202
active completed current learner ever | attend | active completed stale learner ever | S202
revoked                               | attend | revoked ever                        | S102
revoked ever                          | attend | =                                   | S102

none                                  | recertify | active completed learner ever            | S101
active                                | recertify | active completed learner ever            | S107
active started current seen           | recertify | active completed stale seen learner ever | S107
active ever                           | recertify | active completed learner ever            | -
active started seen ever              | recertify | active completed seen learner ever       | -
active completed manager ever         | recertify | active completed learner manager ever    | -
active completed current learner ever | recertify | active completed stale learner ever      | -
revoked                               | recertify | revoked ever                             | S102
revoked ever                          | recertify | =                                        | S102
"""

SETTINGS = """
none                | set_not_started, import_not_started | active | S101, S208
active              | set_not_started, import_not_started | =      | S302
active course ever  | set_not_started, import_not_started | =      | S302
active current      | set_not_started, import_not_started | active | -
active started seen | set_not_started, import_not_started | active | -
active completed stale seen learner manager by_manager ever | set_not_started, import_not_started
    | active by_manager ever | -
revoked             | set_not_started, import_not_started | =      | S102, S208
revoked ever        | set_not_started, import_not_started | =      | S102, S208

none                        | set_started, import_started | active started seen | S101, S208
active                      | set_started, import_started | active started seen | -
active current              | set_started, import_started | active started seen | -
active started seen         | set_started, import_started | =                   | S302
active started current seen | set_started, import_started | active started seen | -
active completed current seen learner manager collection ever | set_started, import_started
    | active started seen collection ever | -
revoked                     | set_started, import_started | =                   | S102, S208
revoked ever                | set_started, import_started | =                   | S102, S208

none           | set_completed, import_completed | active completed manager ever       | S101, S208
active         | set_completed, import_completed | active completed manager ever       | -
active current | set_completed, import_completed | active completed stale manager ever | -
active started seen | set_completed, import_completed
    | active completed seen manager ever | -
active completed ever | set_completed, import_completed
    | active completed manager ever | S302
active completed current manager ever | set_completed, import_completed
    | active completed stale manager ever | S302
active completed stale learner ever | set_completed, import_completed
    | active completed stale learner manager ever | S302
revoked        | set_completed, import_completed | revoked ever                        | S102, S208
revoked ever   | set_completed, import_completed | =                                   | S102, S208

none         | set_unknown | active / active started seen / active completed manager ever | S101
active       | set_unknown | active / active started seen / active completed manager ever | S303
active completed current seen learner course ever | set_unknown
    | active course ever / active started seen course ever
    / active completed stale seen learner manager course ever | S303
revoked      | set_unknown | revoked / revoked ever                                       | S102
revoked ever | set_unknown | =                                                            | S102
"""

CERTIFICATES = """
none                          | certify_for_completion | active current                   | S108
active                        | certify_for_completion | active current                   | S103
active current                | certify_for_completion | =                                | S103
active started seen           | certify_for_completion | active started current seen      | S103
active ever                   | certify_for_completion | active current ever              | S209
active current ever           | certify_for_completion | =                                | S209
active started seen ever      | certify_for_completion | active started current seen ever | S209
active completed ever         | certify_for_completion | active completed current ever    | -
active completed stale learner ever | certify_for_completion
    | active completed current learner ever | -
active completed current ever | certify_for_completion | =                                | S206
revoked                       | certify_for_completion | =                                | S103
revoked ever                  | certify_for_completion | =                                | S207

none                          | certify_for_exam, certify_by_grant | active current | S108, S208
active                        | certify_for_exam, certify_by_grant | active current | -
active completed stale ever | certify_for_exam, certify_by_grant
    | active completed current ever | -
active current                | certify_for_exam, certify_by_grant | =              | S206
active completed current ever | certify_for_exam, certify_by_grant | =              | S206
revoked                       | certify_for_exam, certify_by_grant | =              | S207
revoked ever                  | certify_for_exam, certify_by_grant | =              | S207

active course         | certify_for_course_purchase | active current course     | -
active course current | certify_for_course_purchase | =                         | S206
active completed stale course ever | certify_for_course_purchase
    | active completed current course ever | -
active collection     | certify_for_course_purchase | active current collection | S104
active current course by_manager | certify_for_collection_purchase | =            | S104
active current course collection | certify_for_manager_enrolment   | =            | S104
active current by_manager        | certify_for_manager_completion  | =            | S104
active current        | certify_for_course_purchase | =                         | S104

active collection         | certify_for_collection_purchase | active current collection | -
active collection current | certify_for_collection_purchase | =                         | S206
active course by_manager | certify_for_collection_purchase
    | active current course by_manager | S104

active by_manager         | certify_for_manager_enrolment | active current by_manager | -
active by_manager current | certify_for_manager_enrolment | =                         | S206
active completed manager ever | certify_for_manager_enrolment
    | active completed current manager ever | S104

active completed manager ever | certify_for_manager_completion
    | active completed current manager ever | -
active completed stale manager ever | certify_for_manager_completion
    | active completed current manager ever | -
active completed current manager ever | certify_for_manager_completion | = | S206
active completed learner ever | certify_for_manager_completion
    | active completed current learner ever | S104
active by_manager | certify_for_manager_completion
    | active current by_manager | S104
"""

BY_CAUSE = (
    "certify_for_course_purchase, certify_for_collection_purchase, "
    "certify_for_manager_enrolment, certify_for_manager_completion"
)
WITHOUT_ACCESS = f"""
none         | {BY_CAUSE} | active current | S108
active       | {BY_CAUSE} | active current | S104
revoked      | {BY_CAUSE} | =              | S207
revoked ever | {BY_CAUSE} | =              | S207
"""

_WORDS = {
    "started": {"progress": Progress.STARTED},
    "completed": {"progress": Progress.COMPLETED},
    "current": {"certificate": Certificate.CURRENT},
    "stale": {"certificate": Certificate.STALE},
    "seen": {"started_seen": True},
    "learner": {"learner_completed": True},
    "manager": {"manager_completed": True},
    "course": {"course_bought": True},
    "collection": {"collection_bought": True},
    "by_manager": {"manager_enrolled": True},
    "ever": {"ever_completed": True},
}


def configuration(words: str) -> Configuration:
    access, *rest = words.split()
    facts = {name: value for word in rest for name, value in _WORDS[word].items()}
    return Configuration(access=Access[access.upper()], **facts)  # type: ignore[arg-type]


Case = tuple[str, str, str, str]


def cases(table: str) -> Iterator[Case]:
    """Each (before, action, after, finding); an indented line goes on with the one before it."""
    for line in table.strip().replace("\n    ", " ").splitlines():
        if not line.strip():
            continue
        before, actions, after, findings = (" ".join(cell.split()) for cell in line.split("|"))
        listed = actions.split(", ")
        codes = findings.split(", ")
        for action, code in zip(
            listed, codes * len(listed) if len(codes) == 1 else codes, strict=True
        ):
            yield before, action, after, code


TABLES = (ENROLMENTS, REVOCATIONS, STARTS, COMPLETIONS, SETTINGS, CERTIFICATES, WITHOUT_ACCESS)
CASES = [case for table in TABLES for case in cases(table)]


@pytest.mark.parametrize(("before", "action", "after", "finding"), CASES)
def test_step(before: str, action: str, after: str, finding: str) -> None:
    start = configuration(before)
    expected = {start} if after == "=" else {configuration(each) for each in after.split("/")}
    code = None if finding == "-" else finding
    assert start in reachable()
    assert step(start, Action[action.upper()]) == {(end, code) for end in expected}


def test_every_action_has_a_case_for_each_access() -> None:
    seen = {(action, before.split()[0]) for before, action, _, _ in CASES}
    assert seen == {(a.label, access) for a in Action for access in ("none", "active", "revoked")}


def test_every_finding_of_the_definition_has_a_case() -> None:
    of_trigger = {trigger: action.label for action, names in TRIGGERS.items() for trigger in names}
    defined = {(of_trigger[row["trigger"]], row["finding"] or "-") for row in DEFINITION}
    assert {(action, finding) for _, action, _, finding in CASES} == defined
