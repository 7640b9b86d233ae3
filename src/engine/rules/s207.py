"""S207: a certificate after access was revoked."""

from __future__ import annotations

from engine.lifecycle.kinds import REVOKES
from engine.rules.arguing import EVERY, LACKS_ENROLMENT, after_revocation
from engine.rules.examples import records
from engine.rules.rule import Hint, SequenceRule, Severity

RULE = SequenceRule(
    code="S207",
    name="certificate-after-revocation",
    severity=Severity.WARNING,
    what=(
        "A certificate was granted after the learner's access had been revoked and before any new "
        "enrolment."
    ),
    why=(
        "The date of the certificate lies outside the time in which the learner could work on the "
        "content. An auditor will ask what it was granted for."
    ),
    false_alarm=(
        "Certificates can be granted by nightly jobs, after access has ended. If an exam or a "
        "completion stands shortly before the revocation, the certificate is probably in order. If "
        "there is none, find out who granted it."
    ),
    example=records(
        "01 enrollment registration",
        "02 revoked_access access_expiration",
        "04 certificate_grant passed_exam",
    ),
    twin=records(
        "01 enrollment registration",
        "02 revoked_access access_expiration",
        "03 enrollment registration",
        "04 certificate_grant passed_exam",
    ),
    hint=Hint(
        place=6,
        share=0.05,
        of="records",
        text=(
            "In {share} of the records a certificate was granted after "
            "access had ended (S207): a sign of nightly jobs that grant certificates late."
        ),
    ),
    reason=" after access was revoked",
    speaks_of="revoked",
    argue=after_revocation,
    takes="That usually happens while the learner has access.",
    conclusion="the certificate came late, or a new enrolment is missing from the report",
    rests_on=((REVOKES, EVERY),),
    missing=LACKS_ENROLMENT,
)
