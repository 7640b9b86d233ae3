"""C113: another date than the list has."""

from __future__ import annotations

from engine.rules.examples import COMPLETED, DATED, ENROLLED, STARTED
from engine.rules.rule import Disagreement, Severity, StatusesRule
from engine.rules.wording import quote

_EVENTS = {
    "enrolled_at": "enrolled",
    "started_at": "started",
    "completed_at": "completed",
    "certified_at": "certified",
    "revoked_at": "revoked",
}


def _tell(found: Disagreement) -> tuple[str | None, str | None, str]:
    event = _EVENTS[found.field]
    ours = f"says {event} on {found.at}" if found.at else f"has no row that says {event}"
    return found.at, found.theirs, f'The report {ours}, the export "{quote(found.theirs)}".'


RULE = StatusesRule(
    code="C113",
    name="date-mismatch",
    severity=Severity.WARNING,
    what=(
        "The status agrees, but a date of the export is another one than the report's rows come "
        "to. Days are compared where the export gives days, else seconds."
    ),
    why=(
        "Deadlines and the validity of certificates are counted from these dates: a day may decide "
        "whether somebody was trained in time."
    ),
    false_alarm=(
        "A day's difference all over the export is a time zone: --timezone. After a repeated "
        "completion some platforms keep the first date; here it is the last one of the current "
        "enrolment."
    ),
    against=DATED + "ana@example.com,Fire Safety,completed,2024-03-05\n",
    example=ENROLLED + STARTED + COMPLETED,
    twin=ENROLLED + STARTED + COMPLETED.replace("-03T", "-05T"),
    says='The report says completed on 2024-03-03T09:00:00Z, the export "2024-03-05".',
    tell=_tell,
)
