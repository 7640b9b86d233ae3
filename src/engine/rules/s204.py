"""S204: a start after the completion."""

from __future__ import annotations

from engine.lifecycle.kinds import FINISHES, STARTS
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.argument import Role
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    completed = case.last(FINISHES)
    started = case.last(STARTS, before=completed)
    named: list[tuple[Role, int | None]] = [("start", started), ("completion", completed)]
    return named, case.missing("reset", completed, late=False)


RULE = SequenceRule(
    code="S204",
    name="restart-after-completion",
    severity=Severity.WARNING,
    what=(
        "The content was started again although it was completed already, and the report shows "
        "neither a reset nor a new enrolment in between. The audit keeps the completion."
    ),
    why=(
        "Some systems turn a completed record to incomplete when the content is opened again. A "
        "status list made elsewhere may then show started where the training was done."
    ),
    false_alarm=(
        "A learner who reads the content once more may cause it. It may also be the beginning of a "
        "repeat after a reset that left no row: then a second completion should follow. Check at "
        "the platform which it was, and that the completion is still shown there."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
        "04 status_change course_started",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
    ),
    reason=" although it was already completed",
    argue=_argue,
    takes="What is completed usually stays completed.",
    conclusion="the learner opened it once more, or a reset in between left no row",
    already=frozenset({"start"}),
    rests_on=((STARTS, EVERY), (FINISHES, EVERY)),
)
