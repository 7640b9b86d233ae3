"""R002: a row without a needed field."""

from __future__ import annotations

from engine.rules.examples import CLEAN, ENROLLED
from engine.rules.rule import RowRule, Severity

RULE = RowRule(
    code="R002",
    name="missing-field",
    severity=Severity.ERROR,
    what=(
        "The row lacks the email, the title (and any content id), the type or the timestamp. It "
        "was set aside, because it cannot be placed in anybody's history."
    ),
    why=(
        "The row shows that something happened, but not to whom, in what, how or when. The history "
        "that it belongs to has a gap, and the report does not say which one it is."
    ),
    false_alarm=(
        "The cell may be empty on purpose, for instance where an account was anonymised or a "
        "content deleted. Then leave the row aside and note the reason. If only some rows of a "
        "learner are affected, find out what emptied the cell before relying on the rest."
    ),
    example=(ENROLLED + ",,course,Fire Safety,status_change,course_started,2024-03-02T09:00:00Z\n"),
    twin=CLEAN,
    message="The row lacks a needed field: {}.",
    message_without="The row lacks a needed field.",
    sets_aside=True,
)
