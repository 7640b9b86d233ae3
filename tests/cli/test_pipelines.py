"""Findings as SARIF, JUnit's XML and annotations of GitHub, and what makes two of them one."""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote

import pytest
from cli_reports import IMPOSSIBLE, LEGAL, Run, write_report

from engine import audit
from engine.report import pipelines
from engine.report.fingerprints import fingerprints

EVIL = "a,b:c%\r\n::error::<x>&\"'\x07]]>"
TWICE = (*IMPOSSIBLE[:3], EVIL, *IMPOSSIBLE[4:])


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    info = (*LEGAL[0][:-1], "2099-01-01T00:00:00Z")
    return write_report(tmp_path / "r ä.csv", [*LEGAL, IMPOSSIBLE, TWICE, LEGAL[0], info])


def findings(command: Run, *call: str) -> list[dict[str, object]]:
    lines = command("audit", *call, "--format", "jsonl").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_sarif_has_each_finding_the_worst_first(command: Run, hostile: str) -> None:
    ran = command("audit", hostile, "--format", "sarif")
    assert ran.returncode == 1
    (run,) = json.loads(ran.stdout)["runs"]
    found = findings(command, hostile)
    levels = [result["level"] for result in run["results"]]
    assert sorted(levels, key=["error", "warning", "note"].index) == levels
    assert sorted(each["ruleId"] for each in run["results"]) == sorted(
        str(each["code"]) for each in found
    )
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert unquote(place["artifactLocation"]["uri"]) == hostile
        assert place["region"]["startLine"] in {each["row"] for each in found}
    prints = [tuple(each["partialFingerprints"].values()) for each in run["results"]]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(("results", "size"), [(2, 10_000_000), (100, 9_000)])
def test_sarif_keeps_to_the_limits_and_says_what_it_leaves_out(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, results: int, size: int
) -> None:
    monkeypatch.setattr(pipelines, "MOST_RESULTS", results)
    monkeypatch.setattr(pipelines, "MOST_BYTES", size)
    rows = [(f"l{n}@example.com", *IMPOSSIBLE[1:]) for n in range(40)]
    path = write_report(tmp_path / "r.csv", rows)
    text = command("audit", path, "--format", "sarif").stdout
    (run,) = json.loads(text)["runs"]
    assert len(text.encode()) <= size
    assert 0 < len(run["results"]) <= results
    left_out = 40 - len(run["results"])
    assert run["properties"] == {"findings": 40, "leftOut": left_out}
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith(f"{left_out} of 40 findings are left out")


def test_junit_fails_what_the_exit_status_counts(command: Run, hostile: str) -> None:
    found = findings(command, hostile)
    for fail_on, severities in (
        ("error", {"error"}),
        ("info", {"error", "warning", "info"}),
        ("never", set()),
    ):
        ran = command("audit", hostile, "--format", "junit", "--fail-on", fail_on)
        root = ET.fromstring(ran.stdout)
        failed = sum(each["severity"] in severities for each in found)
        assert ran.returncode == (failed > 0)
        assert len(root.findall(".//testcase")) == int(root.attrib["tests"]) == len(found)
        assert len(root.findall(".//failure")) == int(root.attrib["failures"]) == failed


def test_junit_without_findings_is_a_test_that_passed(command: Run, legal: str) -> None:
    root = ET.fromstring(command("audit", legal, "--format", "junit").stdout)
    (case,) = root.findall(".//testcase")
    assert list(case) == []


def test_no_text_of_a_report_makes_an_annotation_of_its_own(command: Run, hostile: str) -> None:
    found = findings(command, hostile)
    lines = command("audit", hostile, "--format", "github").stdout.splitlines()
    assert len(lines) == len(found)
    for line in lines:
        shape = re.fullmatch(
            r"::(error|warning|notice) file=([^:,]+),line=(\d+),title=[^:,]+::.*", line
        )
        assert shape is not None
        assert shape[2].replace("%25", "%") == hostile
    assert any(re.search("a,b:c%25 +::error::", line) for line in lines)


def test_other_commands_write_none_of_them(command: Run, report: str, tmp_path: Path) -> None:
    ran = command("status", report, "-o", str(tmp_path / "x.sarif"))
    assert ran.returncode == 2
    assert "only audit, compare and reconcile write sarif" in ran.stderr


def test_a_finding_is_the_same_however_rows_and_files_move(tmp_path: Path) -> None:
    rows = [
        *LEGAL,
        *((f"l{n % 7}@example.com", *IMPOSSIBLE[1:6], f"2024-03-0{n % 9 + 1}") for n in range(60)),
        *((f"l{n}@example.com", *IMPOSSIBLE[1:6], "someday") for n in (1, 1, 2)),
    ]
    known = sorted(fingerprints(audit(write_report(tmp_path / "a.csv", rows)).findings).to_pylist())
    assert len(set(known)) == len(known)
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in known)
    random.Random(4).shuffle(rows)
    halves = tmp_path / "halves"
    halves.mkdir()
    write_report(halves / "x.csv", rows[:25])
    write_report(halves / "y.csv", rows[25:])
    moved = fingerprints(audit(str(halves)).findings).to_pylist()
    assert sorted(moved) == known


def test_different_findings_have_different_fingerprints(tmp_path: Path) -> None:
    """Whatever column the difference is in."""
    rows = [IMPOSSIBLE]
    for place, other in enumerate(("eve@example.com", "P", "video", "Water")):
        row = list(IMPOSSIBLE)
        row[place] = other
        rows.append(tuple(row))
    rows.append((*IMPOSSIBLE[:6], "2024-03-02T10:00:01Z"))
    found = [
        fingerprints(audit(write_report(tmp_path / f"{n}.csv", [row])).findings).to_pylist()
        for n, row in enumerate(rows)
    ]
    assert len({each[0] for each in found}) == len(rows)


@pytest.mark.parametrize("form", ["jsonl", "json", "sarif"])
def test_what_a_baseline_has_does_not_count(
    command: Run, hostile: str, tmp_path: Path, form: str
) -> None:
    baseline = tmp_path / f"before.{form}"
    assert command("audit", hostile, "--format", form, "-o", str(baseline)).returncode == 1
    ran = command("audit", hostile, "--baseline", str(baseline), "--format", "jsonl")
    assert ran.returncode == 0
    assert all(json.loads(line)["known"] for line in ran.stdout.splitlines())
    rows = [*LEGAL, IMPOSSIBLE, TWICE, ("new@example.com", *IMPOSSIBLE[1:])]
    random.Random(1).shuffle(rows)
    later = write_report(tmp_path / "later.csv", rows)
    ran = command("audit", later, "--baseline", str(baseline), "--format", "jsonl")
    assert ran.returncode == 1
    new = [each for each in map(json.loads, ran.stdout.splitlines()) if not each["known"]]
    assert [each["learner"] for each in new] == ["new@example.com"]
    (run,) = json.loads(
        command("audit", later, "--baseline", str(baseline), "--format", "sarif").stdout
    )["runs"]
    states = [each["baselineState"] for each in run["results"]]
    assert sorted(states) == ["new", *["unchanged"] * (len(states) - 1)]
    page = " ".join(command("audit", later, "--baseline", str(baseline)).stdout.split())
    assert f"{len(states) - 1} of these are known from {baseline}; 1 is new." in page


def test_a_baseline_that_is_none_is_refused(command: Run, report: str, tmp_path: Path) -> None:
    for content, said in (
        ("code\nS101\n", "row 1: it is no JSON"),
        ('{"fingerprint":"x"}\n{"code":"S101"}\n', "row 2: a finding has no fingerprint"),
        ('{"runs":[{"results":[{}]}]}', "a finding has no fingerprint"),
    ):
        file = tmp_path / "b.jsonl"
        file.write_text(content)
        ran = command("audit", report, "--baseline", str(file))
        assert ran.returncode == 2
        assert said in ran.stderr
    assert command("audit", report, "--baseline", str(tmp_path / "none")).returncode == 2
