"""``repairs``, and ``audit --repairs``."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from cli_reports import LEGAL, Run, write_report

EDIT = [
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "errors",
    "edit",
    "action",
    "alternatives",
    "type",
    "source",
    "file",
    "row",
    "between_before_file",
    "between_before_row",
    "between_after_file",
    "between_after_row",
    "optimal",
    "message",
]
BESIDE = ["edit", "action", "alternatives", "file", "row", "between", "between_files", "message"]

BROKEN = (
    "bob@example.com",
    "",
    "course",
    "Fire",
    "status_change",
    "course_started",
    "2024-03-02T10:00:00Z",
)
LATE = tuple(
    ("cem@example.com", "", "course", "Fire", type_, source, f"2024-03-0{day}T09:00:00Z")
    for day, (type_, source) in enumerate(
        [
            ("enrollment", "sso"),
            ("status_change", "course_completed"),
            ("status_change", "course_started"),
        ],
        1,
    )
)


def test_fields(command: Run, tmp_path: Path) -> None:
    report = write_report(tmp_path / "report.csv", [*LEGAL, BROKEN])
    ran = command("repairs", report, "--format", "json")
    assert ran.returncode == 0
    (edit,) = json.loads(ran.stdout)
    assert list(edit) == EDIT
    assert edit == {
        "learner": "bob@example.com",
        "panorama": "",
        "content_type": "course",
        "content_title": "Fire",
        "errors": 1,
        "edit": "insert",
        "action": "enrol_by_course_purchase",
        "alternatives": [
            "enrol_by_collection_purchase",
            "enrol_by_manager",
            "enrol",
            "enrol_echo",
        ],
        "type": "enrollment",
        "source": None,
        "file": None,
        "row": None,
        "between_before_file": None,
        "between_before_row": None,
        "between_after_file": report,
        "between_after_row": 4,
        "optimal": True,
        "message": "An enrolment before row 4 is missing.",
    }


def test_every_format_tells_the_same(command: Run, tmp_path: Path) -> None:
    report = write_report(tmp_path / "report.csv", [*LEGAL, BROKEN, *LATE])
    told = json.loads(command("repairs", report, "--format", "json").stdout)
    assert [edit["message"] for edit in told] == [
        "An enrolment before row 4 is missing.",
        "Row 7 should come after row 5 and before row 6.",
    ]
    lines = command("repairs", report, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == told
    table = list(csv.DictReader(io.StringIO(command("repairs", report, "--format", "csv").stdout)))
    assert [row["row"] for row in table] == ["", "7"]
    assert [row["optimal"] for row in table] == ["true", "true"]
    assert table[0]["alternatives"].endswith("|enrol|enrol_echo")
    file = tmp_path / "repairs.parquet"
    assert command("repairs", report, "-o", str(file)).returncode == 0
    assert pq.read_table(file).to_pylist() == told
    page = command("repairs", report).stdout
    assert "2 of 3 records cannot be true as reported" in page
    assert "Row 7 should come after row 5 and before row 6." in page


def test_nothing_to_repair(command: Run, legal: str, tmp_path: Path) -> None:
    assert json.loads(command("repairs", legal, "--format", "json").stdout) == []
    assert "None: nothing impossible" in command("repairs", legal).stdout
    empty = write_report(tmp_path / "empty.csv", [("", *LEGAL[0][1:])])
    assert json.loads(command("repairs", empty, "--format", "json").stdout) == []
    assert "nothing to repair" in command("repairs", empty).stdout


def test_rows_of_several_files_are_told_apart(command: Run, tmp_path: Path) -> None:
    one = write_report(tmp_path / "one.csv", LATE[:2])
    two = write_report(tmp_path / "two.csv", LATE[2:])
    (edit,) = json.loads(command("repairs", one, two, "--format", "json").stdout)
    assert (edit["file"], edit["row"]) == (two, 2)
    assert (edit["between_before_file"], edit["between_before_row"]) == (one, 2)
    assert edit["message"] == (
        f"Row 2 of {two} should come after row 2 of {one} and before row 3 of {one}."
    )


def test_audit_tells_them_beside_the_errors_only_if_asked(command: Run, tmp_path: Path) -> None:
    again = (*LEGAL[1][:-1], "2024-03-05T09:00:00Z")
    report = write_report(tmp_path / "report.csv", [*LEGAL, again, BROKEN])
    plain = json.loads(command("audit", report, "--format", "json").stdout)
    asked = json.loads(command("audit", report, "--repairs", "--format", "json").stdout)
    assert asked["summary"] == plain["summary"]
    warning, error = asked["findings"]
    assert (warning["code"], warning["repair"], warning["optimal"]) == ("S203", [], None)
    assert error["optimal"] is True
    (edit,) = error["repair"]
    assert list(edit) == BESIDE
    assert edit["between"] == [None, 5]
    assert edit["between_files"] == [None, report]
    for finding in asked["findings"]:
        del finding["repair"], finding["optimal"]
    assert asked["findings"] == plain["findings"]

    table = list(
        csv.DictReader(io.StringIO(command("audit", report, "--repairs", "--format", "csv").stdout))
    )
    assert [row["repair"] for row in table] == ["", "An enrolment before row 5 is missing."]
    assert [row["optimal"] for row in table] == ["", "true"]
    assert "→ An enrolment before row 5 is missing." in command("audit", report, "--repairs").stdout
    assert "→" not in command("audit", report).stdout


def test_without_the_flag_nothing_is_loaded(report: str) -> None:
    script = (
        "import sys; from engine.cli.main import run; "
        f"run(['audit', {report!r}, '--format', 'json']); "
        "sys.exit(any(name.startswith('engine.repair') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
