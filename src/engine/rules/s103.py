"""S103: a certificate for a completion that is not there."""

from __future__ import annotations

from engine.rules.arguing import LACKS_COMPLETION, never_completed
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S103",
    name="certificate-without-completion",
    severity=Severity.ERROR,
    what=(
        "A certificate was granted for completing the content, but no completion by this learner "
        "comes before it."
    ),
    why=(
        "The certificate claims a completion that the record does not show. If somebody asks how "
        "it was earned, this report has no answer."
    ),
    false_alarm=(
        "The completion may be older than the report: audit the full report, or pass --history "
        "partial. Certificates can be backdated on import: compare the two dates at the platform. "
        "If the completion follows within seconds, pass a --tolerance that covers the gap."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "04 certificate_grant course_completed",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
        "04 certificate_grant course_completed",
    ),
    reason=" although no completion comes before it",
    argue=never_completed,
    takes="That takes a completion before it.",
    conclusion=(
        "a completion is missing from the report, or the certificate was granted without one"
    ),
    rests_on_absence=True,
    missing=LACKS_COMPLETION,
)
