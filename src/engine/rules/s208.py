"""S208: an import or a certificate by hand, without access."""

from __future__ import annotations

from engine.lifecycle.kinds import REVOKES
from engine.rules.arguing import (
    EVERY,
    LACKS_ENROLMENT,
    Case,
    Grounds,
    after_revocation,
    never_enrolled,
)
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity, WhereRevoked


def _argue(case: Case) -> Grounds:
    closed = "revoked" in case.events[case.event].before
    return after_revocation(case) if closed else never_enrolled(case)


RULE = SequenceRule(
    code="S208",
    name="grant-without-enrolment",
    severity=Severity.WARNING,
    what=(
        "A manager's import set a status while the learner was not enrolled or access was revoked, "
        "or a certificate was granted by hand or through the API without an enrolment."
    ),
    why=(
        "Records made this way rest on the word of whoever made them: the report shows no access "
        "at that time."
    ),
    false_alarm=(
        "This is usual when history is migrated from another system: the imported rows stand "
        "alone. Keep the import file and its approval as the evidence. If no migration took place "
        "at that time, ask who made the change."
    ),
    example=records("02 status_change Manager_grant_completed"),
    twin=records(
        "01 enrollment manager_bulk_user_creation", "02 status_change Manager_grant_completed"
    ),
    reason=" although no enrolment comes before it",
    speaks_of="not_enrolled",
    where_revoked=WhereRevoked(
        " after access was revoked",
        "That usually happens while the learner has access.",
        "the row came late, or a new enrolment is missing from the report",
    ),
    unopened=True,
    argue=_argue,
    takes="That usually happens while the learner is enrolled.",
    conclusion="an enrolment is missing from the report, or it was given along with this row",
    rests_on=((REVOKES, EVERY),),
    missing=LACKS_ENROLMENT,
)
