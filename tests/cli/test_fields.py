"""What programs read has the fields of interface.md, all of them and in that order."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from cli_reports import IMPOSSIBLE, LEGAL, Run, write_report

from engine.rules.catalogue import CATALOGUE

# Typed in from interface.md.
SUMMARY = [
    "rows",
    "events",
    "duplicates",
    "quarantined",
    "learners",
    "contents",
    "streams",
    "first",
    "last",
    "statuses",
    "findings",
    "streams_with_errors",
]
FINDING = [
    "code",
    "name",
    "severity",
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "type",
    "source",
    "at",
    "file",
    "row",
    "before",
    "after",
    "message",
    "because",
    "root",
    "root_row",
    "root_file",
    "fingerprint",
]
STATUS = [
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "status",
    "possible",
    "since",
    "enrolled_at",
    "started_at",
    "completed_at",
    "certified_at",
    "revoked_at",
    "cycles",
    "events",
    "errors",
    "warnings",
    "last_type",
    "last_source",
    "last_at",
]
INTERVAL = [
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "status",
    "possible",
    "valid_from",
    "valid_to",
    "type",
    "source",
    "file",
    "row",
]
DIFFERENCE = [
    "code",
    "name",
    "severity",
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "type",
    "source",
    "at",
    "old_file",
    "old_row",
    "new_file",
    "new_row",
    "changed",
    "old_status",
    "new_status",
    "message",
    "root",
    "root_row",
    "root_file",
]
DISAGREEMENT = [
    "code",
    "name",
    "severity",
    "learner",
    "content_type",
    "content_title",
    "field",
    "ours",
    "possible",
    "theirs",
    "since",
    "type",
    "source",
    "at",
    "file",
    "row",
    "their_file",
    "their_row",
    "message",
]
RULE = ["code", "name", "severity", "what", "why", "false_alarm", "example", "twin"]


def test_audit(command: Run, report: str) -> None:
    told = json.loads(command("audit", report, "--format", "json").stdout)
    assert list(told) == ["summary", "findings"]
    # What the contract does not name stands after what it names.
    assert list(told["summary"])[: len(SUMMARY)] == SUMMARY
    assert set(told["summary"]["statuses"]) == {
        "not_enrolled",
        "enrolled",
        "started",
        "completed",
        "certified",
        "revoked",
        "uncertain",
    }
    assert [list(finding) for finding in told["findings"]] == [FINDING]
    assert told["findings"][0] == {
        **told["findings"][0],
        "code": "S101",
        "severity": "error",
        "learner": "bob@example.com",
        "at": "2024-03-02T10:00:00Z",
        "file": report,
        "row": 4,
        "before": ["not_enrolled"],
        "after": ["completed"],
        "because": [],
    }
    line = json.loads(command("audit", report, "--format", "jsonl").stdout)
    assert line == told["findings"][0]


def test_because(command: Run, report: str) -> None:
    told = json.loads(command("audit", report, report, "--format", "json").stdout)
    assert told["summary"]["duplicates"] == 3
    assert {finding["code"] for finding in told["findings"]} == {"S101", "R007"}


def test_status(command: Run, report: str) -> None:
    told = json.loads(command("status", report, "--format", "json").stdout)
    assert [list(row) for row in told] == [STATUS, STATUS]
    rows = list(csv.reader(io.StringIO(command("status", report, "--format", "csv").stdout)))
    assert rows[0] == STATUS


def test_timeline(command: Run, report: str) -> None:
    told = json.loads(
        command("timeline", report, "--learner", "ana@example.com", "--format", "json").stdout
    )
    assert [list(row) for row in told] == [INTERVAL, INTERVAL]
    assert [row["valid_to"] for row in told] == ["2024-03-02T09:00:00Z", None]
    everybody = json.loads(command("timeline", report, "--all", "--format", "json").stdout)
    assert len(everybody) == 3


def test_compare(command: Run, report: str, legal: str) -> None:
    told = json.loads(command("compare", report, legal, "--format", "json").stdout)
    assert list(told) == ["summary", "findings"]
    assert told["findings"] == []
    ana = write_report(Path(report).with_name("ana.csv"), [LEGAL[0], IMPOSSIBLE])
    told = json.loads(command("compare", report, ana, "--format", "json").stdout)
    assert [list(row) for row in told["findings"]] == [DIFFERENCE] * 2
    assert told["findings"][0] == {
        **told["findings"][0],
        "code": "C101",
        "learner": "ana@example.com",
        "at": "2024-03-02T09:00:00Z",
        "old_file": report,
        "old_row": 3,
        "new_file": None,
        "new_row": None,
        "changed": [],
        "root": True,
        "root_row": None,
    }
    assert told["findings"][1] == {
        **told["findings"][1],
        "code": "C202",
        "at": "2024-03-02T10:00:00Z",
        "old_row": 3,
        "new_row": 2,
        "old_status": ["started"],
        "new_status": ["enrolled"],
        "root": False,
        "root_row": 3,
        "root_file": report,
    }


def test_reconcile(command: Run, legal: str, tmp_path: Path) -> None:
    export = tmp_path / "statuses.csv"
    export.write_text("Email,Course,Status\nana@example.com,Fire,completed\n", encoding="utf-8")
    told = json.loads(
        command("reconcile", legal, "--against", str(export), "--format", "json").stdout
    )
    assert list(told) == ["summary", "unread", "findings"]
    (finding,) = told["findings"]
    assert list(finding) == DISAGREEMENT
    assert finding == {
        **finding,
        "code": "C110",
        "field": "status",
        "ours": "started",
        "possible": ["started"],
        "theirs": "completed",
        "since": "2024-03-02T09:00:00Z",
        "source": "course_started",
        "file": legal,
        "row": 3,
        "their_file": str(export),
        "their_row": 2,
    }


def test_rules(command: Run) -> None:
    every = json.loads(command("rules", "--format", "json").stdout)
    assert [list(rule) for rule in every] == [
        [*RULE, "against"] if rule.against else RULE for rule in CATALOGUE.values()
    ]
    one = json.loads(command("rules", "s104", "--format", "json").stdout)
    assert one in every
    assert one["example"][0]["Email"] == "ana@example.com"
    pairs = json.loads(command("rules", "--pairs", "--format", "json").stdout)
    assert len(pairs) == 54
    assert list(pairs[0]) == ["type", "source", "action", "meaning"]
