"""Where data can go, what a page says of its times, and files that are no reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from cli_reports import IMPOSSIBLE, LEGAL, Run, write_report

from engine.cli.main import run
from engine.intake import encode

LEARNER = LEGAL[0][0]
PAGES = (
    ["status"],
    ["timeline", "--all"],
    ["timeline", "--learner", LEARNER],
    ["explain", "--learner", LEARNER],
)


@pytest.fixture
def report(tmp_path: Path) -> str:
    return str(write_report(tmp_path / "r.csv", [*LEGAL, IMPOSSIBLE]))


@pytest.mark.parametrize("call", PAGES, ids=lambda call: " ".join(call[:2]))
def test_a_page_says_which_zone_was_taken(
    call: list[str], report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([call[0], report, *call[1:]]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "times without a time zone were read as UTC: assumed, --timezone sets it." in page
    assert run([call[0], report, *call[1:], "--timezone", "Europe/Paris"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "Times are UTC; times without a time zone were read as Europe/Paris." in page


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="a name that only Unix has")
@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/fd/1", "/dev/stderr"])
def test_a_device_that_is_a_pipe_is_written(place: str, report: str) -> None:
    command = [sys.executable, "-m", "engine", "audit", report, "--format", "json", "-q"]
    done = subprocess.run([*command, "-o", place], capture_output=True, text=True, check=False)
    assert done.returncode == 1, "the report has an error"
    assert json.loads(done.stdout or done.stderr)["summary"]["rows"] == len(LEGAL) + 1


@pytest.mark.parametrize("name", ["notes.txt", "settings.json"])
def test_a_folder_with_another_file_is_refused_with_its_name(
    name: str, report: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text('{"theme": "dark"}' if name.endswith("json") else "call Bob")
    assert run(["audit", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert str(tmp_path / name) in error
    assert "if it is no report, move it out of the folder" in error
    assert run(["audit", str(tmp_path / name)]) == 2
    assert "move it out" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "[1, 2, 3]",
            "row 2: the record is no JSON object, and no other of the 3 records can be read",
        ),
        ('[{"Email": ["a@x"]}]', "row 2: the record has a list under 'Email', where text is"),
        ("[]", "there are no records in it"),
    ],
)
def test_records_that_are_all_rejected(
    content: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    assert run(["audit", str(path)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "column" not in error


def test_dates_that_contradict_each_other_are_named_with_their_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "a@x,,course,T,enrollment,sso,"
    head = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
    path = tmp_path / "r.csv"
    path.write_text("\n".join([head, f"{row}3/4/2024", f"{row}2/28/2024", f"{row}31/1/2024"]))
    assert run(["audit", str(path)]) == 2
    error = capsys.readouterr().err
    assert "row 4 has '31/1/2024', which can only be day-first" in error
    assert "row 3 has '2/28/2024', which can only be month-first" in error
    path.write_text("\n".join([head, f"{row}1/1/2024", f"{row}3/4/2024"]))
    assert run(["audit", str(path)]) == 2
    assert "row 3 has '3/4/2024', and no value decides it" in capsys.readouterr().err


def test_nothing_is_called_repeated_that_no_row_tells(tmp_path: Path) -> None:
    import engine

    rows = [
        ("a@x", "status_change", "manager_change_started", "2024-03-01T09:00:00Z"),
        ("a@x", "enrollment", "sso", "2024-03-02T09:00:00Z"),
        ("a@x", "status_change", "manager_change_completed", "2024-03-03T09:00:00Z"),
        ("a@x", "status_change", "course_started", "2024-03-04T09:00:00Z"),
    ]
    told = [(who, "", "course", "T", *rest) for who, *rest in rows]
    found = engine.audit(write_report(tmp_path / "r.csv", told)).findings.rows()
    assert [each["code"] for each in found] == ["S101", "S301", "S204"]
    assert not any("again" in each["message"] for each in found)


@pytest.mark.parametrize("what", ["capacity", "offsets", "memory"])
@pytest.mark.parametrize("call", [("audit",), ("status",), ("import", "s.duckdb")])
def test_more_text_than_a_column_can_hold_is_one_sentence(
    call: tuple[str, ...],
    what: str,
    report: str,
    command: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Two gigabytes of titles take a minute, so the library is made to say what it then says."""
    said = {
        "capacity": pa.ArrowCapacityError("array cannot contain more than 2147483646 bytes"),
        "offsets": pa.ArrowInvalid("offset overflow while concatenating arrays"),
        "memory": pa.ArrowMemoryError("malloc of size 9999 failed"),
    }[what]

    def overflow(*texts: object) -> None:
        raise said

    monkeypatch.setattr(encode, "distinct", overflow)
    monkeypatch.chdir(tmp_path)
    done = command(*call, report)
    reason = "enough memory" if what == "memory" else "2 GiB of different texts"
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"{report}: " in done.stderr
    assert reason in done.stderr
    assert "split the report by date" in done.stderr
    assert not (tmp_path / "s.duckdb").exists()


def test_standard_input_twice_is_a_wrong_call(command: Run) -> None:
    """The second reading found nothing left, and was said to be an empty file."""
    done = command("audit", "-", "-")
    assert done.returncode == 2
    assert "standard input can be read only once" in done.stderr
