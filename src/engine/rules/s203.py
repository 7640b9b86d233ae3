"""S203: a second start."""

from __future__ import annotations

from engine.lifecycle.kinds import STARTS
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    started = case.last(STARTS)
    return [("start", started)], case.missing("reset", started, late=False)


RULE = SequenceRule(
    code="S203",
    name="repeated-start",
    severity=Severity.WARNING,
    what=(
        "The content was started again although it was started already and not completed in "
        "between. Repeated SCORM progress is not flagged."
    ),
    why=(
        "It is unclear which start counts, so times to completion are not reliable. A second start "
        "can be the trace of a reset that lost the learner's progress."
    ),
    false_alarm=(
        "If the rows are seconds apart, the content was probably opened twice or reported twice. "
        "If they are far apart, the progress may have been reset without a row: ask whether it was "
        "intended. Otherwise take the first start as the start."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_started",
    ),
    twin=records("01 enrollment registration", "02 status_change course_started"),
    reason=" although it was already started",
    again=True,
    argue=_argue,
    takes="That usually happens once in an enrolment.",
    conclusion="one start was recorded twice, or a reset in between left no row",
    already=ANY_ROLE,
    rests_on=((STARTS, EVERY),),
)
