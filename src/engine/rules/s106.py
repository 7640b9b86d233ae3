"""S106: a start after the completion that it should have led to."""

from __future__ import annotations

from engine.lifecycle.kinds import FINISHES_BY_LEARNER
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    opened, completed = case.opened(), case.last(FINISHES_BY_LEARNER)
    return [("enrolment", opened), ("completion", completed)], case.missing(
        "start", opened, late=False
    )


RULE = SequenceRule(
    code="S106",
    name="start-after-completion",
    severity=Severity.ERROR,
    what=(
        "The content was started after the learner had completed it, and no start stands before "
        "that completion. Start and completion seem to be in the wrong order."
    ),
    why=(
        "A first start cannot follow the completion that it led to. Unless the progress was reset "
        "in between, one of the two times is wrong, and with it the duration or the date of the "
        "completion."
    ),
    false_alarm=(
        "Start and completion may have been written by two systems whose clocks differ: pass a "
        "--tolerance that covers the difference. The first start may be older than the report: "
        "pass --history partial. The learner may also have opened the content again after a reset, "
        "since a reset need not leave a row: check the learner's page at the platform."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change manager_change_completed",
        "03 status_change course_completed",
        "04 status_change course_started",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change manager_change_completed",
        "04 status_change course_started",
    ),
    reason=" after a completion by the learner that has no start on record",
    argue=_argue,
    takes="Who completes content has started it before, not after.",
    conclusion="an earlier start is missing from the report, or one of the two times is wrong",
    opening="before",
    lacks_before=True,
    rests_on=((FINISHES_BY_LEARNER, EVERY),),
)
