"""Write fixtures/pairs/TYPE.csv: for each of the 54 pairs a history in which it is legal.

    python tools/make_pairs.py [FOLDER]

Each pair has a learner of its own, named after it, and its row is the last of the history.
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.dialects.dialect import Pair
from engine.dialects.usual import PAIRS, REPORT_COLUMNS, TYPES

FOLDER = Path(__file__).parent.parent / "fixtures" / "pairs"
BEGIN = datetime(2024, 3, 4, 9, tzinfo=UTC)

ENROLMENT = "enrollment/registration"
STARTED = "status_change/course_started"
COMPLETED = "status_change/course_completed"

BEFORE: dict[str, tuple[str, ...]] = {
    COMPLETED: (ENROLMENT, STARTED),
    "status_change/scorm_started": (ENROLMENT, "status_change/scorm_started"),
    "status_change/manager_change_not_started": (ENROLMENT, STARTED),
    "status_change/manager_change_completed": (ENROLMENT, STARTED),
    "status_change/manager_grant_not_started": (ENROLMENT, STARTED, COMPLETED),
    "status_change/manager_changed_status": (ENROLMENT, STARTED),
    "status_change/recertify_course": (ENROLMENT, STARTED, COMPLETED),
    "status_change/recertify_learning_path": (ENROLMENT, STARTED, COMPLETED),
    "certificate_grant/course_completed": (ENROLMENT, STARTED, COMPLETED),
    "certificate_grant/passed_exam": (ENROLMENT, STARTED),
    "certificate_grant/course_purchase": ("enrollment/course_purchase",),
    "certificate_grant/collection_purchase": ("enrollment/collection_purchase",),
    "certificate_grant/manager_course_enrollment": ("enrollment/manager_course_enrollment",),
    "certificate_grant/manager_change_completed": (
        ENROLMENT,
        "status_change/manager_change_completed",
    ),
}
"""What has to come before a pair, where that is more than an enrolment."""


CONTENT: dict[str, tuple[str, str]] = {
    "status_change/webinar_attended": ("webinar", "Fire Safety Live"),
    "status_change/recertify_learning_path": ("learning path", "Fire Safety Path"),
    "revoked_access/course_deletion": ("course", "Fire Safety 2019"),
}
"""The content of a pair that not every content can have; elsewhere it is Fire Safety."""

MOVED_AWAY, MOVED_HERE = "revoked_access/reschedule", "enrollment/reschedule"
OTHER_SESSION: dict[str, tuple[str, ...]] = {
    MOVED_AWAY: (MOVED_HERE,),
    MOVED_HERE: (ENROLMENT, MOVED_AWAY),
}
"""The other half of a move, as rows of another session."""


def history(pair: Pair) -> list[list[str]]:
    """Return the rows that end with this pair."""
    name = f"{pair.type}/{pair.source}"
    before = BEFORE.get(name, () if pair.type == "enrollment" else (ENROLMENT,))
    learner = f"{pair.source}@{pair.type}.example".lower().replace("_", "-")
    content = CONTENT.get(name, ("course", "Fire Safety"))
    return [
        *_rows(learner, ("course", "Fire Safety, May"), OTHER_SESSION.get(name, ())),
        *_rows(learner, content, (*before, name)),
    ]


def _rows(learner: str, content: tuple[str, str], steps: tuple[str, ...]) -> list[list[str]]:
    return [
        [learner, "", *content, *step.split("/"), _stamp(hours)] for hours, step in enumerate(steps)
    ]


def _stamp(hours: int) -> str:
    return (BEGIN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def main(folder: Path) -> None:
    """Write one report for each type."""
    for type_ in TYPES:
        with open(folder / f"{type_}.csv", "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(REPORT_COLUMNS)
            for pair in PAIRS:
                if pair.type == type_:
                    out.writerows(history(pair))


if __name__ == "__main__":
    main(Path(*sys.argv[1:] or [FOLDER]))
