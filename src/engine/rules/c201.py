"""C201: a row that the earlier report should have had."""

from __future__ import annotations

from engine.dialects.dialect import Classified
from engine.rules.examples import EARLIER, ENROLLED, records
from engine.rules.rule import ReportsRule, Severity
from engine.rules.wording import happened


def _say(pair: Classified) -> str:
    """Say that an event was not in the earlier report, which went further."""
    return (
        f"{happened(pair)}: this row is dated within the time of the earlier report, but was not "
        "in it."
    )


RULE = ReportsRule(
    code="C201",
    name="backdated-event",
    severity=Severity.WARNING,
    what=(
        "The later report has a row that the earlier one has not, although its timestamp is more "
        "than a minute before the earlier report's last row."
    ),
    why=(
        "When the earlier report was made, that moment was over: the row was recorded later and "
        "dated back. A completion or a certificate may have been supplied after the event."
    ),
    false_alarm=(
        "If the earlier report was filtered by date, learner, content or client, rows it left out "
        "look new. So do bulk imports that carry the dates of another system, and nightly jobs. "
        "Compare the filters of both exports first."
    ),
    against=EARLIER + ENROLLED + records("04 status_change course_started"),
    example=ENROLLED
    + records("02 enrollment manager_course_enrollment", "04 status_change course_started"),
    twin=ENROLLED
    + records("05 enrollment manager_course_enrollment", "04 status_change course_started"),
    says=(
        "The learner was enrolled by a manager (manager_course_enrollment): this row is "
        "dated within the time of the earlier report, but was not in it."
    ),
    say=_say,
)
