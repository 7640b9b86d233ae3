"""S102: an activity after access was revoked."""

from __future__ import annotations

from engine.lifecycle.kinds import REVOKES
from engine.rules.arguing import EVERY, LACKS_ENROLMENT, after_revocation
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity

RULE = SequenceRule(
    code="S102",
    name="activity-after-revocation",
    severity=Severity.ERROR,
    what=(
        "A status change, such as a start or a completion, was recorded after the learner's access "
        "had been revoked and before any new enrolment."
    ),
    why=(
        "The learner may still have had access, because the revocation did not work or was undone "
        "without a row. Or the activity was booked later than it happened. A completion of this "
        "kind is weak evidence of training."
    ),
    false_alarm=(
        "Work that was under way as access ended may be recorded moments later: --tolerance sets "
        "how many seconds count as the same moment. A gap of whole hours may come from systems "
        "that write different time zones. If the learner was enrolled again, check that the filter "
        "of the report kept the enrolment rows."
    ),
    example=records(
        "01 enrollment registration",
        "02 revoked_access manager_revoked_access",
        "04 status_change course_started",
    ),
    twin=records(
        "01 enrollment registration",
        "02 revoked_access manager_revoked_access",
        "03 enrollment manager_course_enrollment",
        "04 status_change course_started",
    ),
    reason=" after access was revoked",
    speaks_of="revoked",
    argue=after_revocation,
    takes="A status changes only while the learner has access.",
    conclusion="a new enrolment is missing from the report, or one of the two rows is wrong",
    rests_on=((REVOKES, EVERY),),
    missing=LACKS_ENROLMENT,
)
