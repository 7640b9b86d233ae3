"""S301: an enrolment of a learner who has access."""

from __future__ import annotations

from engine.lifecycle.kinds import ENROLS
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    opened, enrolled = case.opened(), case.last(ENROLS)
    # The row that opened the access may be no enrolment, but the first of a record without one.
    named = opened if enrolled is None or (opened or 0) > enrolled else enrolled
    return [("enrolment", named)], case.missing("revocation", named)


RULE = SequenceRule(
    code="S301",
    name="repeated-enrolment",
    severity=Severity.INFO,
    what=(
        "The learner was enrolled while already having access. Progress and certificate stay as "
        "they were."
    ),
    why=(
        "Whoever expects a new enrolment to begin the training anew will be misled: the learner "
        "keeps the progress made so far. Counts of enrolments are higher than those of learners."
    ),
    false_alarm=(
        "A learner often has access in two ways, such as a subscription and a learning path. That "
        "is in order: leave the finding out with --ignore S301. If the learner was meant to begin "
        "again, check that the old access was revoked and the progress reset."
    ),
    example=records("01 enrollment registration", "03 enrollment learning_path_access"),
    twin=records(
        "01 enrollment registration",
        "02 revoked_access access_expiration",
        "03 enrollment learning_path_access",
    ),
    reason=" while access was already active",
    argue=_argue,
    takes="That is needed only without access.",
    conclusion="this row gives no new access; harmless, unless a revocation in between is missing",
    already=ANY_ROLE,
    rests_on=((ENROLS, EVERY),),
)
