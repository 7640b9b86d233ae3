"""S107: a recertification of what was never completed."""

from __future__ import annotations

from engine.lifecycle.action import Action
from engine.rules.arguing import LACKS_COMPLETION, never_completed
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S107",
    name="recertification-without-completion",
    severity=Severity.ERROR,
    what=(
        "The learner completed a recertification, but the report shows no completion of this "
        "content before it, in this enrolment or an earlier one."
    ),
    why=(
        "A recertification renews something earned before. Without the first completion the record "
        "shows a renewal of nothing."
    ),
    false_alarm=(
        "The first completion is often years older than the report: audit the full report, or pass "
        "--history partial. It may also stand under an old title or in another system from which "
        "the learner was migrated: keep that evidence with this record."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "04 status_change recertify_course",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
        "04 status_change recertify_course",
    ),
    reason=" although no completion comes before it",
    argue=never_completed,
    takes="Only what was completed before can be recertified.",
    conclusion="the first completion is missing from the report, or this row is wrong",
    rests_on_absence=True,
    missing=LACKS_COMPLETION,
    cures=dict.fromkeys(Action, frozenset({Action.CERTIFY_FOR_MANAGER_COMPLETION})),
)
