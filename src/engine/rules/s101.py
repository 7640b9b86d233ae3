"""S101: an activity before any enrolment."""

from __future__ import annotations

from engine.rules.arguing import CURED_BY_ENROLMENT, LACKS_ENROLMENT, never_enrolled
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S101",
    name="activity-without-enrolment",
    severity=Severity.ERROR,
    what=(
        "A status change, such as a start or a completion, stands in the report although no "
        "enrolment of this learner in this content comes before it."
    ),
    why=(
        "You cannot show that the learner had access when the activity was recorded. Either the "
        "enrolment row is missing from the report, or the activity is booked to the wrong person "
        "or content."
    ),
    false_alarm=(
        "The report may be a window of a longer history: filtered by date, type, source or client. "
        "Then audit the full report, or pass --history partial. The enrolment may also stand under "
        "an old email address or an old title: look for a learner or a content that ends where "
        "this one begins."
    ),
    example=records("02 status_change course_started"),
    twin=records("01 enrollment registration", "02 status_change course_started"),
    reason=" although no enrolment comes before it",
    speaks_of="not_enrolled",
    unopened=True,
    argue=never_enrolled,
    takes="A status changes only while the learner is enrolled.",
    conclusion="an enrolment is missing from the report, or this row belongs to another record",
    rests_on_absence=True,
    missing=LACKS_ENROLMENT,
    cures=CURED_BY_ENROLMENT,
)
