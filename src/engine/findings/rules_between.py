"""The texts of C101 to C202: what two reports say of the same time, and a status export."""

from __future__ import annotations

from engine.findings.examples import REPORT_HEADER, records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]

_ENROLLED = records("01 enrollment registration")
_STARTED = records("02 status_change course_started")
_COMPLETED = records("03 status_change course_completed")

_EARLIER = f"{REPORT_HEADER}\n"
_EXPORT = "Email,Course,Status\n"
_DATED = "Email,Course,Status,Completed At\n"

RULES = (
    Rule(
        code="C101",
        name="vanished-event",
        severity=Severity.ERROR,
        what=(
            "The earlier report has this row. The later one covers its time and names its learner "
            "and its content, and does not have it."
        ),
        why=(
            "A log only grows: what was recorded stays. Either somebody took the row away, or one "
            "of the exports is not whole, and then no status made from it can be relied on."
        ),
        false_alarm=(
            "The later export may leave out more: a filter by type, source or client, or a learner "
            "whose address was changed. Compare the filters of both. If they are the same, ask the "
            "vendor where the row went."
        ),
        against=_EARLIER + _ENROLLED + _STARTED + _COMPLETED,
        example=_ENROLLED + _COMPLETED,
        twin=_ENROLLED + _STARTED + _COMPLETED,
        says=(
            "The content was started (course_started): the later report covers that time, and no "
            "longer has this row."
        ),
    ),
    Rule(
        code="C102",
        name="rewritten-event",
        severity=Severity.ERROR,
        what=(
            "Both reports have a row of this learner, content, type and instant, but with another "
            "source, Panorama, title or id; or both have a row of this id, and another field "
            "differs."
        ),
        why=(
            "The record of an action was changed after it had been reported. What the learner did, "
            "or who did it for them, now reads otherwise than it did."
        ),
        false_alarm=(
            "A Panorama that was renamed, or a learner who was moved to another one, changes all "
            "rows of the past at many platforms, and so does a content's new title. If that is "
            "known and meant, leave the finding out with --ignore C102."
        ),
        against=_EARLIER + _ENROLLED + _STARTED,
        example=_ENROLLED.replace("registration", "manager_course_enrollment") + _STARTED,
        twin=_ENROLLED + _STARTED,
        says=(
            'The row was rewritten: source was "registration" and is "manager_course_enrollment".'
        ),
    ),
    Rule(
        code="C110",
        name="status-mismatch",
        severity=Severity.ERROR,
        what=(
            "The status export gives the learner another status in this content than the report's "
            "rows come to, or a certificate where these have none, or none where they have one."
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
        against=_EXPORT + "ana@example.com,Fire Safety,completed\n",
        example=_ENROLLED + _STARTED,
        twin=_ENROLLED + _STARTED + _COMPLETED,
        says='The report comes to started, the export says "completed".',
    ),
    Rule(
        code="C111",
        name="missing-here",
        severity=Severity.WARNING,
        what=(
            "The status export has this learner and content, and the report has no row that says "
            "so, or none by the time asked for."
        ),
        why=(
            "The learner's history is not in the report, so nothing in the report backs the status "
            "that the platform shows."
        ),
        false_alarm=(
            "A report filtered by date, client or content lacks whole records, and an address may "
            "have been changed. An export by title alone does not match content that was renamed: "
            "give both with content ids."
        ),
        against=_EXPORT
        + "ana@example.com,Fire Safety,started\nben@example.com,Fire Safety,started\n",
        example=_ENROLLED + _STARTED,
        twin=_ENROLLED + _STARTED + _STARTED.replace("ana@", "ben@"),
        says='The report has no record of this, the export says "started".',
    ),
    Rule(
        code="C112",
        name="missing-there",
        severity=Severity.WARNING,
        what="The report has this learner and content, and the status export has not.",
        why=(
            "The platform no longer shows a record that has a history. It may have been deleted, "
            "and with it the proof that the learner was trained."
        ),
        false_alarm=(
            "Exports often leave out learners whose access has ended, and accounts or content that "
            "are deactivated. An export of one course or client lacks all others: compare with a "
            "report of the same filter, or name the content with --content."
        ),
        against=_EXPORT + "ana@example.com,Fire Safety,started\n",
        example=_ENROLLED + _STARTED + _ENROLLED.replace("ana@", "ben@"),
        twin=_ENROLLED + _STARTED,
        says="The report comes to enrolled, the export does not have this record.",
    ),
    Rule(
        code="C113",
        name="date-mismatch",
        severity=Severity.WARNING,
        what=(
            "The status agrees, but a date of the export is another one than the report's rows "
            "come to. Days are compared where the export gives days, else seconds."
        ),
        why=(
            "Deadlines and the validity of certificates are counted from these dates: a day may "
            "decide whether somebody was trained in time."
        ),
        false_alarm=(
            "A day's difference all over the export is a time zone: --timezone. After a repeated "
            "completion some platforms keep the first date; here it is the last one of the "
            "current enrolment."
        ),
        against=_DATED + "ana@example.com,Fire Safety,completed,2024-03-05\n",
        example=_ENROLLED + _STARTED + _COMPLETED,
        twin=_ENROLLED + _STARTED + _COMPLETED.replace("-03T", "-05T"),
        says='The report says completed on 2024-03-03T09:00:00Z, the export "2024-03-05".',
    ),
    Rule(
        code="C201",
        name="backdated-event",
        severity=Severity.WARNING,
        what=(
            "The later report has a row that the earlier one has not, although its timestamp is "
            "more than a minute before the earlier report's last row."
        ),
        why=(
            "When the earlier report was made, that moment was over: the row was recorded later "
            "and dated back. A completion or a certificate may have been supplied after the event."
        ),
        false_alarm=(
            "If the earlier report was filtered by date, learner, content or client, rows it left "
            "out look new. So do bulk imports that carry the dates of another system, and nightly "
            "jobs. Compare the filters of both exports first."
        ),
        against=_EARLIER + _ENROLLED + records("04 status_change course_started"),
        example=_ENROLLED
        + records("02 enrollment manager_course_enrollment", "04 status_change course_started"),
        twin=_ENROLLED
        + records("05 enrollment manager_course_enrollment", "04 status_change course_started"),
        says=(
            "The learner was enrolled by a manager (manager_course_enrollment): the earlier report "
            "goes beyond that time, and did not have this row."
        ),
    ),
    Rule(
        code="C202",
        name="status-rewritten",
        severity=Severity.WARNING,
        what=(
            "At the end of the time that both reports cover, the later one gives the learner "
            "another status in this content than the earlier one did. Where a status is uncertain, "
            "only if no status is possible by both."
        ),
        why=(
            "Whoever used the earlier report told somebody a status that is no longer what the "
            "records say: on a certificate list, in an audit, to a client."
        ),
        false_alarm=(
            "It often only follows from a row that vanished, was rewritten or was dated back, and "
            "then names it as its root. Rows of the earlier report's last minute may come late: "
            "export again, and compare with that."
        ),
        against=_EARLIER + _ENROLLED + _STARTED,
        example=_ENROLLED + _STARTED + records("02 status_change course_completed"),
        twin=_ENROLLED + _STARTED + records("03 status_change course_completed"),
        says=(
            "By the earlier report the status was started at the end of the time that both cover, "
            "by the later one completed."
        ),
    ),
)
