"""The texts of S301 to S304: nothing wrong, but worth knowing when reading the record."""

from __future__ import annotations

from engine.findings.examples import records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]

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

RULES = (
    Rule(
        code="S301",
        name="repeated-enrolment",
        severity=Severity.INFO,
        what=(
            "The learner was enrolled while already having access. Progress and certificate "
            "stay as they were."
        ),
        why=(
            "Whoever expects a new enrolment to begin the training anew will be misled: the "
            "learner keeps the progress made so far. Counts of enrolments are higher than those "
            "of learners."
        ),
        false_alarm=(
            "A learner often has access in two ways, such as a subscription and a learning path. "
            "That is in order: leave the finding out with --ignore S301. If the learner was meant "
            "to begin again, check that the old access was revoked and the progress reset."
        ),
        example=records(
            "01 enrollment registration",
            "03 enrollment learning_path_access",
        ),
        twin=records(
            "01 enrollment registration",
            "02 revoked_access access_expiration",
            "03 enrollment learning_path_access",
        ),
    ),
    Rule(
        code="S302",
        name="redundant-status-change",
        severity=Severity.INFO,
        what="A manager or an import set a status that the learner had already.",
        why=(
            "The status stays the same, but the row can look like the moment at which it was "
            "reached. It may also show that the manager saw another status than the report does."
        ),
        false_alarm=(
            "Bulk imports set many learners to one status, whatever it was before: that is in "
            "order. If a manager made the change by hand, ask what was to be corrected, and which "
            "of the two dates is meant to count."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change manager_change_not_started",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change manager_change_started",
        ),
    ),
    Rule(
        code="S303",
        name="ambiguous-status-change",
        severity=Severity.INFO,
        what=(
            "The status was changed, but the row does not say to what. From here on the audit "
            "follows every possibility: not started, started and completed."
        ),
        why=(
            "The status is uncertain until a later row decides it. A completion may rest on this "
            "row, and the report cannot prove it."
        ),
        false_alarm=(
            "The row is never wrong in itself, it only says too little. If the status matters, "
            "look it up on the learner's page at the platform and keep the answer with the record."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change manager_changed_status",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change manager_change_started",
        ),
    ),
    Rule(
        code="S304",
        name="order-not-searched",
        severity=Severity.INFO,
        what=(
            "More than eight events of one learner and content share a moment. The audit took them "
            "in a fixed order and did not search for one that is legal."
        ),
        why=(
            "Other findings at that moment, and the status after it, depend on the fixed order. "
            "They show one possible order, not a proven one."
        ),
        false_alarm=(
            "The usual causes are timestamps cut to the day, a bulk import, and a --tolerance that "
            "is too large. Audit a report with exact times, or lower the tolerance. If all rows "
            "really bear one time, check the order at the platform."
        ),
        example=records(*_NINE_AT_ONCE),
        twin=records(*_NINE_AT_ONCE[:-1]),
    ),
)
