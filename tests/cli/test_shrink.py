"""``learner-engine shrink``, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_reports import LEGAL, Run, write_report

from engine.cases.expected import differences, expected_of, outcome_of

DEMO = str(Path(__file__).parents[2] / "fixtures" / "demo.csv")


def test_a_case_is_a_fixture(command: Run, tmp_path: Path) -> None:
    report, expected = tmp_path / "report.csv", tmp_path / "expected.json"
    options = ("-o", str(report), "--expected", str(expected))
    ran = command("shrink", DEMO, "--code", "s103", *options)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert (
        ran.stderr == f"{report}: 2 rows of 2,027, with S103; what it comes to is in {expected}\n"
    )
    assert json.loads(expected.read_text())["findings"] == [["S103", 3, "learner1@example.com"]]
    assert differences(expected_of(report), outcome_of(report)) == []


def test_options_that_the_finding_needs_are_kept(command: Run, tmp_path: Path) -> None:
    rows = [(*LEGAL[1][:5], "course_completed", f"2024-03-02T09:00:0{second}Z") for second in "13"]
    source = write_report(tmp_path / "source.csv", rows)
    report, expected = tmp_path / "report.csv", tmp_path / "expected.json"
    reading = ("--history", "partial", "--tolerance", "2")
    options = ("--code", "S202", "-o", str(report), "--expected", str(expected))
    ran = command("shrink", source, *reading, *options)
    assert ran.returncode == 0
    assert "note: the finding shows with --history partial --tolerance 2.0, as here." in ran.stderr
    assert json.loads(expected.read_text())["options"] == {"history": "partial", "tolerance": 2.0}
    assert "S202" in {
        code for code, *_ in outcome_of(report, **expected_of(report)["options"])["findings"]
    }


def test_quiet_tells_no_notes(command: Run, tmp_path: Path) -> None:
    source = str(Path(DEMO).parent / "codes" / "X204" / "bad.csv")
    calls = ("shrink", source, "--code", "X204", "-o", str(tmp_path / "case.csv"))
    assert "note: the finding shows with --across, as here." in command(*calls).stderr
    assert command(*calls, "-q").stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--code", "S105"), "fixtures/demo.csv: no row has S105; the findings are R001, R004,"),
        (("--code", "C112"), "C112 is a finding on two files; shrink takes those of one"),
        (("--code", "S905"), "'S905' is not the code of a finding; did you mean S105"),
        (
            ("--code", "S103", "--learner", "lina.okafor@example.com"),
            "no row of 'lina.okafor@example.com' has S103; there is no finding",
        ),
        (
            ("--code", "S103", "--learner", "lina@example.com"),
            "no learner 'lina@example.com' occurs",
        ),
        (("--code", "S103", "-o", "case.json"), "case.json: shrink writes CSV only;"),
        (("--code", "S103", "--expected", "case.csv"), "case.csv: it is the report itself;"),
    ],
)
def test_faults_of_the_call(
    command: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command("shrink", DEMO, "-o", "case.csv", *options)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_report_itself_is_never_written_over(command: Run, report: str) -> None:
    before = Path(report).read_bytes()
    ran = command("shrink", report, "--code", "S101", "-o", report)
    assert ran.returncode == 2
    assert "it is the report itself" in ran.stderr
    assert Path(report).read_bytes() == before


def test_only_this_learner_and_content(command: Run, report: str, tmp_path: Path) -> None:
    case = tmp_path / "case.csv"
    who = ("--learner", " BOB@example.com", "--content", "Fire")
    assert command("shrink", report, "--code", "S101", *who, "-o", str(case)).returncode == 0
    assert case.read_text().splitlines()[1:] == [
        "learner1@example.com,,course,Content 1,status_change,course_completed,2024-01-01T09:00:00Z"
    ]
