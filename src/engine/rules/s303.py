"""S303: a status change that does not say to what."""

from __future__ import annotations

from engine.rules.arguing import nothing
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S303",
    name="ambiguous-status-change",
    severity=Severity.INFO,
    what=(
        "The status was changed, but the row does not say to what. From here on the audit follows "
        "every possibility: not started, started and completed."
    ),
    why=(
        "The status is uncertain until a later row decides it. A completion may rest on this row, "
        "and the report cannot prove it."
    ),
    false_alarm=(
        "The row is never wrong in itself, it only says too little. If the status matters, look it "
        "up on the learner's page at the platform and keep the answer with the record."
    ),
    example=records("01 enrollment registration", "02 status_change manager_changed_status"),
    twin=records("01 enrollment registration", "02 status_change manager_change_started"),
    reason=", but the report does not say to what",
    argue=nothing,
    takes="The new status may be not started, started or completed.",
    conclusion="the status is uncertain from here until a later row settles it",
    any_status=True,
)
