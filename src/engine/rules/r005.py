"""R005: a row whose timestamp cannot be read."""

from __future__ import annotations

from engine.rules.examples import records
from engine.rules.rule import RowRule, Severity

RULE = RowRule(
    code="R005",
    name="invalid-timestamp",
    severity=Severity.ERROR,
    what=(
        "The timestamp is not a date and time that can be read, or is a day that does not exist. "
        "The row was set aside, because it cannot be put in order."
    ),
    why=(
        "An action without a time cannot be placed before or after the others. Every status of "
        "this learner and content from then on may be wrong."
    ),
    false_alarm=(
        "The date may be valid in a format that is not recognised. Name the format with "
        "--timestamp-format, or the order of day and month with --date-order. If a spreadsheet has "
        "rewritten the column, go back to the original download."
    ),
    example=(
        records("01 enrollment registration").replace("2024-03-01", "2024-02-28")
        + records("01 status_change course_started").replace("2024-03-01", "2024-02-30")
    ),
    twin=(
        records("01 enrollment registration").replace("2024-03-01", "2024-02-28")
        + records("01 status_change course_started").replace("2024-03-01", "2024-02-29")
    ),
    message='The timestamp "{}" is not a date and time that can be read.',
    message_without="The row has no timestamp.",
    sets_aside=True,
)
