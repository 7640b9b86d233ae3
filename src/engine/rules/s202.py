"""S202: a second completion."""

from __future__ import annotations

from engine.lifecycle.action import Action
from engine.lifecycle.kinds import FINISHES, FINISHES_BY_LEARNER
from engine.rules.arguing import Case, Grounds
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    kinds = FINISHES_BY_LEARNER if case.action is Action.COMPLETE else FINISHES
    completed = case.last(kinds)
    return [("completion", completed)], case.missing("reset", completed, late=False)


RULE = SequenceRule(
    code="S202",
    name="repeated-completion",
    severity=Severity.WARNING,
    what=(
        "The content was completed again although it was completed already, and the report shows "
        "neither a reset nor a new enrolment in between."
    ),
    why=(
        "Two dates compete as the date of completion, and counts of completions are too high. The "
        "report carries no content version, so it cannot show whether the second date belongs to a "
        "newer revision."
    ),
    false_alarm=(
        "The platform can reset a learner's progress without leaving a row. Then the second "
        "completion may be real: look for a recertification setting or a call of the API at that "
        "time. If the two rows are seconds apart, one action was probably recorded twice."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
        "04 status_change course_completed",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
        "04 status_change recertify_course",
    ),
    reason=" although it was already completed",
    again=True,
    argue=_argue,
    takes="That usually happens once in an enrolment.",
    conclusion="one completion was recorded twice, or a reset in between left no row",
    already=ANY_ROLE,
    rests_on=(
        (FINISHES_BY_LEARNER, frozenset({Action.COMPLETE})),
        (FINISHES, frozenset({Action.ATTEND})),
    ),
)
