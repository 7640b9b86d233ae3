"""C110: another status than the list has."""

from __future__ import annotations

from engine.rules.examples import COMPLETED, ENROLLED, EXPORT, STARTED
from engine.rules.rule import Disagreement, Severity, StatusesRule
from engine.rules.wording import either, quote


def _tell(found: Disagreement) -> tuple[str | None, str | None, str]:
    if found.field == "certificate" and found.certified:
        said = "Your list has a certificate, but no row of the report grants one."
        return "no", found.theirs, said
    if found.field == "certificate":
        said = "By the report there is a certificate. By your list there is none."
        return "yes", found.theirs, said
    said = f'By the report: {either(found.ours)}. By your list: "{quote(found.theirs)}".'
    return found.status, found.theirs, said


RULE = StatusesRule(
    code="C110",
    name="status-mismatch",
    severity=Severity.ERROR,
    what=(
        "The status export gives the learner another status in this content than the report's rows "
        "come to, or a certificate where these have none, or none where they have one."
    ),
    why=(
        "One of the two is wrong. Who is told to repeat a course, or is counted as trained, "
        "depends on which of them somebody looks at."
    ),
    false_alarm=(
        "The export may be of another day than the report's last row: --as-of takes the report "
        "back to it. A report filtered by date lacks the rows before: --history partial. A "
        "platform can also reset progress without a row."
    ),
    against=EXPORT + "ana@example.com,Fire Safety,completed\n",
    example=ENROLLED + STARTED,
    twin=ENROLLED + STARTED + COMPLETED,
    says='By the report: started. By your list: "completed".',
    tell=_tell,
)
