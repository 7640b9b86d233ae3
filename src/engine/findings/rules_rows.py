"""The texts of R001 to R008: rows that cannot be taken as they stand (semantics.md §7)."""

from __future__ import annotations

from engine.findings.examples import records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]

_ENROLLED = records("01 enrollment registration")
_STARTED = records("02 status_change course_started")
_CLEAN = _ENROLLED + _STARTED

RULES = (
    Rule(
        code="R001",
        name="malformed-row",
        severity=Severity.ERROR,
        what=(
            "The record has more or fewer cells than the header, or bytes that are not text. "
            "It was set aside and counts for no learner."
        ),
        why=(
            "An action that cannot be read is missing from the history. The status and the "
            "findings of the learner whose row it was may be wrong because of the gap."
        ),
        false_alarm=(
            "The line may be no record at all, such as a total or a note typed below the data. "
            "Then it is rightly left out. Otherwise download the report again, or repair a copy: "
            "the usual causes are a comma or a line break in a title without quotes, and a "
            "download that was cut off."
        ),
        example=_ENROLLED + "ana@example.com,,course,Fire Safety,status_change\n",
        twin=_CLEAN,
    ),
    Rule(
        code="R002",
        name="missing-field",
        severity=Severity.ERROR,
        what=(
            "The row lacks the email, the title (and any content id), the type or the timestamp. "
            "It was set aside, because it cannot be placed in anybody's history."
        ),
        why=(
            "The row shows that something happened, but not to whom, in what, how or when. The "
            "history that it belongs to has a gap, and the report does not say which one it is."
        ),
        false_alarm=(
            "The cell may be empty on purpose, for instance where an account was anonymised or a "
            "content deleted. Then leave the row aside and note the reason. If only some rows of a "
            "learner are affected, find out what emptied the cell before relying on the rest."
        ),
        example=(
            _ENROLLED + ",,course,Fire Safety,status_change,course_started,2024-03-02T09:00:00Z\n"
        ),
        twin=_CLEAN,
    ),
    Rule(
        code="R003",
        name="unknown-type",
        severity=Severity.ERROR,
        what=(
            "The type is none of enrollment, status_change, revoked_access and certificate_grant. "
            "It is not known what such a row does, so it was set aside."
        ),
        why=(
            "The row may have given access, taken it away or changed the progress. Without it the "
            "learner's status is only what the other rows say."
        ),
        false_alarm=(
            "The platform may have added a type that does not touch access, progress or "
            "certificates. Look it up in the platform's documentation. If it is one of the four "
            "types, misspelt or translated by hand, correct it in a copy of the report."
        ),
        example=(
            _ENROLLED + "ana@example.com,,course,Fire Safety,"
            "progress_update,course_started,2024-03-02T09:00:00Z\n"
        ),
        twin=_CLEAN,
    ),
    Rule(
        code="R004",
        name="unknown-source",
        severity=Severity.WARNING,
        what=(
            "The source is not one of the documented ones. The row is kept, and only its type "
            "decides what it does."
        ),
        why=(
            "The type says what kind of action it was, the source says who or what caused it. "
            "Here the cause is not established. A status_change with an unknown source may have "
            "set any status, so the status after it is uncertain."
        ),
        false_alarm=(
            "The vendor adds sources over time. If the platform's documentation explains this one "
            "and its type says all that you need, leave the finding out with --ignore R004. If it "
            "is a misspelling, correct it in a copy of the report."
        ),
        example=records("01 enrollment marketplace_purchase"),
        twin=records("01 enrollment course_purchase"),
    ),
    Rule(
        code="R005",
        name="invalid-timestamp",
        severity=Severity.ERROR,
        what=(
            "The timestamp is not a date and time that can be read, or is a day that does not "
            "exist. The row was set aside, because it cannot be put in order."
        ),
        why=(
            "An action without a time cannot be placed before or after the others. Every status "
            "of this learner and content from then on may be wrong."
        ),
        false_alarm=(
            "The date may be valid in a format that is not recognised. Name the format with "
            "--timestamp-format, or the order of day and month with --date-order. If a spreadsheet "
            "has rewritten the column, go back to the original download."
        ),
        example=(
            records("01 enrollment registration").replace("2024-03-01", "2024-02-28")
            + records("01 status_change course_started").replace("2024-03-01", "2024-02-30")
        ),
        twin=(
            records("01 enrollment registration").replace("2024-03-01", "2024-02-28")
            + records("01 status_change course_started").replace("2024-03-01", "2024-02-29")
        ),
    ),
    Rule(
        code="R006",
        name="future-timestamp",
        severity=Severity.WARNING,
        what=(
            "The timestamp is later than the moment of the audit. The row is kept and takes its "
            "place by that timestamp."
        ),
        why=(
            "An action that has not happened yet cannot have been recorded. Either the time is "
            "wrong or it was read in the wrong time zone, and the order of the learner's history "
            "may be wrong with it."
        ),
        false_alarm=(
            "If the row is at most some hours ahead, the report is probably in local time and was "
            "read as UTC: audit again with --timezone. Check the clock of this computer as well. A "
            "date years ahead is usually a mistyped import or a placeholder: correct it at the "
            "platform."
        ),
        example=_ENROLLED + _STARTED.replace("2024-", "2999-"),
        twin=_CLEAN,
    ),
    Rule(
        code="R007",
        name="duplicate-row",
        severity=Severity.INFO,
        what=(
            "The row equals an earlier one in every field, or has the same id. The two count as "
            "one event."
        ),
        why=(
            "Counts made on the raw report are too high by these rows. The audit's own counts are "
            "not."
        ),
        false_alarm=(
            "Mostly it is no fault: reports that overlap, or records that were sent twice. But "
            "where the timestamp is only a date, two real actions of one day look the same. If "
            "that matters, audit a report with times, or one that carries ids."
        ),
        example=_ENROLLED + _STARTED + _STARTED,
        twin=_CLEAN,
    ),
    Rule(
        code="R008",
        name="source-of-another-type",
        severity=Severity.ERROR,
        what=(
            "The source is documented, but only under another type. The row is kept, and only its "
            "type decides what it does."
        ),
        why=(
            "Type and source contradict each other, so one of them is probably wrong. If it is "
            "the type, the row did something else than the audit assumes, and the statuses after "
            "it are wrong."
        ),
        false_alarm=(
            "If a fresh download has the same pair, the vendor may have begun to use this source "
            "under a second type. Ask the vendor, then leave the finding out with --ignore R008. "
            "If only your file has it, cells were shifted or edited: use the fresh download."
        ),
        example=records("01 enrollment client_access", "02 revoked_access client_access"),
        twin=records("01 enrollment client_access", "02 revoked_access client_revoked_access"),
    ),
)
