"""The texts of S101 to S108: events that the history before them makes impossible."""

from __future__ import annotations

from engine.findings.examples import records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]

RULES = (
    Rule(
        code="S101",
        name="activity-without-enrolment",
        severity=Severity.ERROR,
        what=(
            "A status change, such as a start or a completion, stands in the report although no "
            "enrolment of this learner in this content comes before it."
        ),
        why=(
            "You cannot show that the learner had access when the activity was recorded. Either "
            "the enrolment row is missing from the report, or the activity is booked to the wrong "
            "person or content."
        ),
        false_alarm=(
            "The report may be a window of a longer history: filtered by date, type, source or "
            "client. Then audit the full report, or pass --history partial. The enrolment may also "
            "stand under an old email address or an old title: look for a learner or a content "
            "that ends where this one begins."
        ),
        example=records("02 status_change course_started"),
        twin=records("01 enrollment registration", "02 status_change course_started"),
    ),
    Rule(
        code="S102",
        name="activity-after-revocation",
        severity=Severity.ERROR,
        what=(
            "A status change, such as a start or a completion, was recorded after the learner's "
            "access had been revoked and before any new enrolment."
        ),
        why=(
            "The learner may still have had access, because the revocation did not work or was "
            "undone without a row. Or the activity was booked later than it happened. A "
            "completion of this kind is weak evidence of training."
        ),
        false_alarm=(
            "Work that was under way as access ended may be recorded moments later: --tolerance "
            "sets how many seconds count as the same moment. A gap of whole hours may come from "
            "systems that write different time zones. If the learner was enrolled again, "
            "check that the filter of the report kept the enrolment rows."
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
    ),
    Rule(
        code="S103",
        name="certificate-without-completion",
        severity=Severity.ERROR,
        what=(
            "A certificate was granted for completing the content, but no completion by this "
            "learner comes before it."
        ),
        why=(
            "The certificate claims a completion that the record does not show. If somebody asks "
            "how it was earned, this report has no answer."
        ),
        false_alarm=(
            "The completion may be older than the report: audit the full report, or pass "
            "--history partial. Certificates can be backdated on import: compare the two dates "
            "at the platform. If the completion follows within seconds, pass a --tolerance that "
            "covers the gap."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "04 certificate_grant course_completed",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
            "04 certificate_grant course_completed",
        ),
    ),
    Rule(
        code="S104",
        name="certificate-without-cause",
        severity=Severity.ERROR,
        what=(
            "The certificate names a cause that the current enrolment does not have: a purchase, "
            "an enrolment by a manager, or a completion that a manager set."
        ),
        why=(
            "The stated ground of the certificate cannot be confirmed. It may have been granted by "
            "a wrong setting, or on a ground that was withdrawn afterwards."
        ),
        false_alarm=(
            "The cause may lie before the first row of the report, or in a row that a filter left "
            "out: audit the full report, or pass --history partial. A purchase that "
            "reached the learner another way, such as a subscription, does not count as a "
            "purchase of the content: check the order at the platform."
        ),
        example=records(
            "01 enrollment registration",
            "02 certificate_grant course_purchase",
        ),
        twin=records(
            "01 enrollment course_purchase",
            "02 certificate_grant course_purchase",
        ),
    ),
    Rule(
        code="S105",
        name="revocation-without-enrolment",
        severity=Severity.ERROR,
        what="Access was revoked although no enrolment of the learner comes before it.",
        why=(
            "The learner had access that the report does not explain, or the revocation is booked "
            "to the wrong person or content. For the time before, you cannot say whether the "
            "learner could use the content."
        ),
        false_alarm=(
            "Access that ends now was often given long ago, before the report begins: audit the "
            "full report, or pass --history partial. A mass revocation, such as the end of a "
            "licence, may also name learners who never took the content up: compare with the list "
            "of the licence."
        ),
        example=records("02 revoked_access access_expiration"),
        twin=records("01 enrollment registration", "02 revoked_access access_expiration"),
    ),
    Rule(
        code="S106",
        name="start-after-completion",
        severity=Severity.ERROR,
        what=(
            "The content was started after the learner had completed it, and no start stands "
            "before that completion. Start and completion seem to be in the wrong order."
        ),
        why=(
            "A first start cannot follow the completion that it led to. Unless the progress was "
            "reset in between, one of the two times is wrong, and with it the duration or the "
            "date of the completion."
        ),
        false_alarm=(
            "Start and completion may have been written by two systems whose clocks differ: pass "
            "a --tolerance that covers the difference. The first start may be older than the "
            "report: pass --history partial. The learner may also have opened the content again "
            "after a reset, since a reset need not leave a row: check the learner's page at the "
            "platform."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change manager_change_completed",
            "03 status_change course_completed",
            "04 status_change course_started",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change manager_change_completed",
            "04 status_change course_started",
        ),
    ),
    Rule(
        code="S107",
        name="recertification-without-completion",
        severity=Severity.ERROR,
        what=(
            "The learner completed a recertification, but the report shows no completion of this "
            "content before it, in this enrolment or an earlier one."
        ),
        why=(
            "A recertification renews something earned before. Without the first completion the "
            "record shows a renewal of nothing."
        ),
        false_alarm=(
            "The first completion is often years older than the report: audit the full report, or "
            "pass --history partial. It may also stand under an old title or in another system "
            "from which the learner was migrated: keep that evidence with this record."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "04 status_change recertify_course",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
            "04 status_change recertify_course",
        ),
    ),
    Rule(
        code="S108",
        name="certificate-without-enrolment",
        severity=Severity.ERROR,
        what=(
            "A certificate was granted for a completion, an exam, a purchase or a manager's action "
            "although no enrolment of the learner comes before it."
        ),
        why=(
            "The report shows a certificate but no access to the content. Either the enrolment is "
            "missing from the report, or the certificate is booked to the wrong person or "
            "content."
        ),
        false_alarm=(
            "The report may begin after the enrolment, or a filter on the type may have kept "
            "the certificates only: audit the full report, or pass --history partial. Check also "
            "whether the learner's email address or the title changed in between."
        ),
        example=records("02 certificate_grant passed_exam"),
        twin=records("01 enrollment registration", "02 certificate_grant passed_exam"),
    ),
)
