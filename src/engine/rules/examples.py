"""The one learner and one course in which every rule's example plays."""

from __future__ import annotations

from typing import Final

from engine.dialects.usual import REPORT_COLUMNS

__all__ = [
    "CLEAN",
    "COMPLETED",
    "DATED",
    "EARLIER",
    "ENROLLED",
    "EXPORT",
    "REPORT_HEADER",
    "STARTED",
    "of_learner",
    "records",
]

REPORT_HEADER: Final = ",".join(REPORT_COLUMNS)
"""The header line of a report, without its line end."""


def records(*steps: str) -> str:
    """Write the records of Ana's Fire Safety course.

    A step is ``"day type source"``, the day being one of March 2024. Days are named, not
    counted, so that a row can be left out without dating the others anew.
    """
    lines = []
    for step in steps:
        day, kind, source = step.split()
        when = f"2024-03-{day}T09:00:00Z"
        lines.append(f"ana@example.com,,course,Fire Safety,{kind},{source},{when}\n")
    return "".join(lines)


def of_learner(email: str, *steps: str) -> str:
    """Write records of the same course for another learner."""
    return records(*steps).replace("ana@example.com", email)


ENROLLED: Final = records("01 enrollment registration")
STARTED: Final = records("02 status_change course_started")
COMPLETED: Final = records("03 status_change course_completed")
CLEAN: Final = ENROLLED + STARTED

EARLIER: Final = f"{REPORT_HEADER}\n"
EXPORT: Final = "Email,Course,Status\n"
DATED: Final = "Email,Course,Status,Completed At\n"
"""The headers of what a report is compared with."""
