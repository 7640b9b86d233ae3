"""The words for what is not plain: several rows that would do, shared moments, unknown statuses."""

from __future__ import annotations

from engine.lifecycle.action import Action
from engine.rules.arguing import argue
from engine.rules.argument import Fact, Told
from engine.rules.argument_text import follows, has_consequences, put_in_words
from engine.rules.catalogue import SEQUENCE_RULES

STATUS = {
    Action.ENROL: ("enrolled",),
    Action.ENROL_BY_COURSE_PURCHASE: ("enrolled",),
    Action.START: ("started",),
    Action.COMPLETE: ("completed",),
    Action.REVOKE: ("revoked",),
    Action.CERTIFY_FOR_COURSE_PURCHASE: ("certified",),
}


def said(
    code: str,
    *actions: Action,
    event: int | None = None,
    because: tuple[int, ...] = (),
    tied: tuple[int, ...] = (),
    before: tuple[str, ...] | None = None,
) -> str:
    """What is said of a finding on the last event; the n-th event is row n + 2."""
    event = len(actions) - 1 if event is None else event
    status: tuple[str, ...] = ("not_enrolled",)
    facts = []
    for number, action in enumerate(actions):
        held = before if before is not None and number == event else status
        facts.append(Fact(action, held, STATUS[action]))
        status = STATUS[action]
    argument = argue(SEQUENCE_RULES[code], facts, event, because, tied)

    def told(number: int) -> Told:
        return Told(f"row {number + 2}", "", actions[number].label, "noon")

    return " ".join(put_in_words(argument, told).sentences)


def test_a_finding_that_no_single_row_decides() -> None:
    text = said("S102", Action.ENROL, Action.REVOKE, Action.REVOKE, Action.START)
    assert "However, row 4 revokes the learner's access, at noon" in text
    assert "Other rows of the record show the same, also without row 4." in text
    needed = said("S102", Action.ENROL, Action.REVOKE, Action.START, because=(1,))
    assert "show the same" not in needed


def test_what_comes_too_late_is_named() -> None:
    text = said("S101", Action.START, Action.ENROL, event=0)
    assert "row 2 is the first of this record, so no row before it enrols the learner." in text
    assert "The first row that does, row 3, comes later, at noon." in text


def test_rows_of_one_moment() -> None:
    assert "Row 2 has the same time; this is the order with the fewest errors." in said(
        "S203", Action.START, Action.START, because=(0,), tied=(0,)
    )
    assert "More than eight rows have the same time" in said(
        "S203", Action.START, Action.START, because=(0,), tied=tuple(range(8))
    )


def test_an_uncertain_record() -> None:
    text = said("S103", Action.ENROL, Action.COMPLETE, before=("enrolled", "started"))
    assert "It is so whether the record was enrolled or started before." in text


def test_a_lost_purchase() -> None:
    text = said(
        "S104",
        Action.ENROL_BY_COURSE_PURCHASE,
        Action.REVOKE,
        Action.ENROL,
        Action.CERTIFY_FOR_COURSE_PURCHASE,
        because=(1,),
    )
    assert "That takes a purchase of the content in the same enrolment." in text
    assert "However, row 2 enrols the learner by a purchase, at noon." in text
    assert "Row 3 revokes the learner's access, at noon, which ends that enrolment" in text
    assert "neither it nor a row after it, up to row 5, enrols the learner by a purchase." in text


def test_consequences() -> None:
    assert follows("row 3", "S101") == "A consequence of row 3 (S101): put that right first."
    assert has_consequences(["row 4"]) == "+ 1 consequence: row 4."
    many = [f"row {n}" for n in range(4, 10)]
    assert has_consequences(many) == "+ 6 consequences: row 4, row 5, row 6 and 3 more rows."
