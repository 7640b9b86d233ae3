"""R001: a row that cannot be read."""

from __future__ import annotations

from engine.rules.examples import CLEAN, ENROLLED
from engine.rules.rule import RowRule, Severity

RULE = RowRule(
    code="R001",
    name="malformed-row",
    severity=Severity.ERROR,
    what=(
        "The record has more or fewer cells than the header, or bytes that are not text. It was "
        "set aside and counts for no learner."
    ),
    why=(
        "An action that cannot be read is missing from the history. The status and the findings of "
        "the learner whose row it was may be wrong because of the gap."
    ),
    false_alarm=(
        "The line may be no record at all, such as a total or a note typed below the data. Then it "
        "is rightly left out. Otherwise download the report again, or repair a copy: the usual "
        "causes are a comma or a line break in a title without quotes, and a download that was cut "
        "off."
    ),
    example=ENROLLED + "ana@example.com,,course,Fire Safety,status_change\n",
    twin=CLEAN,
    message="The record cannot be read: it {}.",
    message_without="The record cannot be read.",
    sets_aside=True,
)
