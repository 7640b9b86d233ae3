"""C111: a record that only the list has."""

from __future__ import annotations

from engine.rules.examples import ENROLLED, EXPORT, STARTED
from engine.rules.rule import Disagreement, Severity, StatusesRule
from engine.rules.wording import quote


def _tell(found: Disagreement) -> tuple[str | None, str | None, str]:
    said = f'The report has no record of this, the export says "{quote(found.theirs)}".'
    return None, found.theirs, said


RULE = StatusesRule(
    code="C111",
    name="missing-here",
    severity=Severity.WARNING,
    what=(
        "The status export has this learner and content, and the report has no row that says so, "
        "or none by the time asked for."
    ),
    why=(
        "The learner's history is not in the report, so nothing in the report backs the status "
        "that the platform shows."
    ),
    false_alarm=(
        "A report filtered by date, client or content lacks whole records, and an address may have "
        "been changed. An export by title alone does not match content that was renamed: give both "
        "with content ids."
    ),
    against=EXPORT + "ana@example.com,Fire Safety,started\nben@example.com,Fire Safety,started\n",
    example=ENROLLED + STARTED,
    twin=ENROLLED + STARTED + STARTED.replace("ana@", "ben@"),
    says='The report has no record of this, the export says "started".',
    tell=_tell,
)
