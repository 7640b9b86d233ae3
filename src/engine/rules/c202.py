"""C202: a status that the later report tells otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from engine.rules.examples import EARLIER, ENROLLED, STARTED, records
from engine.rules.rule import ReportsRule, Severity
from engine.rules.wording import either


def _say(was: Sequence[str], now: Sequence[str], *, follows: bool) -> str:
    """Say what the status was told to be, and what it is told to have been now."""
    because = ", because of the rows that differ" if follows else ""
    return (
        f"At the end of the time that both reports cover, the record is {either(was)} in the "
        f"earlier report and {either(now)} in the later one{because}."
    )


RULE = ReportsRule(
    code="C202",
    name="status-rewritten",
    severity=Severity.WARNING,
    what=(
        "At the end of the time that both reports cover, the later one gives the learner another "
        "status in this content than the earlier one did. Where a status is uncertain, only if no "
        "status is possible by both."
    ),
    why=(
        "Whoever used the earlier report told somebody a status that is no longer what the records "
        "say: on a certificate list, in an audit, to a client."
    ),
    false_alarm=(
        "It often only follows from a row that vanished, was rewritten or was dated back, and then "
        "names it as its root. Rows of the earlier report's last minute may come late: export "
        "again, and compare with that."
    ),
    against=EARLIER + ENROLLED + STARTED,
    example=ENROLLED + STARTED + records("02 status_change course_completed"),
    twin=ENROLLED + STARTED + records("03 status_change course_completed"),
    says=(
        "At the end of the time that both reports cover, the record is started in the earlier "
        "report and completed in the later one."
    ),
    say=_say,
)
