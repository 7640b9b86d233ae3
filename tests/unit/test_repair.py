"""Repairs of single histories: what an administrator would say is wrong with them."""

from __future__ import annotations

import pytest

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.repair.edits import Edit, EditKind, apply
from engine.repair.repairer import MOST_EVENTS, Repairer
from engine.rules.repair_wording import repair_sentence

A = Action
INSERT, DROP, MOVE = EditKind.INSERT, EditKind.DROP, EditKind.MOVE


def history(*instants: Action | tuple[Action, ...]) -> list[Instant]:
    return [each if isinstance(each, tuple) else (each,) for each in instants]


def edits(
    *instants: Action | tuple[Action, ...], partial: bool = False
) -> list[tuple[object, ...]]:
    """Kind, action, event, place."""
    repair = Repairer(partial=partial).repair(history(*instants))
    assert repair.optimal
    return [edit[:4] for edit in repair.edits]


def test_nothing_to_repair() -> None:
    assert edits() == []
    assert edits(A.ENROL, A.START, A.COMPLETE, A.CERTIFY_FOR_COMPLETION) == []


def test_a_missing_enrolment_of_any_kind() -> None:
    repair = Repairer(partial=False).repair(history(A.START, A.COMPLETE))
    assert repair.edits == (
        Edit(
            INSERT,
            A.ENROL_BY_COURSE_PURCHASE,
            None,
            0,
            (A.ENROL_BY_COLLECTION_PURCHASE, A.ENROL_BY_MANAGER, A.ENROL, A.ENROL_ECHO),
        ),
    )


def test_a_missing_purchase_is_of_one_kind_and_as_late_as_can_be() -> None:
    repair = Repairer(partial=False).repair(
        history(A.ENROL, A.START, A.CERTIFY_FOR_COLLECTION_PURCHASE)
    )
    assert repair.edits == (Edit(INSERT, A.ENROL_BY_COLLECTION_PURCHASE, None, 2, ()),)


def test_an_enrolment_that_comes_too_late_is_moved() -> None:
    assert edits(A.START, A.ENROL, A.COMPLETE) == [(MOVE, A.ENROL, 1, 0)]


def test_a_start_that_comes_too_late_is_moved() -> None:
    # To drop the completion would do too, but a row is evidence.
    assert edits(A.ENROL, A.COMPLETE, A.START, A.CERTIFY_FOR_COMPLETION) == [(MOVE, A.START, 2, 1)]


def test_an_event_moves_to_a_later_place() -> None:
    found = edits(A.ENROL, A.START, A.CERTIFY_FOR_COMPLETION, A.COMPLETE)
    assert found == [(MOVE, A.COMPLETE, 3, 2)]
    found = edits(A.ENROL, A.COMPLETE, A.RECERTIFY, A.START, A.CERTIFY_FOR_COMPLETION)
    assert found == [(MOVE, A.START, 3, 1)]


def test_a_row_is_dropped_where_nothing_else_is_as_good() -> None:
    assert edits(A.REVOKE, A.ENROL, A.START, A.COMPLETE, A.CERTIFY_FOR_COMPLETION) == [
        (INSERT, A.ENROL_BY_COURSE_PURCHASE, None, 0)
    ]
    found = edits(A.ENROL, A.START, A.REVOKE, A.COMPLETE, A.REVOKE)
    assert found == [(DROP, A.REVOKE, 2, None)]


def test_tied_events_are_taken_in_their_best_order() -> None:
    assert edits((A.ENROL, A.START, A.COMPLETE)) == []
    assert edits(A.ENROL, (A.START, A.CERTIFY_FOR_MANAGER_ENROLMENT)) == [
        (INSERT, A.ENROL_BY_MANAGER, None, 1)
    ]


def test_an_event_is_moved_out_of_an_instant_too_large_to_search() -> None:
    # Such an instant is taken in table order, in which a recertification precedes what a manager
    # set to completed.
    crowd = (A.ENROL, A.START, *[A.SCORM_PROGRESS] * 7, A.RECERTIFY, A.SET_COMPLETED)
    assert edits(crowd) == [(MOVE, A.RECERTIFY, 9, 1)]
    assert edits((A.ENROL, A.START, A.RECERTIFY, A.SET_COMPLETED)) == []


def test_a_partial_history_begins_where_it_may() -> None:
    assert edits(A.COMPLETE, A.CERTIFY_FOR_COMPLETION, partial=True) == []
    # Before a complete history's revocation an enrolment is missing too.
    assert edits(A.REVOKE, A.START, partial=True) == [(INSERT, A.ENROL_BY_COURSE_PURCHASE, None, 1)]
    assert len(edits(A.REVOKE, A.START)) == 2


def test_a_history_too_long_to_search_is_named_as_such() -> None:
    long = history(A.START, *[A.SCORM_PROGRESS] * MOST_EVENTS)
    repair = Repairer(partial=False).repair(long)
    assert not repair.optimal
    assert [edit[:4] for edit in repair.edits] == [(INSERT, A.ENROL_BY_COURSE_PURCHASE, None, 0)]


def test_a_search_that_is_given_up_is_named_as_such() -> None:
    twenty = history(*[A.REVOKE, A.START] * 10)
    repair = Repairer(partial=False, most_states=100).repair(twenty)
    assert not repair.optimal


def test_apply() -> None:
    before = history(A.START, (A.ENROL, A.COMPLETE), A.REVOKE)
    done = apply(
        before,
        [
            Edit(MOVE, A.ENROL, 1, 0),
            Edit(INSERT, A.ATTEND, None, 1),
            Edit(MOVE, A.START, 0, 1),
            Edit(DROP, A.REVOKE, 3, None),
        ],
    )
    assert done == history(A.ENROL, A.ATTEND, A.START, A.COMPLETE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("insert", "enrol", None, None, 17), "An enrolment before row 17 is missing."),
        (("insert", "complete", None, 5, None), "A completion after row 5 is missing."),
        (("insert", "revoke", None), "A revocation is missing."),
        (("move", "start", 12, 14, None), "Row 12 should come after row 14."),
        (("move", "start", 12, None, 3), "Row 12 should come before row 3."),
        (("move", "start", 12, 2, 3), "Row 12 should come after row 2 and before row 3."),
        (("move", "start", 12), "Row 12 should come at another time."),
        (("drop", "start", 9), "Row 9 should not be there."),
        (("drop", "start", "row 9 of b.csv"), "Row 9 of b.csv should not be there."),
        (
            ("insert", "enrol_by_manager", None, None, 4, ("start",)),
            "An enrolment by a manager before row 4 is missing.",
        ),
        (
            ("insert", "enrol_by_course_purchase", None, None, 4, ("enrol", "enrol_by_manager")),
            "An enrolment before row 4 is missing.",
        ),
        (
            ("insert", "set_completed", None, None, 4, ("import_completed",)),
            "A change to completed by a manager before row 4 is missing.",
        ),
        (
            ("insert", "attend", None, None, 4, ("set_completed", "import_completed")),
            "A completion before row 4 is missing.",
        ),
    ],
)
def test_sentences(given: tuple[object, ...], said: str) -> None:
    assert repair_sentence(*given) == said  # type: ignore[arg-type]


@pytest.mark.parametrize("action", Action)
def test_each_action_has_words(action: Action) -> None:
    assert repair_sentence("insert", action.label, None, 1, 2).endswith(" before row 2 is missing.")
