"""R007: a row that repeats another."""

from __future__ import annotations

from engine.rules.examples import CLEAN, ENROLLED, STARTED
from engine.rules.rule import Hint, RowRule, Severity

RULE = RowRule(
    code="R007",
    name="duplicate-row",
    severity=Severity.INFO,
    what=(
        "The row equals an earlier one in every field, or has the same id. The two count as one "
        "event."
    ),
    why=(
        "Counts made on the raw report are too high by these rows. The audit's own counts are not."
    ),
    false_alarm=(
        "Mostly it is no fault: reports that overlap, or records that were sent twice. But where "
        "the timestamp is only a date, two real actions of one day look the same. If that matters, "
        "audit a report with times, or one that carries ids."
    ),
    example=ENROLLED + STARTED + STARTED,
    twin=CLEAN,
    hint=Hint(
        place=7,
        share=0.05,
        of="rows",
        text=(
            "{share} of the rows repeat earlier ones (R007): a sign "
            "of overlapping exports. Nothing is counted twice."
        ),
    ),
    message="The row repeats an earlier one ({}), and the two count as one event.",
    message_without="The row repeats an earlier one, and the two count as one event.",
)
