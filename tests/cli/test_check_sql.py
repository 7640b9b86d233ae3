"""``check-sql``: right and wrong models, what is kept, and what a model may not do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.cases.expected import differences, expected_of, outcome_of
from engine.cli import check_sql
from engine.cli.main import run
from engine.testing import Report, history
from engine.testing.report import read_report

MODELS = Path(__file__).parents[2] / "fixtures" / "models"
WRONG = sorted(path.stem for path in MODELS.glob("*.sql") if path.stem != "right")
RIGHT = str(MODELS / "right.sql")

ENROLLED = "select distinct email as learner, content_title, 'enrolled' as status from report"


class Said(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def call(model: str, *options: str) -> Said:
        """Check a model, given as a file or as its SQL."""
        if not model.endswith(".sql"):
            file = tmp_path / "model.sql"
            file.write_text(model, encoding="utf-8")
            model = str(file)
        status = run(["check-sql", model, *options])
        return Said(status, *capsys.readouterr())

    return call


def rows_of(page: str) -> int:
    return sum(line.lstrip()[:1].isdigit() and "@example.com" in line for line in page.splitlines())


def test_there_are_five_wrong_models() -> None:
    assert len(WRONG) == 5


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_model_is_refuted_by_at_most_four_rows(check, name: str) -> None:
    said = check(str(MODELS / f"{name}.sql"))
    assert said.status == 1
    assert 1 <= rows_of(said.out) <= 4
    for part in ("notation  ", "expected  ", "given     ", "Why:"):
        assert part in said.out


def test_the_right_model_passes(check) -> None:
    said = check(RIGHT, "--examples", "40", "--seed", "7")
    assert (said.status, said.err) == (0, "")
    assert said.out.endswith("right.sql: right on 40 reports (seed 7).\n")


def test_the_page(check) -> None:
    said = check(str(MODELS / "last_row_wins.sql"))
    assert "The model is wrong on a report of 2 rows:" in said.out
    assert "notation  S | E" in said.out
    assert "expected  started" in said.out
    assert "given     enrolled" in said.out
    assert "not enrolled → started" in said.out


def test_the_same_seed_tries_the_same_reports(check) -> None:
    first, again = (check(ENROLLED, "--seed", "3").out for _ in range(2))
    assert first == again


def test_nothing_is_left_where_it_was_called(
    check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert check(ENROLLED, "--examples", "50").status == 1
    assert list(Path().iterdir()) == []


class TestSave:
    def test_is_kept_and_tried_first_next_time(self, check, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        said = check(ENROLLED, "--save", str(kept))
        (case,) = kept.iterdir()
        assert said.status == 1
        assert f"Kept in {case}: it will be tried first." in said.out
        assert {file.name for file in case.iterdir()} == {"report.csv", "expected.json"}

        again = check(ENROLLED, "--save", str(kept), "--examples", "1")
        assert again.status == 1
        assert f"{case}\n" in again.out
        assert "Wrong on 1 of 1 kept report; no new ones were tried." in again.out
        assert check(RIGHT, "--save", str(kept), "--examples", "5").out.endswith(
            "right on 1 kept report and 5 reports (seed 0).\n"
        )
        assert [each.name for each in kept.iterdir()] == [case.name]

    def test_says_what_the_report_comes_to(self, check, tmp_path: Path) -> None:
        check(ENROLLED, "--save", str(tmp_path / "kept"))
        (report,) = tmp_path.glob("kept/*/report.csv")
        assert differences(expected_of(report), outcome_of(report)) == []

    def test_a_window_is_kept_as_one(self, check, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        assert check(ENROLLED, "--save", str(kept), "--history", "partial").status == 1
        (file,) = kept.glob("*/expected.json")
        assert json.loads(file.read_text(encoding="utf-8"))["options"] == {"history": "partial"}
        assert check(ENROLLED, "--save", str(kept)).out.startswith(str(file.parent))

    def test_what_is_expected_may_be_written_by_hand(self, check, tmp_path: Path) -> None:
        case = tmp_path / "kept" / "by-hand"
        case.mkdir(parents=True)
        (case / "report.csv").write_text(Report(history("E | S")).to_csv(), encoding="utf-8")
        told = {
            "status": [["Ana@example.com", "Fire Safety", "revoked", ["revoked"]]],
            "findings": [],
        }
        (case / "expected.json").write_text(json.dumps(told), encoding="utf-8")
        said = check(RIGHT, "--save", str(case.parent))
        assert said.status == 1
        assert "expected  revoked" in said.out

    @pytest.mark.parametrize("content", [None, "{", '{"status": 1, "findings": []}'])
    def test_what_cannot_be_read_is_named(self, check, tmp_path: Path, content: str | None) -> None:
        case = tmp_path / "kept" / "broken"
        case.mkdir(parents=True)
        (case / "report.csv").write_text(Report(history("E")).to_csv(), encoding="utf-8")
        if content is not None:
            (case / "expected.json").write_text(content, encoding="utf-8")
        said = check(RIGHT, "--save", str(case.parent))
        assert said.status == 2
        assert str(case / "expected.json") in said.err
        assert said.err.count("\n") == 1

    def test_a_folder_that_cannot_be_written(self, check, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        said = check(ENROLLED, "--save", str(tmp_path / "file"))
        assert said.status == 2
        assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select email,\n  stat from report", "line 2: Binder Error"),
        ("selec 1", "line 1: Parser Error"),
        ("select 1\nfrom where", "line 2: Parser Error"),
        ("select * from raw.actions", "--table names another"),
        ("select 1; select 2", "2 statements"),
        ("", "0 statements"),
        ("-- nothing", "0 statements"),
        ("select email as learner, content_title from report", "no column 'status'"),
        ("select {{ ref('x') }} from report", "compile the dbt project"),
        ("create table x as select 1", "statement of type CREATE"),
        ("insert into report select * from report", "statement of type INSERT"),
        ("copy report to 'x.csv'", "statement of type COPY"),
        ("attach 'x.db'", "statement of type ATTACH"),
        ("install httpfs", "statement of type LOAD"),
        ("set enable_external_access = true", "statement of type SET"),
        ("pragma version", "statement of type PRAGMA"),
        ("select * from read_csv('/etc/passwd')", "no file, no network"),
        ("select * from '/etc/passwd'", "does not exist"),
        ("select * from read_text('model.sql')", "no file, no network"),
        ("select * from glob('/*')", "no file, no network"),
        ("select * from read_parquet('https://example.com/x.parquet')", "no file, no network"),
        ("select * from ENROLLED", "does not exist"),
    ],
)
def test_what_does_not_run_is_one_line_and_status_2(check, sql: str, told: str) -> None:
    said = check(sql, "--examples", "1")
    assert said.status == 2
    assert told in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_fault_that_only_some_reports_bring_about(check) -> None:
    said = check(
        "select email as learner, content_title, "
        "if(count(*) > 1, error('two rows'), 'x') as status from report group by all"
    )
    assert said.status == 1


def test_a_statement_that_takes_too_long_is_stopped(check) -> None:
    endless = (
        "with recursive n as (select 1 as i union all select i + 1 from n) select max(i) from n"
    )
    said = check(endless, "--timeout", "0.3")
    assert said.status == 2
    assert "took longer than 0.3 s" in said.err


class TestTable:
    @pytest.mark.parametrize(
        "name",
        [
            '"warehouse"."raw"."actions"',
            "raw.actions",
            "`raw`.`content actions`",
            "actions",
            '"odd ""name"""',
        ],
    )
    def test_may_be_qualified_and_quoted(self, check, name: str) -> None:
        right = Path(RIGHT).read_text(encoding="utf-8")
        written = name.replace("`", '"')
        model = right.replace("from report", f"from {written}") + "\n-- the end\n;"
        said = check(model, "--table", name, "--examples", "3")
        assert (said.status, said.err) == (0, "")

    @pytest.mark.parametrize("name", ["", "a.b.c.d", "a..b", 'a"b', "a.", "a b"])
    def test_must_be_a_name(self, check, name: str) -> None:
        said = check(ENROLLED, "--table", name)
        assert said.status == 2
        assert "--table is" in said.err

    def test_columns(self, check) -> None:
        said = check("select email || timestamp::timestamp || 1 as learner, * from report")
        assert "no column 'status'" in said.err
        columns = "email, panorama_name, content_type, content_title, type, source, timestamp"
        assert columns in said.err


def test_a_model_that_is_no_file(check, tmp_path: Path) -> None:
    said = check(str(tmp_path / "none.sql"))
    assert (said.status, said.err.count("\n")) == (2, 1)
    (tmp_path / "latin.sql").write_bytes(b"select '\xe9'")
    assert "UTF-8" in check(str(tmp_path / "latin.sql")).err


def test_without_hypothesis_it_says_what_to_install(check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_sql, "find_spec", lambda name: None)
    said = check(ENROLLED)
    assert said.status == 2
    assert said.err == (
        'learner-engine: check-sql needs Hypothesis; run: pip install "learner-engine[testing]"\n'
    )


def test_a_kept_report_is_read_back_as_it_was(tmp_path: Path) -> None:
    report = Report(history("E = S +0.5s C"), history("R", learner=" B@X "))
    file = tmp_path / "report.csv"
    file.write_text(report.to_csv(), encoding="utf-8")
    assert read_report(str(file)) == report
