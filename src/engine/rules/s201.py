"""S201: a completion without a start."""

from __future__ import annotations

from engine.lifecycle.kinds import REVOKES, SETS_NOT_STARTED
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.examples import records
from engine.rules.rule import Hint, SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    opened, reset = case.opened(), case.last(SETS_NOT_STARTED)
    if reset is not None and reset > (-1 if opened is None else opened):
        return [("reset", reset)], case.missing("start", reset)
    return [("enrolment", opened)], case.missing("start", opened)


RULE = SequenceRule(
    code="S201",
    name="completion-without-start",
    severity=Severity.WARNING,
    what=(
        "The learner completed the content, but no start was recorded since the enrolment or since "
        "the progress was last set to not started."
    ),
    why=(
        "The record does not show when the work began, so it cannot show how long it took. A "
        "completion without work looks the same."
    ),
    false_alarm=(
        "Some content has no separate start, such as an article or a single page that completes on "
        "opening. If that holds for the content type, ignore S201 for it. If it is a course with "
        "lessons, look at the learner's activity at the platform."
    ),
    example=records("01 enrollment registration", "03 status_change course_completed"),
    twin=records(
        "01 enrollment registration",
        "02 status_change course_started",
        "03 status_change course_completed",
    ),
    hint=Hint(
        place=3,
        only_without_starts=True,
        text=(
            "No row anywhere in the report is a start, so S201 (completion-without-start) carries "
            "no information. Was the export filtered by source? Else pass --ignore S201."
        ),
    ),
    reason=" although no start is on record since the enrolment or the last reset",
    speaks_of="enrolled",
    argue=_argue,
    takes="A start usually comes first.",
    conclusion="the start is missing, or the content was completed without being opened",
    opening="before",
    rests_on_absence=True,
    rests_on=((REVOKES, EVERY), (SETS_NOT_STARTED, EVERY)),
)
