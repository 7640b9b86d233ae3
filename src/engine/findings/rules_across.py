"""The texts of X201 to X302: what only several records together show."""

from __future__ import annotations

from engine.findings.examples import records
from engine.findings.rule import Rule, Severity

__all__ = ["RULES"]


def _beside(email: str, *steps: str) -> str:
    """Write records of the same course for another learner."""
    return records(*steps).replace("ana@example.com", email)


_MOVED = records("01 enrollment registration", "05 revoked_access reschedule")
_ARRIVED = records("05 enrollment reschedule").replace("Fire Safety", "Fire Safety (May)")
_DELETED = records("01 enrollment registration", "02 revoked_access course_deletion")
_PORTAL = "ana@example.com,Northwind,"
_STARTS_EARLY = tuple(
    _beside(
        f"learner{number:02}@example.com",
        "01 status_change course_started",
        "01 enrollment registration",
    ).replace("course_started,2024-03-01T09", "course_started,2024-03-01T04")
    for number in range(1, 21)
)

RULES = (
    Rule(
        code="X201",
        name="unpaired-reschedule",
        severity=Severity.WARNING,
        what=(
            "A learner was moved to another session, and the report has only one half of it: the "
            "access lost or the access gained. The other half should be within 24 hours of it; "
            "each row has one counterpart."
        ),
        why=(
            "The learner may have lost the old session and never got the new one, or may hold a "
            "place in both. Attendance lists and certificates go by the session."
        ),
        false_alarm=(
            "A report filtered by content or date has lost the other half. Where moves take "
            "longer, widen the window with --reschedule-window. Otherwise look up at the platform "
            "which session the learner is in."
        ),
        example=_MOVED,
        twin=_MOVED + _ARRIVED,
        says=(
            "Access was lost to a move to another session (reschedule), but the learner arrived "
            "in none within 24 h."
        ),
    ),
    Rule(
        code="X202",
        name="activity-after-content-deletion",
        severity=Severity.WARNING,
        what=(
            "Somebody was enrolled in the content, started, completed or attended it after it had "
            "been deleted. The first row that says so may be any learner's."
        ),
        why=(
            "What is deleted cannot be taken. Either it was not deleted for all, or another "
            "content bears the same name, and then the records of two trainings are mixed up."
        ),
        false_alarm=(
            "Content may be restored, or made anew under the old title: common for yearly courses. "
            "A report with content ids keeps the two apart. If one learner's access alone was "
            "taken away, the source should be another one than course_deletion."
        ),
        example=_DELETED + _beside("ben@example.com", "03 enrollment registration"),
        twin=_DELETED + _beside("ben@example.com", "02 enrollment registration"),
        says=(
            "The learner was enrolled (registration) after this content was deleted on 2024-03-02."
        ),
    ),
    Rule(
        code="X203",
        name="created-after-activity",
        severity=Severity.WARNING,
        what=(
            "The learner was enrolled as an account was made for them (a registration, an invite "
            "or a bulk import of users), but the report knows them for more than a day already."
        ),
        why=(
            "An account is made once. A second one may mean that two people share an address, "
            "that an account was deleted and its history with it, or that old rows were imported "
            "under dates that are not theirs."
        ),
        false_alarm=(
            "Platforms let a bulk import name learners who exist already, and give them content: "
            "that is in order. So is a registration for each site or event where these are apart. "
            "If it happens all the time, leave the finding out with --ignore X203."
        ),
        example=records("01 enrollment sso", "03 enrollment manager_created_user"),
        twin=records("01 enrollment sso", "02 enrollment manager_created_user"),
        says=(
            "The account was created (manager_created_user) 2 days after the learner's first event."
        ),
    ),
    Rule(
        code="X204",
        name="content-type-mismatch",
        severity=Severity.WARNING,
        what=(
            "The row says that a webinar was attended or a learning path recertified, but the "
            "content is of another type. A row without a content type is not flagged."
        ),
        why=(
            "Attending a webinar completes it without a start, and a learning path stands for all "
            "that is in it. On other content the row may count more, or less, than it should."
        ),
        false_alarm=(
            "Sites can name their content types as they like, and a type in another language is "
            "not recognised. If the type is right, only renamed, leave the finding out with "
            "--ignore X204. If not, correct the content at the platform."
        ),
        example=records("01 enrollment registration", "02 status_change webinar_attended"),
        twin=records("01 enrollment registration", "02 status_change course_completed"),
        says='The webinar was attended (webinar_attended), but the content is of type "course".',
    ),
    Rule(
        code="X205",
        name="shifted-clock",
        severity=Severity.WARNING,
        what=(
            "Two steps that follow each other stand in the wrong order in at least 20 records, and "
            "in half of all or more, each time apart by the same number of quarter hours. The "
            "finding is made once for the report, at the earliest such row."
        ),
        why=(
            "The rows come from two clocks: for one kind of them a time zone was lost. Statuses at "
            "a given time are wrong by that shift, and most of the impossible sequences in the "
            "report are the clock's doing, not the learners'."
        ),
        false_alarm=(
            "Steps that a program repeats at fixed times can look like this. Compare one of the "
            "rows with the learner's page at the platform. If the clock is at fault, have the "
            "report made again with one time zone, and audit that instead."
        ),
        example="".join(_STARTS_EARLY),
        twin="".join(_STARTS_EARLY).replace("T04:00", "T04:30", 1),
        says=(
            "In 20 of 20 neighbouring pairs the start is 5 h before the enrolment it follows "
            "from: a time zone was lost."
        ),
    ),
    Rule(
        code="X301",
        name="several-panoramas",
        severity=Severity.INFO,
        what=(
            "The rows of one learner and content are of more than one Panorama. The finding is at "
            "the first row whose Panorama is not that of the row before it; a blank one is the "
            "main site."
        ),
        why=(
            "The record counts for two client portals, or for neither. Whoever reports by Panorama "
            "sees half of the history: an enrolment here, its completion there."
        ),
        false_alarm=(
            "Learners change their employer or department: that is in order. If the portals are to "
            "be kept apart, make a record of each portal's part: --key takes the Panorama in."
        ),
        example=records("01 enrollment registration", "02 status_change course_started").replace(
            "ana@example.com,,", _PORTAL, 1
        ),
        twin=records("01 enrollment registration", "02 status_change course_started").replace(
            "ana@example.com,,", _PORTAL
        ),
        says=(
            "The record goes on under no Panorama (the main site); the row before is of the "
            'Panorama "Northwind".'
        ),
    ),
    Rule(
        code="X302",
        name="several-content-types",
        severity=Severity.INFO,
        what=(
            "The learner has one title under two content types at a time: the first is still open, "
            "neither revoked nor ended, as the second begins. Without content ids these are two "
            "records. The finding is at the row that begins the second, once a record."
        ),
        why=(
            "If it is one content whose type was changed, its history is cut in two: the "
            "enrolment may be in one record and the completion in the other, and both look wrong."
        ),
        false_alarm=(
            "A course and the webinar that belongs to it often share a title: that is in order. If "
            "it is one content, audit a report with content ids, which keep its rows together."
        ),
        example=records("01 enrollment registration")
        + records("02 enrollment registration").replace(",course,", ",webinar,"),
        twin=records("01 enrollment registration", "02 enrollment registration"),
        says='The learner has this title as "course" already, and now as "webinar" too.',
    ),
)
