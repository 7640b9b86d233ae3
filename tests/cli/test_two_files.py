"""``compare`` and ``reconcile`` as they are called: exit status, formats, faults in one line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cli_reports import HEADER, LEGAL, Run, write_report

ROOT = Path(__file__).parents[2]
OLD, NEW, STATUSES = (
    str(ROOT / "fixtures" / "compare" / name) for name in ("old.csv", "new.csv", "statuses.csv")
)
COURSE = ("--content", "Vector Search: Case Studies", "--as-of", "2024-07-09")
COMPARE = ("compare", OLD, NEW)
RECONCILE = ("reconcile", OLD, "--against", STATUSES, *COURSE)


@pytest.fixture
def shorter(tmp_path: Path) -> str:
    return write_report(tmp_path / "shorter.csv", LEGAL[:1])


class TestExitStatus:
    @pytest.mark.parametrize("call", [COMPARE, RECONCILE])
    @pytest.mark.parametrize(
        ("options", "status"),
        [
            ((), 1),
            (("--fail-on", "warning"), 1),
            (("--fail-on", "never"), 0),
            (("--ignore", "C101,C102,C110"), 0),
            (("--select", "C2,C11", "--ignore", "C110", "--fail-on", "warning"), 1),
        ],
    )
    def test_follows_what_is_selected(
        self, call: tuple[str, ...], options: tuple[str, ...], status: int, command: Run
    ) -> None:
        assert command(*call, *options).returncode == status

    def test_reports_that_agree_are_fine(self, legal: str, command: Run) -> None:
        ran = command("compare", legal, legal)
        assert ran.returncode == 0
        assert "None: what both reports cover they tell alike" in ran.stdout

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("compare", OLD), "NEW"),
            (("compare", "-", "-"), "only one of them can be standard input"),
            (("compare", OLD, "none.csv"), "none.csv: there is no such file"),
            (("compare", OLD, NEW, "--select", "Q"), "'Q' selects no finding"),
            (("reconcile", OLD), "--against"),
            (("reconcile", "-", "--against", "-"), "only one of the files"),
            (("reconcile", OLD, "--against", OLD), "no column for the status"),
            (("reconcile", OLD, "--against", STATUSES, "--map", "x"), "--map 'x' is not of the"),
            (("reconcile", OLD, "--against", STATUSES, "--word", "a=b"), "'b' is no known status"),
            (("reconcile", OLD, "--against", STATUSES, "--as-of", "soon"), "'soon' is not a time"),
            (("reconcile", OLD, "--against", STATUSES, "-o", STATUSES), "the report itself"),
        ],
    )
    def test_a_fault_is_one_line(self, arguments: tuple[str, ...], said: str, command: Run) -> None:
        ran = command(*arguments, "-q")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("call", [COMPARE, RECONCILE])
class TestFormats:
    def test_hold_the_same_findings(
        self, call: tuple[str, ...], command: Run, tmp_path: Path
    ) -> None:
        document = json.loads(command(*call, "--format", "json").stdout)
        lines = [
            json.loads(line) for line in command(*call, "--format", "jsonl").stdout.splitlines()
        ]
        assert document["findings"] == lines
        assert sum(document["summary"]["findings"].values()) == len(lines) > 0
        cells = list(csv.DictReader(io.StringIO(command(*call, "--format", "csv").stdout)))
        assert [row["message"] for row in cells] == [row["message"] for row in lines]
        assert list(cells[0]) == list(lines[0])
        path = tmp_path / "f.parquet"
        command(*call, "-o", str(path))
        assert pq.read_table(path).column("code").to_pylist() == [row["code"] for row in lines]

    def test_a_page_names_each_code_and_what_to_do_next(
        self, call: tuple[str, ...], command: Run
    ) -> None:
        ran = command(*call)
        codes = {
            json.loads(line)["code"]
            for line in command(*call, "--format", "jsonl").stdout.splitlines()
        }
        assert all(f"\n{code} " in ran.stdout for code in codes)
        assert "What to do next" in ran.stdout
        assert "UTC for times without a time zone: assumed" in ran.stdout
        named = command(*call, "--timezone", "Europe/Paris").stdout
        assert "Europe/Paris for times without a time zone\n" in named
        assert f"learner-engine {call[0]} " in ran.stdout


class TestImportsOfAStore:
    @pytest.fixture
    def store(self, tmp_path: Path, command: Run) -> str:
        store = str(tmp_path / "s.duckdb")
        assert command("import", store, OLD, NEW).returncode == 0
        return store

    def test_two_of_them_compare_as_their_reports(self, store: str, command: Run) -> None:
        call = ("--format", "json", "-q")
        reports = command("compare", OLD, NEW, *call)
        imports = command("compare", f"{store}@1", f"{store}@2", *call)
        assert (imports.returncode, imports.stdout) == (1, reports.stdout)
        assert command("compare", f"{store}@1", NEW, *call).stdout == reports.stdout

    def test_the_page_leads_on_with_commands_that_run(self, store: str, command: Run) -> None:
        page = command("compare", f"{store}@1", f"{store}@2").stdout
        assert f"Comparison of {store}@1 with {store}@2" in page.replace("\n", " ")
        (timeline,) = (line.split() for line in page.splitlines() if " timeline " in line)
        assert timeline[2] == store
        assert command(*timeline[1:]).returncode == 0

    def test_a_wrong_number_is_one_line(self, store: str, command: Run) -> None:
        ran = command("compare", f"{store}@1", f"{store}@7", "-q")
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
        assert f"the store has no import 7; it has 1 ({OLD}), 2 ({NEW})" in ran.stderr

    def test_the_store_is_never_written_over(self, store: str, command: Run) -> None:
        before = Path(store).read_bytes()
        ran = command("compare", f"{store}@1", NEW, "-o", store, "--format", "csv")
        assert ran.returncode == 2
        assert Path(store).read_bytes() == before

    @pytest.mark.parametrize(
        ("options", "status"),
        [
            (("--select", "C101"), 1),
            (("--select", "C201"), 0),
            (("--select", "C201", "--fail-on", "warning"), 1),
            (("--select", "C", "--fail-on", "never"), 0),
            (("--select", "C101", "--known-on", "2020-01-01"), 0),
        ],
    )
    def test_audit_holds_them_against_each_other(
        self, options: tuple[str, ...], status: int, store: str, command: Run
    ) -> None:
        assert command("audit", store, *options, "-q").returncode == status

    def test_audit_tells_of_them_in_every_format(self, store: str, command: Run) -> None:
        page = command("audit", store).stdout
        assert "C101 error    vanished-event" in page
        assert "learner-engine rules C" in command("audit", store, "--select", "C").stdout
        document = json.loads(command("audit", store, "--format", "json", "-q").stdout)
        counts = document["summary"]["findings"]
        assert [counts[code] for code in ("C101", "C102", "C201")] == [4, 3, 4]
        rows = [row for row in document["findings"] if row["code"] == "C102"]
        assert {(row["file"], row["because"][0]["file"]) for row in rows} == {(NEW, OLD)}
        cells = command("audit", store, "--select", "C", "--format", "csv", "-q").stdout
        assert len(list(csv.DictReader(io.StringIO(cells)))) == 11


def test_reports_without_a_time_in_common_do_not_pass_as_fine(tmp_path: Path, command: Run) -> None:
    first = write_report(tmp_path / "a.csv", LEGAL[:1])
    second = write_report(tmp_path / "b.csv", LEGAL[1:])
    ran = command("compare", first, second)
    assert "The two reports cover no time together" in ran.stdout
    assert "None, for nothing could be compared." in ran.stdout
    document = json.loads(command("compare", first, second, "--format", "json").stdout)
    assert document["summary"]["common_from"] is document["summary"]["common_to"] is None


def test_a_report_without_an_event_does_not_pass_as_fine(
    tmp_path: Path, legal: str, command: Run
) -> None:
    broken = write_report(tmp_path / "b.csv", [(*LEGAL[0][:6], "soon")])
    for pair in ((legal, broken), (broken, legal), (broken, broken)):
        ran = command("compare", *pair)
        assert ran.returncode == 0
        assert "One of the reports has no event, so nothing was compared." in ran.stdout


def test_a_window_of_another_filter_is_told(tmp_path: Path, command: Run) -> None:
    people = [(f"p{n}@example.com", *LEGAL[0][1:]) for n in range(5)]
    later = (*LEGAL[1][:6], "2024-05-01T09:00:00Z")
    old = write_report(tmp_path / "a.csv", [LEGAL[0], later])
    new = write_report(tmp_path / "b.csv", [LEGAL[0], *people, later])
    said = " ".join(command("compare", old, new).stdout.split())
    assert "of learners or contents that the earlier report does not name" in said


def test_rows_not_understood_go_to_a_file(tmp_path: Path, command: Run) -> None:
    path = tmp_path / "unread.csv"
    ran = command(*RECONCILE, "--quarantine", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert [(row["row"], row["reason"]) for row in rows] == [
        ("7", "has the unknown status 'on hold'")
    ]
    assert "unread.csv" in ran.stdout
    noted = command(*RECONCILE, "--format", "csv")
    assert "rows that were not understood were compared with nothing (1)" in noted.stderr


def test_a_list_may_come_from_standard_input(process: Run, tmp_path: Path) -> None:
    report = write_report(tmp_path / "r.csv", LEGAL, HEADER)
    ran = process(
        "reconcile",
        report,
        "--against",
        "-",
        input="Email,Course,Status\nana@example.com,Fire,started\n",
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "None: what could be compared agrees." in ran.stdout


def test_neither_loads_what_it_does_not_need() -> None:
    code = (
        "import sys; from engine.cli.main import run; run(sys.argv[1:]);"
        "print({'duckdb', 'hypothesis', 'polars'} & set(sys.modules), file=sys.stderr)"
    )
    for call in (COMPARE, RECONCILE):
        ran = subprocess.run(
            [sys.executable, "-c", code, *call, "-q"], capture_output=True, text=True, check=False
        )
        assert ran.stderr.strip() == "set()"


def test_a_row_not_understood_is_not_counted_as_missing(command: Run, tmp_path: Path) -> None:
    """The hint said "514 of 513 records": one of them had a row with an unknown status."""
    rows = [(f"l{n}@example.com", "", "", f"C{n}", *LEGAL[0][4:]) for n in range(6)]
    report = write_report(tmp_path / "r.csv", rows)
    theirs = tmp_path / "statuses.csv"
    theirs.write_text(
        "learner,content_title,status\nl0@example.com,C0,enrolled\nl1@example.com,C1,unheard-of\n"
    )
    page = " ".join(command("reconcile", report, "--against", str(theirs)).stdout.split())
    assert "4 of 4 records missing there (C112) are of contents that the export does not" in page
