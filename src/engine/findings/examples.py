"""The one learner and one course in which every rule's example plays."""

from __future__ import annotations

from typing import Final

from engine.vocabulary import REPORT_COLUMNS

__all__ = ["REPORT_HEADER", "records"]

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
