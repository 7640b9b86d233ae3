"""R006: a row from the future."""

from __future__ import annotations

from engine.rules.examples import CLEAN, ENROLLED, STARTED
from engine.rules.rule import Hint, RowRule, Severity

RULE = RowRule(
    code="R006",
    name="future-timestamp",
    severity=Severity.WARNING,
    what=(
        "The timestamp is later than the moment of the audit. The row is kept and takes its place "
        "by that timestamp."
    ),
    why=(
        "An action that has not happened yet cannot have been recorded. Either the time is wrong "
        "or it was read in the wrong time zone, and the order of the learner's history may be "
        "wrong with it."
    ),
    false_alarm=(
        "If the row is at most some hours ahead, the report is probably in local time and was read "
        "as UTC: audit again with --timezone. Check the clock of this computer as well. A date "
        "years ahead is usually a mistyped import or a placeholder: correct it at the platform."
    ),
    example=ENROLLED + STARTED.replace("2024-", "2999-"),
    twin=CLEAN,
    hint=Hint(
        place=8,
        share=0.05,
        text=(
            "{events} lie in the future (R006). Are day and month exchanged "
            "(--date-order), or is the time zone wrong (--timezone)?"
        ),
    ),
    message='The timestamp "{}" is later than the moment of the audit.',
    message_without="The timestamp is later than the moment of the audit.",
    on_event=True,
)
