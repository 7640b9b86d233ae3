"""S304: more tied events than are put in order."""

from __future__ import annotations

from engine.rules.arguing import nothing
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

_NINE_AT_ONCE = (
    "01 enrollment registration",
    "01 status_change enrollment",
    "01 status_change course_started",
    "01 status_change scorm_started",
    "01 status_change course_completed",
    "01 status_change manager_change_started",
    "01 status_change manager_change_completed",
    "01 certificate_grant course_completed",
    "01 revoked_access manager_revoked_access",
)

RULE = SequenceRule(
    code="S304",
    name="order-not-searched",
    severity=Severity.INFO,
    what=(
        "More than eight events of one learner and content share a moment. The audit took them in "
        "a fixed order and did not search for one that is legal."
    ),
    why=(
        "Other findings at that moment, and the status after it, depend on the fixed order. They "
        "show one possible order, not a proven one."
    ),
    false_alarm=(
        "The usual causes are timestamps cut to the day, a bulk import, and a --tolerance that is "
        "too large. Audit a report with exact times, or lower the tolerance. If all rows really "
        "bear one time, check the order at the platform."
    ),
    example=records(*_NINE_AT_ONCE),
    twin=records(*_NINE_AT_ONCE[:-1]),
    whole=(
        "More than eight events share the moment of this one ({source}), so their order was not "
        "searched."
    ),
    argue=nothing,
    takes="More than eight rows of this record share its moment, too many to try every order.",
    conclusion=(
        "findings at this moment hold for one order only; times to the second would settle it"
    ),
    any_status=True,
    of_order=True,
)
