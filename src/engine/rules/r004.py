"""R004: a row with an unknown source."""

from __future__ import annotations

from engine.rules.examples import records
from engine.rules.rule import Hint, RowRule, Severity

RULE = RowRule(
    code="R004",
    name="unknown-source",
    severity=Severity.WARNING,
    what=(
        "The source is not one of the documented ones. The row is kept, and only its type decides "
        "what it does."
    ),
    why=(
        "The type says what kind of action it was, the source says who or what caused it. Here the "
        "cause is not established. A status_change with an unknown source may have set any status, "
        "so the status after it is uncertain."
    ),
    false_alarm=(
        "The vendor adds sources over time. If the platform's documentation explains this one and "
        "its type says all that you need, leave the finding out with --ignore R004. If it is a "
        "misspelling, correct it in a copy of the report."
    ),
    example=records("01 enrollment marketplace_purchase"),
    twin=records("01 enrollment course_purchase"),
    hint=Hint(
        place=4,
        share=0.01,
        text=(
            "{rows} ({share}) have a source that is not documented: {sources}. The platform "
            "seems to have new sources; such rows act by their type alone."
        ),
    ),
    message='The source "{}" is not a known one, so the row acts by its type alone.',
    message_without="The row has no source, so it acts by its type alone.",
    on_event=True,
    names_source=True,
)
