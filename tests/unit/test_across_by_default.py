"""Findings across records are part of every audit: all counted, the earliest ones listed."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import engine
from engine import auditor
from engine.cli.main import run
from engine.rules import view, x202

HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
MOST = 5


@pytest.fixture(autouse=True)
def _few_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditor, "MOST_LISTED", MOST)


def deleted(folder: Path, later: int, *, shuffled: int | None = None) -> Path:
    """A report in which content goes on for so many learners after it was deleted for one.

    Their enrolments are hours apart, two at a time, and stand in the file latest first.
    """
    rows = ["a@x,,course,T,enrollment,sso", "a@x,,course,T,revoked_access,course_deletion"]
    rows += [f"{number:03}@x,,course,T,enrollment,sso" for number in range(later)]
    hours = [0, 1, *(2 + number // 2 for number in range(later))]
    lines = [f"{row},{BEGIN + timedelta(hours=h)}" for row, h in zip(rows, hours, strict=True)]
    lines.reverse()
    if shuffled is not None:
        random.Random(shuffled).shuffle(lines)
    path = folder / "r.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def learners(audit: engine.Audit, **chosen: list[str]) -> list[str]:
    rows = audit.findings_of(**chosen).rows()
    return sorted(row["learner"] for row in rows if row["code"] == "X202")


def test_few_are_all_listed(tmp_path: Path) -> None:
    audit = engine.audit(deleted(tmp_path, MOST))
    assert len(learners(audit)) == MOST
    assert audit.summary.findings == {"X202": MOST}
    assert audit.summary.unlisted == {}


@pytest.mark.parametrize("few", [0, 1_000_000])
@pytest.mark.parametrize("size", [1 << 18, 16])
@pytest.mark.parametrize("shuffled", [None, 1, 2])
def test_of_many_the_earliest_whatever_the_order_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shuffled: int | None, size: int, few: int
) -> None:
    monkeypatch.setattr(x202, "_FEW", few)
    monkeypatch.setattr(view, "_BYTES", size)
    audit = engine.audit(deleted(tmp_path, 12, shuffled=shuffled))
    # 004 and 005 are of one moment: the place left goes to the first in the alphabet.
    assert learners(audit) == ["000@x", "001@x", "002@x", "003@x", "004@x"]
    assert audit.summary.findings == {"X202": 12}
    assert audit.summary.unlisted == {"X202": 12 - MOST}
    assert audit.summary.roots == 12


def test_who_asks_gets_all_of_them(tmp_path: Path) -> None:
    path = deleted(tmp_path, 12)
    assert len(learners(engine.audit(path, across=True))) == 12
    assert len(learners(engine.audit(path), select=["x2"])) == 12
    assert learners(engine.audit(path), select=["S"]) == []
    every = engine.audit(path, across=True).summary
    assert every.findings == {"X202": 12}
    assert every.unlisted == {}


def test_who_wants_none_gets_none(tmp_path: Path) -> None:
    audit = engine.audit(deleted(tmp_path, 12), across=False)
    assert audit.summary.findings == {}
    assert learners(audit, select=["X"]) == []


def test_a_record_does_not_count_them(tmp_path: Path) -> None:
    for record in engine.audit(deleted(tmp_path, 12), across=True).status().rows():
        assert (record["errors"], record["warnings"]) == (0, 0)


def test_note_and_summary_tell_what_is_not_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(deleted(tmp_path, 12))
    run(["audit", path, "--format", "json"])
    out, err = capsys.readouterr()
    assert "X202: the earliest 5 of 12 findings are listed; --across lists all." in err
    told = json.loads(out)
    assert told["summary"]["findings"]["X202"] == 12
    assert len(told["findings"]) == MOST
    for more in (["--across"], ["--select", "X202"]):
        run(["audit", path, "--format", "jsonl", *more])
        out, err = capsys.readouterr()
        assert len(out.splitlines()) == 12
        assert "earliest" not in err


def test_page_counts_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(deleted(tmp_path, 12))
    assert run(["audit", path]) == 0
    page = capsys.readouterr().out
    assert "12 warnings (suspicious)" in page
    assert "in 12 records" in page
    assert "audit" in page
    assert "--across -o findings.csv" in page
    assert run(["audit", path, "--fail-on", "warning"]) == 1
    assert run(["audit", path, "--fail-on", "warning", "--no-across"]) == 0


def test_to_ask_for_what_is_left_out_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", str(deleted(tmp_path, 2)), "--no-across", "--select", "X202"]) == 2
    assert "--no-across" in capsys.readouterr().err


def test_next_steps_keep_the_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["audit", str(deleted(tmp_path, 2)), "--reschedule-window", "48"])
    page = capsys.readouterr().out
    commands = {line.split()[1]: line for line in page.splitlines() if "learner-engine " in line}
    assert "--reschedule-window 48" in commands["explain"]
    assert "--reschedule-window" not in commands["status"]


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_late_activity_is_found_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(x202, "_FEW", few)
    path = deleted(tmp_path, 12, shuffled=3)
    assert len(learners(engine.audit(path, across=True))) == 12
    assert len(learners(engine.audit(path, across=True, tolerance=7200))) == 12
