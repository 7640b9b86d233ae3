"""C112: a record that only the report has."""

from __future__ import annotations

from engine.rules.examples import ENROLLED, EXPORT, STARTED
from engine.rules.rule import Disagreement, Severity, StatusesRule
from engine.rules.wording import either


def _tell(found: Disagreement) -> tuple[str | None, str | None, str]:
    said = f"The report comes to {either(found.ours)}, the export does not have this record."
    return found.status, None, said


RULE = StatusesRule(
    code="C112",
    name="missing-there",
    severity=Severity.WARNING,
    what="The report has this learner and content, and the status export has not.",
    why=(
        "The platform no longer shows a record that has a history. It may have been deleted, and "
        "with it the proof that the learner was trained."
    ),
    false_alarm=(
        "Exports often leave out learners whose access has ended, and accounts or content that are "
        "deactivated. An export of one course or client lacks all others: compare with a report of "
        "the same filter, or name the content with --content."
    ),
    against=EXPORT + "ana@example.com,Fire Safety,started\n",
    example=ENROLLED + STARTED + ENROLLED.replace("ana@", "ben@"),
    twin=ENROLLED + STARTED,
    says="The report comes to enrolled, the export does not have this record.",
    tell=_tell,
)
