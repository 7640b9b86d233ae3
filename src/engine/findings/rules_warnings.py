"""The texts of S201 to S209: events that are possible, but seldom right."""

from __future__ import annotations

from engine.findings.examples import records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]

RULES = (
    Rule(
        code="S201",
        name="completion-without-start",
        severity=Severity.WARNING,
        what=(
            "The learner completed the content, but no start was recorded since the enrolment or "
            "since the progress was last set to not started."
        ),
        why=(
            "The record does not show when the work began, so it cannot show how long it took. A "
            "completion without work looks the same."
        ),
        false_alarm=(
            "Some content has no separate start, such as an article or a single page that "
            "completes on opening. If that holds for the content type, ignore S201 for it. If it "
            "is a course with lessons, look at the learner's activity at the platform."
        ),
        example=records(
            "01 enrollment registration",
            "03 status_change course_completed",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
        ),
    ),
    Rule(
        code="S202",
        name="repeated-completion",
        severity=Severity.WARNING,
        what=(
            "The content was completed again although it was completed already, and the report "
            "shows neither a reset nor a new enrolment in between."
        ),
        why=(
            "Two dates compete as the date of completion, and counts of completions are too high. "
            "The report carries no content version, so it cannot show whether the second date "
            "belongs to a newer revision."
        ),
        false_alarm=(
            "The platform can reset a learner's progress without leaving a row. Then the second "
            "completion may be real: look for a recertification setting or a call of the API at "
            "that time. If the two rows are seconds apart, one action was probably recorded "
            "twice."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
            "04 status_change course_completed",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
            "04 status_change recertify_course",
        ),
    ),
    Rule(
        code="S203",
        name="repeated-start",
        severity=Severity.WARNING,
        what=(
            "The content was started again although it was started already and not completed in "
            "between. Repeated SCORM progress is not flagged."
        ),
        why=(
            "It is unclear which start counts, so times to completion are not reliable. A second "
            "start can be the trace of a reset that lost the learner's progress."
        ),
        false_alarm=(
            "If the rows are seconds apart, the content was probably opened twice or reported "
            "twice. If they are far apart, the progress may have been reset without a row: ask "
            "whether it was intended. Otherwise take the first start as the start."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_started",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
        ),
    ),
    Rule(
        code="S204",
        name="restart-after-completion",
        severity=Severity.WARNING,
        what=(
            "The content was started again although it was completed already, and the report shows "
            "neither a reset nor a new enrolment in between. The audit keeps the completion."
        ),
        why=(
            "Some systems turn a completed record to incomplete when the content is opened again. "
            "A status list made elsewhere may then show started where the training was done."
        ),
        false_alarm=(
            "A learner who reads the content once more may cause it. It may also be the beginning "
            "of a repeat after a reset that left no row: then a second completion should follow. "
            "Check at the platform which it was, and that the completion is still shown there."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
            "04 status_change course_started",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change course_started",
            "03 status_change course_completed",
        ),
    ),
    Rule(
        code="S205",
        name="repeated-revocation",
        severity=Severity.WARNING,
        what="Access was revoked again although it was revoked already and not given back since.",
        why=(
            "It is unclear when the learner lost access. If access was given back in between, that "
            "enrolment is missing, and activity in that time looks forbidden."
        ),
        false_alarm=(
            "Two causes may end the same access, for instance its expiry and later the deletion of "
            "the licence. Then the first date counts. If the learner was active between the two "
            "rows, look for the missing enrolment."
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
    ),
    Rule(
        code="S206",
        name="repeated-certificate",
        severity=Severity.WARNING,
        what=(
            "A certificate was granted although the learner held one from this enrolment already "
            "and did not complete the content in between."
        ),
        why=(
            "The learner may hold two certificates, with two dates, for one achievement. Counts "
            "of certificates are too high."
        ),
        false_alarm=(
            "One achievement may trigger two grants, for instance for the exam and for the "
            "completion. A manager may have issued it again to correct a name. Then say which one "
            "is valid. A repeat after a reset without a row is also possible: look for a second "
            "completion elsewhere."
        ),
        example=records(
            "01 enrollment registration",
            "02 certificate_grant passed_exam",
            "03 certificate_grant manager_grant",
        ),
        twin=records(
            "01 enrollment registration",
            "02 certificate_grant passed_exam",
        ),
    ),
    Rule(
        code="S207",
        name="certificate-after-revocation",
        severity=Severity.WARNING,
        what=(
            "A certificate was granted after the learner's access had been revoked and before any "
            "new enrolment."
        ),
        why=(
            "The date of the certificate lies outside the time in which the learner could work on "
            "the content. An auditor will ask what it was granted for."
        ),
        false_alarm=(
            "Certificates can be granted by nightly jobs, after access has ended. If an exam or a "
            "completion stands shortly before the revocation, the certificate is probably in "
            "order. If there is none, find out who granted it."
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
    ),
    Rule(
        code="S208",
        name="grant-without-enrolment",
        severity=Severity.WARNING,
        what=(
            "A manager's import set a status while the learner was not enrolled or access was "
            "revoked, or a certificate was granted by hand or through the API without an enrolment."
        ),
        why=(
            "Records made this way rest on the word of whoever made them: the report shows no "
            "access at that time."
        ),
        false_alarm=(
            "This is usual when history is migrated from another system: the imported rows stand "
            "alone. Keep the import file and its approval as the evidence. If no migration took "
            "place at that time, ask who made the change."
        ),
        example=records("02 status_change Manager_grant_completed"),
        twin=records(
            "01 enrollment manager_bulk_user_creation",
            "02 status_change Manager_grant_completed",
        ),
    ),
    Rule(
        code="S209",
        name="certificate-for-earlier-completion",
        severity=Severity.WARNING,
        what=(
            "A certificate was granted for completing the content while the content was not "
            "completed. Every earlier completion was reset since, or belongs to an earlier "
            "enrolment."
        ),
        why=(
            "The certificate looks new but rests on an old completion. Where training must be "
            "repeated at intervals, it does not show that the repeat took place."
        ),
        false_alarm=(
            "A certificate that was delayed, imported or issued again may rightly refer to the old "
            "completion: then keep the old date with it. If the learner did repeat the content, "
            "look for the completion that the report lacks."
        ),
        example=records(
            "01 enrollment registration",
            "02 status_change manager_change_completed",
            "03 status_change manager_change_not_started",
            "04 certificate_grant course_completed",
        ),
        twin=records(
            "01 enrollment registration",
            "02 status_change manager_change_completed",
            "04 certificate_grant course_completed",
        ),
    ),
)
