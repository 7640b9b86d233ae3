"""R003: a row of an unknown type."""

from __future__ import annotations

from engine.rules.examples import CLEAN, ENROLLED
from engine.rules.rule import RowRule, Severity

RULE = RowRule(
    code="R003",
    name="unknown-type",
    severity=Severity.ERROR,
    what=(
        "The type is none of enrollment, status_change, revoked_access and certificate_grant. It "
        "is not known what such a row does, so it was set aside."
    ),
    why=(
        "The row may have given access, taken it away or changed the progress. Without it the "
        "learner's status is only what the other rows say."
    ),
    false_alarm=(
        "The platform may have added a type that does not touch access, progress or certificates. "
        "Look it up in the platform's documentation. If it is one of the four types, misspelt or "
        "translated by hand, correct it in a copy of the report."
    ),
    example=(
        ENROLLED + "ana@example.com,,course,Fire Safety,"
        "progress_update,course_started,2024-03-02T09:00:00Z\n"
    ),
    twin=CLEAN,
    message=(
        'The type "{}" is none of enrollment, status_change, revoked_access, certificate_grant.'
    ),
    message_without="The row has no type.",
    sets_aside=True,
)
