"""S205: a second revocation."""

from __future__ import annotations

from engine.lifecycle.kinds import REVOKES
from engine.rules.arguing import EVERY, after_revocation
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S205",
    name="repeated-revocation",
    severity=Severity.WARNING,
    what="Access was revoked again although it was revoked already and not given back since.",
    why=(
        "It is unclear when the learner lost access. If access was given back in between, that "
        "enrolment is missing, and activity in that time looks forbidden."
    ),
    false_alarm=(
        "Two causes may end the same access, for instance its expiry and later the deletion of the "
        "licence. Then the first date counts. If the learner was active between the two rows, look "
        "for the missing enrolment."
    ),
    example=records(
        "01 enrollment client_access",
        "02 revoked_access access_expiration",
        "04 revoked_access client_revoked_access",
    ),
    twin=records(
        "01 enrollment client_access",
        "02 revoked_access access_expiration",
        "03 enrollment client_access",
        "04 revoked_access client_revoked_access",
    ),
    reason=" although it was already revoked",
    again=True,
    argue=after_revocation,
    takes="That happens once for each enrolment.",
    conclusion="one revocation was recorded twice, or an enrolment in between is missing",
    already=ANY_ROLE,
    rests_on=((REVOKES, EVERY),),
)
