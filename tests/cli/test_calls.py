"""Exit statuses, faults, files, notes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cli_reports import IMPOSSIBLE, LEGAL, Run, write_report


def one_line(ran: subprocess.CompletedProcess[str]) -> str:
    """The fault: exit status 2, one line on standard error, nothing on standard output."""
    assert ran.returncode == 2, ran
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    return ran.stderr


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 1),
        (("--fail-on", "never"), 0),
        (("--fail-on", "warning"), 1),
        (("--ignore", "S1"), 0),
        (("--ignore", "S1", "--fail-on", "warning"), 1),
        (("--select", "S2"), 0),
        (("--select", "S2,S3", "--fail-on", "warning"), 1),
        (("--select", "S3", "--select", "S101"), 1),
    ],
)
def test_exit_status(command: Run, tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    # Bob: completed without an enrolment (S101), then completed again (S202).
    again = (*IMPOSSIBLE[:-1], "2024-03-05T10:00:00Z")
    path = write_report(tmp_path / "r.csv", [*LEGAL, IMPOSSIBLE, again])
    assert command("audit", path, *options, "--format", "json").returncode == status
    assert command("audit", path, *options).returncode == status


def test_faults_are_one_line_that_says_what_to_do(command: Run, report: str) -> None:
    missing = report + ".gone"
    for arguments, words in (
        (("audit",), ("SOURCE", "--help")),
        (("nonsense",), ("nonsense", "--help")),
        (("audit", report, "--nonsense"), ("--nonsense",)),
        (("audit", missing), (missing,)),
        (("audit", report, "--select", "S999"), ("S999", "rules")),
        (("audit", report, "--timezone", "Moon/Base"), ("Moon/Base",)),
        (("audit", report, "-o", "x.docx"), ("x.docx", "--format")),
        (("audit", report, "--quarantine", "-"), ("--quarantine",)),
        (("audit", report, "-o", report), (report, "report itself")),
        (("audit", report, "--quarantine", "q.xlsx"), ("q.xlsx", ".parquet")),
        (("audit", report, "-o", "a.csv", "--quarantine", "a.csv"), ("a.csv", "-o writes there")),
        (("audit", report, "--known-on", "2024-01-01"), ("--known-on", "store")),
        (("audit", report, "--reschedule-window", "-1"), ("--reschedule-window",)),
        (("audit", report, "--quarantine", report), (report, "report itself")),
        (("status", report, "--as-of", "yesterday"), ("yesterday",)),
        (("timeline", report), ("--learner", "--all")),
        (("timeline", report, "--content", "Fire"), ("--learner", "--all")),
        (("timeline", report, "--learner", "a@b", "--all"), ("--learner", "--all")),
        (("timeline", report, "--learner", "anna@example.com"), ("ana@example.com",)),
        (("timeline", report, "--all", "--content", "fire"), ("Fire",)),
        (("status", report, "--learner", "zzz"), ("zzz",)),
        (("rules", "S999"), ("S999",)),
        (("rules", "S101", "--pairs"), ("--pairs",)),
        (("rules", "-o", "x.gif"), ("no format goes with its ending",)),
    ):
        line = one_line(command(*arguments))
        assert line.startswith("learner-engine: ")
        assert all(word in line for word in words), line


def test_a_learner_without_this_content_is_told_theirs(command: Run, tmp_path: Path) -> None:
    other = (LEGAL[0][0], "", "course", "Ladders", *LEGAL[0][4:])
    path = write_report(tmp_path / "r.csv", [other, IMPOSSIBLE])
    line = one_line(command("timeline", path, "--learner", "ana@example.com", "--content", "Fire"))
    assert "'Ladders'" in line


def test_a_learner_in_quarantine_is_no_empty_record(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", [*LEGAL, (*IMPOSSIBLE[:-1], "someday")])
    line = one_line(command("timeline", path, "--learner", "bob@example.com"))
    assert "1 row in quarantine" in line


def test_a_near_name_is_found_among_very_many(command: Run, tmp_path: Path) -> None:
    rows = [(f"learner{n:05}@example.com", *LEGAL[0][1:]) for n in range(20_000)]
    path = write_report(tmp_path / "r.csv", rows)
    line = one_line(command("status", path, "--learner", "learner1234@example.com"))
    assert "did you mean" in line


def test_without_a_command_there_is_help(command: Run) -> None:
    ran = command()
    assert ran.returncode == 0
    assert "timeline" in ran.stdout


def test_a_file_appears_whole_or_not_at_all(
    command: Run, report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    before = sorted(os.listdir(tmp_path))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("engine.report.emit.write_frame", fail)
        line = one_line(command("status", report, "-o", str(target)))
    assert str(target) in line
    assert target.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == before
    assert command("status", report, "-o", str(target)).returncode == 0
    assert target.read_text().startswith('"learner"')
    assert sorted(os.listdir(tmp_path)) == before


def test_a_link_keeps_pointing_and_a_mode_stays(command: Run, report: str, tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert command("status", report, "-o", str(link)).returncode == 0
    assert link.is_symlink()
    assert target.read_text().startswith('"learner"')
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_not_replaced(command: Run, report: str) -> None:
    assert command("status", report, "--format", "csv", "-o", os.devnull).returncode == 0
    assert not Path(os.devnull).is_file()


def test_the_ending_names_the_format(command: Run, report: str, tmp_path: Path) -> None:
    for ending in ("json", "jsonl", "csv", "parquet", "txt"):
        target = tmp_path / f"out.{ending}"
        ran = command("audit", report, "-o", str(target))
        assert (ran.returncode, ran.stdout) == (1, "")
        assert target.stat().st_size
    assert json.loads((tmp_path / "out.json").read_text())["findings"][0]["code"] == "S101"
    assert pq.read_table(tmp_path / "out.parquet")["code"].to_pylist() == ["S101"]
    assert "\x1b" not in (tmp_path / "out.txt").read_text()
    assert "Audit of" in (tmp_path / "out.txt").read_text()


def test_notes_go_to_standard_error_one_a_line(command: Run, report: str) -> None:
    ran = command("audit", report, "--format", "json")
    assert ran.stderr.splitlines() == [
        "learner-engine: note: times without a time zone were read as UTC; "
        "for Berlin add --timezone Europe/Berlin."
    ]
    assert command("audit", report, "--format", "json", "--timezone", "UTC").stderr == ""
    assert command("audit", report, "--format", "json", "--quiet").stderr == ""
    json.loads(ran.stdout)


def test_rejected_rows_are_written_where_asked(command: Run, tmp_path: Path) -> None:
    rows = [*LEGAL, ("=1+1", "", "course", "Fire", "nonsense", "", "2024-01-01"), LEGAL[0][:3]]
    path = write_report(tmp_path / "r.csv", rows)
    for name in ("q.csv", "q.json", "q.jsonl", "q.anything"):
        target = tmp_path / name
        ran = command("audit", path, "--quarantine", str(target))
        assert ran.returncode == 1
        text = target.read_text()
        if name == "q.json":
            found = json.loads(text)
        elif name == "q.jsonl":
            found = [json.loads(line) for line in text.splitlines()]
        else:
            found = list(csv.DictReader(io.StringIO(text)))
        assert list(found[0]) == ["file", "row", "code", "reason", "raw"]
        assert [(int(each["row"]), each["code"]) for each in found] == [(4, "R003"), (5, "R001")]
        defused = name in ("q.csv", "q.anything")
        assert found[0]["raw"].startswith("'=1+1" if defused else "=1+1")
        assert str(target) in ran.stdout.replace("\n  ", " ")


def test_formulas_are_defused_in_csv(command: Run, tmp_path: Path) -> None:
    evil = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "status_change", "=x", "2024-03-01")
    path = write_report(tmp_path / "r.csv", [evil])
    for arguments in (("audit", path), ("status", path), ("timeline", path, "--all")):
        ran = command(*arguments, "--format", "csv")
        cells = [cell for row in csv.reader(io.StringIO(ran.stdout)) for cell in row]
        assert "'+1" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_gone_reader_is_no_fault(tmp_path: Path) -> None:
    rows = [(f"learner{n}@example.com", *IMPOSSIBLE[1:]) for n in range(5000)]
    path = write_report(tmp_path / "r.csv", rows)
    for form in ("jsonl", "text"):
        writer = subprocess.Popen(
            [sys.executable, "-m", "engine", "audit", path, "--format", form, "-q"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.read(1)
        writer.stdout.close()
        assert writer.wait(60) >= 0, signal.Signals(-writer.returncode)
        assert writer.stderr.read() == b""
        writer.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(report: str) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "engine", "status", report, "--format", "json", "-q"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "standard output" in ran.stderr


def test_python_m_engine_and_standard_input(process: Run, report: str) -> None:
    ran = process("status", "-", "--format", "csv", "-q", input=Path(report).read_text())
    assert ran.returncode == 0
    assert ran.stdout.count("\n") == 3
