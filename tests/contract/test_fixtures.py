"""Each code has a report that has it, and a twin that has not; each comes to what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine
from engine.cases.expected import expected_of, fixtures, outcome_of
from engine.dialects.usual import PAIRS
from engine.pytest_plugin import LearnerFixture
from engine.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
CODES = ROOT / "fixtures" / "codes"
PAIRED = ROOT / "fixtures" / "pairs"
OTHER_FILES = {
    **dict.fromkeys(("C101", "C102", "C201", "C202"), ("old.csv",)),
    **dict.fromkeys(("C110", "C111", "C112", "C113"), ("statuses.csv",)),
}
"""What a report is compared with, where it takes two files to tell."""


def test_every_code_has_a_pair_and_nothing_else_has() -> None:
    assert {folder.name for folder in CODES.iterdir()} == set(CATALOGUE)
    for folder in CODES.iterdir():
        assert {file.name for file in folder.iterdir()} == {
            "bad.csv",
            "bad.expected.json",
            "ok.csv",
            "ok.expected.json",
            *OTHER_FILES.get(folder.name, ()),
        }


@pytest.mark.parametrize("code", CATALOGUE)
def test_bad_has_the_code_and_ok_has_not(code: str) -> None:
    codes = {
        name: {finding[0] for finding in expected_of(CODES / code / name)["findings"]}
        for name in ("bad.csv", "ok.csv")
    }
    assert code in codes["bad.csv"]
    assert code not in codes["ok.csv"]


@pytest.mark.learner_fixtures("fixtures/codes", "fixtures/pairs")
def test_comes_to_what_is_expected(learner_fixture: LearnerFixture) -> None:
    learner_fixture.check()


def test_every_report_with_an_expected_result_is_checked() -> None:
    beside = {*CODES.rglob("*expected.json"), *PAIRED.rglob("*expected.json")}
    assert len(fixtures(CODES)) + len(fixtures(PAIRED)) == len(beside) == 2 * len(CATALOGUE) + 4


def test_order_of_rows_changes_no_status(tmp_path: Path) -> None:
    for report in [*fixtures(CODES), *fixtures(PAIRED)]:
        if report.parent.name == "R001":
            continue  # its broken row is no line of its own to move
        header, *lines = report.read_text(encoding="utf-8").splitlines(keepends=True)
        turned = tmp_path / "turned.csv"
        turned.write_text(header + "".join(reversed(lines)), encoding="utf-8")
        assert outcome_of(turned)["status"] == expected_of(report)["status"], report


def test_all_pairs_occur_and_are_legal() -> None:
    audit = engine.audit(sorted(PAIRED.glob("*.csv")))
    assert set(audit.summary.findings) == {"S303"}, "manager_changed_status says not to what"
    last = {
        (record["last_type"], record["last_source"])
        for report in PAIRED.glob("*.csv")
        for record in engine.audit(report).status().rows()
    }
    assert last == {(pair.type, pair.source) for pair in PAIRS}
