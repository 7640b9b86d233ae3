"""Which later findings a repair may have to do with, and what it makes of a belief."""

from __future__ import annotations

import pytest

from engine.lifecycle.action import Action
from engine.lifecycle.belief import COMPLETE_HISTORY, advance
from engine.lifecycle.configuration import NOT_ENROLLED, Access, Configuration, Progress
from engine.rules.catalogue import CATALOGUE
from engine.rules.roots import REPAIRED, answers, consequences, repaired

SEQUENCE = [code for code in CATALOGUE if code.startswith("S")]
PURCHASE = Action.CERTIFY_FOR_COURSE_PURCHASE
BY_MANAGER = Action.CERTIFY_FOR_MANAGER_COMPLETION


def answered(code: str, action: Action) -> set[tuple[str, Action]]:
    """The later findings, and their actions, that the repair may have to do with."""
    return {
        (code_, each) for code_ in SEQUENCE for each in Action if answers(code, action, code_, each)
    }


@pytest.mark.parametrize("code", ["S101", "S108"])
def test_an_enrolment_that_is_assumed_anyway_adds_its_kind(code: str) -> None:
    wanted = {("S104", each) for each in Action if each is not BY_MANAGER}
    assert answered(code, Action.START) == wanted


def test_a_recertification_completes_anyway_but_not_as_a_manager() -> None:
    assert answered("S107", Action.RECERTIFY) == {("S104", BY_MANAGER)}


def test_a_cause_is_that_of_one_kind_of_certificate() -> None:
    assert answered("S104", PURCHASE) == {("S104", PURCHASE)}
    everything = {(code, each) for code in SEQUENCE for each in Action}
    assert answered("S104", BY_MANAGER) == everything, "its repair completes"


@pytest.mark.parametrize("code", SEQUENCE)
def test_any_other_repair_may_answer_everything_or_there_is_none(code: str) -> None:
    if code not in ("S101", "S104", "S107", "S108"):
        found = answered(code, Action.START)
        assert len(found) == (len(SEQUENCE) * len(Action) if code in REPAIRED else 0)


def test_the_missing_row_is_an_enrolment_of_any_kind() -> None:
    before = repaired(COMPLETE_HISTORY, "S101", Action.START)
    assert len(before) == 4
    assert {held.access for held in before} == {Access.ACTIVE}


@pytest.mark.parametrize("code", ["S103", "S107"])
def test_the_missing_row_is_a_completion_of_any_kind(code: str) -> None:
    active = frozenset({Configuration(access=Access.ACTIVE)})
    before = repaired(active, code, Action.RECERTIFY)
    assert {held.progress for held in before} == {Progress.COMPLETED}
    assert len(before) == 3


@pytest.mark.parametrize(
    ("action", "fact"),
    [
        (PURCHASE, "course_bought"),
        (Action.CERTIFY_FOR_COLLECTION_PURCHASE, "collection_bought"),
        (Action.CERTIFY_FOR_MANAGER_ENROLMENT, "manager_enrolled"),
        (BY_MANAGER, "manager_completed"),
    ],
)
def test_the_missing_row_is_the_cause_of_the_certificate(action: Action, fact: str) -> None:
    active = frozenset({Configuration(access=Access.ACTIVE)})
    assert advance(active, action)[1] == "S104"
    [held] = repaired(active, "S104", action)
    assert getattr(held, fact)


def test_numbers_count_the_events_of_all_instants() -> None:
    # Revoked by nobody's leave, and then two starts: the second follows from the first's repair.
    belief = frozenset({NOT_ENROLLED})
    instants = [(Action.ENROL,), (Action.REVOKE,), (Action.START, Action.COMPLETE), (Action.START,)]
    assert consequences(belief, instants) == [(3, 2), (4, 2)]


def test_an_event_without_a_finding_hides_no_tied_one() -> None:
    tied = (Action.START, BY_MANAGER)
    instants = [(Action.ENROL,), (Action.CERTIFY_FOR_COMPLETION,), tied]
    assert consequences(frozenset({NOT_ENROLLED}), instants) == [(3, 1)]


def test_consequences_come_in_the_order_of_the_history_as_it_is() -> None:
    # Under the repair of the first import the best order of the three would be another one.
    tied = (Action.IMPORT_STARTED, Action.CERTIFY_FOR_MANAGER_ENROLMENT, Action.REVOKE)
    instants = [(Action.IMPORT_STARTED,), tied]
    assert consequences(COMPLETE_HISTORY, instants) == [(1, 0), (2, 0)]


def test_each_repair_stands_alone_in_the_history_as_it_is() -> None:
    # The repair of the first finding does not also change the belief from which the next is mended.
    instants = [
        (Action.ENROL_BY_COLLECTION_PURCHASE, BY_MANAGER),
        (Action.REVOKE,),
        (Action.CERTIFY_BY_GRANT, Action.CERTIFY_FOR_COLLECTION_PURCHASE),
        (Action.RECERTIFY,),
    ]
    assert consequences(COMPLETE_HISTORY, instants) == []
