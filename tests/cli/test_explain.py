"""``explain``: whose records, which row, in which form; consequences told once."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from cli_reports import LEGAL, Run, write_report

WHO = ("bob@example.com", "", "course", "Fire")
LOST = (
    # The enrolment in between, a purchase, was lost.
    (*WHO, "enrollment", "registration", "2024-03-01T09:00:00Z"),
    (*WHO, "revoked_access", "access_expiration", "2024-03-02T09:00:00Z"),
    (*WHO, "status_change", "course_started", "2024-03-03T09:00:00Z"),
    (*WHO, "status_change", "course_completed", "2024-03-04T09:00:00Z"),
    (*WHO, "certificate_grant", "course_purchase", "2024-03-05T09:00:00Z"),
)
RECORD = [
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "possible",
    "events",
    "findings",
]


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_the_argument_stands_below_its_row(command: Run, report: str) -> None:
    ran = command("explain", report, "--learner", "Bob@Example.com")
    page = unwrapped(ran.stdout)
    assert ran.returncode == 0
    assert page.index("completed (course_completed)") < page.index(
        "S101 activity-without-enrolment Row 4 completes the content (course_completed), at "
        "2024-03-02T10:00:00Z. A status changes only while the learner is enrolled. However, row 4 "
        "is the first of this record, so no row before it enrols the learner. Therefore an "
        "enrolment is missing from the report, or this row belongs to another record."
    )
    assert "1 error (impossible)." in page


def test_a_record_without_findings_is_said_to_have_none(command: Run, legal: str) -> None:
    page = command("explain", legal, "--learner", "ana@example.com").stdout
    assert "Nothing here is impossible or suspicious." in page


def test_consequences_are_told_once(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", LOST)
    page = unwrapped(command("explain", path, "--learner", "bob@example.com").stdout)
    assert "+ 2 consequences: row 5 and row 6." in page
    assert "S102 activity-after-revocation. A consequence of row 4 (S102): put that right" in page
    assert page.count("Therefore") == 1
    assert "1 root and 2 consequences" in page
    alone = unwrapped(command("explain", path, "--learner", "bob@example.com", "--row", "6").stdout)
    assert "Row 6 grants a certificate for the purchase" in alone
    assert "A consequence of row 4 (S102): put that right first." in alone
    timeline = unwrapped(command("timeline", path, "--learner", "bob@example.com").stdout)
    assert "A consequence of row 4 (S102): put that right first." in timeline
    audit = unwrapped(command("audit", path).stdout)
    assert "2 of these are consequences of an earlier finding in the same record" in audit
    assert "S102 error activity-after-revocation 1 + 1 consequence in 1 record" in audit


def test_the_audit_tells_roots_and_consequences_apart(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", LOST)
    told = json.loads(command("audit", path, "--format", "json").stdout)
    assert (told["summary"]["roots"], told["summary"]["consequences"]) == (1, 2)
    assert [(each["root"], each["root_row"], each["root_file"]) for each in told["findings"]] == [
        (True, None, None),
        (False, 4, path),
        (False, 4, path),
    ]
    table = list(csv.reader(command("audit", path, "--format", "csv").stdout.splitlines()))
    root = table[0].index("root")
    assert [line[root : root + 2] for line in table[1:]] == [
        ["true", ""],
        ["false", "4"],
        ["false", "4"],
    ]


def test_one_row(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", [*LEGAL, *LOST])
    page = command("explain", path, "--learner", "ana@example.com", "--row", "3").stdout
    assert "Row 3 has no finding: it is possible after the rows before it." in page
    ran = command("explain", path, "--learner", "ana@example.com", "--row", "4")
    assert ran.returncode == 2
    assert "row 4 is no event of ana@example.com; the events are the rows 2, 3." in ran.stderr


def test_rows_of_several_files_are_told_apart(command: Run, tmp_path: Path) -> None:
    one = write_report(tmp_path / "a.csv", LOST[:2])
    two = write_report(tmp_path / "b.csv", LOST[2:])
    page = unwrapped(command("explain", one, two, "--learner", "bob@example.com").stdout)
    assert f"However, row 3 of {one} revokes the learner's access" in page
    assert f"A consequence of row 2 of {two} (S102)" in page


def test_the_same_as_data(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", LOST)
    (record,) = json.loads(
        command("explain", path, "--learner", "bob@example.com", "--format", "json").stdout
    )
    assert list(record) == RECORD
    assert [event["row"] for event in record["events"]] == [2, 3, 4, 5, 6]
    first, second, _ = record["findings"]
    assert first["because"] == [{"file": path, "row": 3}]
    assert first["argument"]["absence"] == {
        "of": "enrolment",
        "since": {"file": path, "row": 3},
        "late": None,
    }
    (premise,) = first["argument"]["premises"]
    assert (premise["role"], premise["row"], premise["needed"]) == ("revocation", 3, True)
    assert second["consequence_of"] == {"file": path, "row": 4, "code": "S102"}


def test_its_table_has_the_findings_on_the_records(command: Run, report: str) -> None:
    ran = command("explain", report, "--learner", "bob@example.com", "--format", "csv")
    header, line = csv.reader(ran.stdout.splitlines())
    assert dict(zip(header, line, strict=True))["code"] == "S101"
    asked = ("explain", report, "--learner", "bob@example.com", "--format")
    lines = command(*asked, "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == json.loads(command(*asked, "json").stdout)


def test_findings_on_the_row_itself_are_told_too(command: Run, tmp_path: Path) -> None:
    row = (*WHO, "enrollment", "by magic", "2024-03-01T09:00:00Z")
    path = write_report(tmp_path / "r.csv", [row])
    page = command("explain", path, "--learner", "bob@example.com").stdout
    assert 'R004 unknown-source: The source "by magic" is not a known one' in page
    (record,) = json.loads(
        command("explain", path, "--learner", "bob@example.com", "--format", "json").stdout
    )
    assert record["findings"][0]["argument"] is None
