"""Standard streams that are closed or broken, and odd places to write to: one sentence, no hang."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
ROW = "ana@example.com,,course,Fire,enrollment,registration,2024-03-01T09:00:00Z"

Ran = subprocess.CompletedProcess[bytes]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "report.csv").write_text(f"{HEADER}\n{ROW}\n")
    (tmp_path / "statuses.csv").write_text("learner,content_title,status\nana@example.com,Fire,x\n")
    (tmp_path / "model.sql").write_text("SELECT 1")
    return tmp_path


def shell(place: Path, words: str) -> Ran:
    """Run a line of the shell in which ``engine`` is the command; bounded in time."""
    command = f"{shlex.quote(sys.executable)} -m engine"
    return subprocess.run(
        ["bash", "-c", words.replace("engine", command, 1)],
        cwd=place,
        capture_output=True,
        timeout=120,
        check=False,
    )


def fault(ran: Ran, status: int = 2) -> str:
    """Return the one line that the command said."""
    said = ran.stderr.decode()
    assert b"Traceback" not in ran.stderr + ran.stdout, said
    assert ran.returncode == status, said
    assert said.startswith("learner-engine: "), said
    assert said.count("\n") == 1, said
    return said


@pytest.mark.parametrize(
    "call",
    [
        "audit -",
        "import s.duckdb -",
        "reconcile report.csv --against -",
        "check-sql -",
    ],
)
def test_standard_input_closed(place: Path, call: str) -> None:
    assert "standard input" in fault(shell(place, f"engine {call} <&-"))


@pytest.mark.parametrize(
    "call",
    ["status report.csv --format csv", "generate --rows 3 -o -"],
)
def test_standard_output_closed(place: Path, call: str) -> None:
    assert "standard output is closed" in fault(shell(place, f"engine {call} >&-"))


@pytest.mark.parametrize(
    "call",
    [
        "shrink report.csv --code S1 -o small.csv",
        "generate --rows 3 -o made.csv",
        "status no-such-report.csv",
    ],
)
def test_standard_error_closed(place: Path, call: str) -> None:
    ran = shell(place, f"engine {call} 2>&-")
    assert ran.returncode in (0, 2)
    assert ran.stderr == b""


def test_all_streams_closed(place: Path) -> None:
    assert shell(place, "engine audit - <&- >&- 2>&-").returncode == 2


@pytest.mark.parametrize("form", ["text", "csv"])
def test_a_reader_that_has_gone(place: Path, form: str) -> None:
    call = (
        f"engine status report.csv --format {form} 2>said | true; cat said; exit ${{PIPESTATUS[0]}}"
    )
    ran = shell(place, call)
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stdout
    assert b"Error" not in ran.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(place: Path) -> None:
    (place / "locked").mkdir(mode=0o500)
    assert "Permission" in fault(shell(place, "engine status report.csv -o locked/x.csv"))


def test_a_pipe_that_nobody_reads(place: Path) -> None:
    os.mkfifo(place / "pipe.csv")
    assert "nobody reads" in fault(shell(place, "engine status report.csv -o pipe.csv"))


def test_a_pipe_that_somebody_reads(place: Path) -> None:
    os.mkfifo(place / "pipe.csv")
    ran = shell(place, "cat pipe.csv & sleep 0.2; engine status report.csv -o pipe.csv -q; wait")
    assert ran.returncode == 0
    assert b"ana@example.com" in ran.stdout
