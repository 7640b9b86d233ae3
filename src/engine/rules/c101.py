"""C101: a row that the later report lacks."""

from __future__ import annotations

from engine.dialects.dialect import Classified
from engine.rules.examples import COMPLETED, EARLIER, ENROLLED, STARTED
from engine.rules.rule import ReportsRule, Severity
from engine.rules.wording import happened


def _say(pair: Classified) -> str:
    """Say that an event is not in the later report."""
    return f"{happened(pair)}: the later report covers that time, and no longer has this row."


RULE = ReportsRule(
    code="C101",
    name="vanished-event",
    severity=Severity.ERROR,
    what=(
        "The earlier report has this row. The later one covers its time and names its learner and "
        "its content, and does not have it."
    ),
    why=(
        "A log only grows: what was recorded stays. Either somebody took the row away, or one of "
        "the exports is not whole, and then no status made from it can be relied on."
    ),
    false_alarm=(
        "The later export may leave out more: a filter by type, source or client, or a learner "
        "whose address was changed. Compare the filters of both. If they are the same, ask the "
        "vendor where the row went."
    ),
    against=EARLIER + ENROLLED + STARTED + COMPLETED,
    example=ENROLLED + COMPLETED,
    twin=ENROLLED + STARTED + COMPLETED,
    says=(
        "The content was started (course_started): the later report covers that time, and no "
        "longer has this row."
    ),
    say=_say,
)
