"""S108: a certificate before any enrolment."""

from __future__ import annotations

from engine.rules.arguing import CURED_BY_ENROLMENT, LACKS_ENROLMENT, never_enrolled
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S108",
    name="certificate-without-enrolment",
    severity=Severity.ERROR,
    what=(
        "A certificate was granted for a completion, an exam, a purchase or a manager's action "
        "although no enrolment of the learner comes before it."
    ),
    why=(
        "The report shows a certificate but no access to the content. Either the enrolment is "
        "missing from the report, or the certificate is booked to the wrong person or content."
    ),
    false_alarm=(
        "The report may begin after the enrolment, or a filter on the type may have kept the "
        "certificates only: audit the full report, or pass --history partial. Check also whether "
        "the learner's email address or the title changed in between."
    ),
    example=records("02 certificate_grant passed_exam"),
    twin=records("01 enrollment registration", "02 certificate_grant passed_exam"),
    reason=" although no enrolment comes before it",
    unopened=True,
    argue=never_enrolled,
    takes="That takes an enrolment before it.",
    conclusion="an enrolment is missing from the report, or this row belongs to another record",
    rests_on_absence=True,
    missing=LACKS_ENROLMENT,
    cures=CURED_BY_ENROLMENT,
)
