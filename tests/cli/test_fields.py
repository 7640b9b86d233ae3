"""What programs read has the fields of interface.md, all of them and in that order."""

from __future__ import annotations

import csv
import io
import json

from cli_reports import Run

from engine.findings.catalogue import CATALOGUE

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


def test_rules(command: Run) -> None:
    every = json.loads(command("rules", "--format", "json").stdout)
    assert [list(rule)[: len(RULE)] for rule in every] == [RULE] * len(CATALOGUE)
    one = json.loads(command("rules", "s104", "--format", "json").stdout)
    assert one in every
    assert one["example"][0]["Email"] == "ana@example.com"
    pairs = json.loads(command("rules", "--pairs", "--format", "json").stdout)
    assert len(pairs) == 54
    assert list(pairs[0]) == ["type", "source", "action", "meaning"]
