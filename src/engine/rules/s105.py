"""S105: a revocation before any enrolment."""

from __future__ import annotations

from engine.rules.arguing import never_enrolled
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S105",
    name="revocation-without-enrolment",
    severity=Severity.ERROR,
    what="Access was revoked although no enrolment of the learner comes before it.",
    why=(
        "The learner had access that the report does not explain, or the revocation is booked to "
        "the wrong person or content. For the time before, you cannot say whether the learner "
        "could use the content."
    ),
    false_alarm=(
        "Access that ends now was often given long ago, before the report begins: audit the full "
        "report, or pass --history partial. A mass revocation, such as the end of a licence, may "
        "also name learners who never took the content up: compare with the list of the licence."
    ),
    example=records("02 revoked_access access_expiration"),
    twin=records("01 enrollment registration", "02 revoked_access access_expiration"),
    reason=" although no enrolment comes before it",
    unopened=True,
    argue=never_enrolled,
    takes="Only access that was given can be revoked.",
    conclusion="an enrolment is missing from the report, or this row belongs to another record",
    rests_on_absence=True,
)
