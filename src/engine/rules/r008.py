"""R008: a row whose source belongs to another type."""

from __future__ import annotations

from engine.rules.examples import records
from engine.rules.rule import RowRule, Severity

RULE = RowRule(
    code="R008",
    name="source-of-another-type",
    severity=Severity.ERROR,
    what=(
        "The source is documented, but only under another type. The row is kept, and only its type "
        "decides what it does."
    ),
    why=(
        "Type and source contradict each other, so one of them is probably wrong. If it is the "
        "type, the row did something else than the audit assumes, and the statuses after it are "
        "wrong."
    ),
    false_alarm=(
        "If a fresh download has the same pair, the vendor may have begun to use this source under "
        "a second type. Ask the vendor, then leave the finding out with --ignore R008. If only "
        "your file has it, cells were shifted or edited: use the fresh download."
    ),
    example=records("01 enrollment client_access", "02 revoked_access client_access"),
    twin=records("01 enrollment client_access", "02 revoked_access client_revoked_access"),
    message='The source "{}" belongs to another type, so the row acts by its type alone.',
    message_without="The source belongs to another type, so the row acts by its type alone.",
    on_event=True,
    names_source=True,
)
