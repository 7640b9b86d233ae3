"""What each finding rests on, in the smallest histories that tell the cases apart."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import engine
from engine.dialects.usual import PAIRS

SOURCE = {
    "enrol": ("enrollment", "registration"),
    "buy": ("enrollment", "course_purchase"),
    "enrol_by_manager": ("enrollment", "manager_course_enrollment"),
    "start": ("status_change", "course_started"),
    "complete": ("status_change", "course_completed"),
    "attend": ("status_change", "webinar_attended"),
    "set_not_started": ("status_change", "manager_change_not_started"),
    "set_completed": ("status_change", "manager_change_completed"),
    "certify": ("certificate_grant", "course_completed"),
    "certify_for_exam": ("certificate_grant", "passed_exam"),
    "certify_for_purchase": ("certificate_grant", "course_purchase"),
    "revoke": ("revoked_access", "access_expiration"),
}
CASES = [
    ("start", "S101", []),
    ("enrol revoke complete", "S102", [2]),
    ("enrol revoke revoke complete", "S102", []),
    ("enrol start certify", "S103", []),
    ("enrol certify_for_purchase", "S104", []),
    ("buy revoke enrol certify_for_purchase", "S104", [2]),
    ("revoke", "S105", []),
    ("enrol complete start", "S106", [2]),
    ("certify_for_exam", "S108", []),
    ("enrol complete", "S201", []),
    ("enrol start set_not_started complete", "S201", [3]),
    ("enrol start complete complete", "S202", [3]),
    # The webinar in between does not matter: it is the learner's own completion that repeats.
    ("enrol start complete attend complete", "S202", [3]),
    ("enrol start start", "S203", [2]),
    ("enrol start start start", "S203", []),
    ("enrol start complete start", "S204", [2, 3]),
    ("enrol revoke revoke", "S205", [2]),
    ("enrol certify_for_exam certify_for_exam", "S206", [2]),
    ("enrol revoke certify_for_exam", "S207", [2]),
    ("enrol start complete revoke enrol certify", "S209", [3, 4, 5]),
    ("enrol start complete set_not_started certify", "S209", [3, 4]),
    ("enrol enrol", "S301", [1]),
    # The start would have opened the access, had the first row not.
    ("enrol start enrol", "S301", []),
    ("enrol set_not_started", "S302", [1]),
    ("enrol set_not_started set_not_started", "S302", []),
    ("enrol set_completed start set_completed", "S302", [2]),
]


@pytest.mark.parametrize(("history", "code", "because"), CASES)
def test_the_last_finding_rests_on(
    history: str, code: str, because: list[int], tmp_path: Path
) -> None:
    assert all(pair in {(each.type, each.source) for each in PAIRS} for pair in SOURCE.values())
    path = tmp_path / "report.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Email", "Content Title", "Type", "Source", "Timestamp"])
        for day, step in enumerate(history.split(), 1):
            writer.writerow(["ana@example.com", "Fire", *SOURCE[step], f"2024-03-{day:02}"])
    last = [row for row in engine.audit(path).findings.rows() if row["code"] < "X"][-1]
    assert (last["code"], last["row"]) == (code, len(history.split()) + 1)
    assert [each["row"] - 1 for each in last["because"]] == because
