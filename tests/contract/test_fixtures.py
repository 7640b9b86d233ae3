"""Each code has a report that has it, and a twin that has not; each comes to what is expected."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

import engine
from engine.findings.catalogue import CATALOGUE
from engine.vocabulary import PAIRS

ROOT = Path(__file__).parents[2]
CODES = ROOT / "fixtures" / "codes"
TOOL = runpy.run_path(str(ROOT / "tools" / "make_expected.py"))
REPORTS: list[Path] = TOOL["reports"]()
OTHER_FILES = {
    **dict.fromkeys(("C101", "C102", "C201", "C202"), ("old.csv",)),
    **dict.fromkeys(("C110", "C111", "C112", "C113"), ("statuses.csv",)),
}
"""What a report is compared with, where it takes two files to tell."""


def expected(report: Path) -> dict[str, list[list[object]]]:
    return json.loads(TOOL["expected_file"](report).read_text(encoding="utf-8"))


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
        name: {finding[0] for finding in expected(CODES / code / name)["findings"]}
        for name in ("bad.csv", "ok.csv")
    }
    assert code in codes["bad.csv"]
    assert code not in codes["ok.csv"]


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_comes_to_what_is_expected(report: Path) -> None:
    assert TOOL["result"](report) == expected(report)


def test_order_of_rows_changes_no_status(tmp_path: Path) -> None:
    for report in REPORTS:
        if report.parent.name == "R001":
            continue  # its broken row is no line of its own to move
        header, *lines = report.read_text(encoding="utf-8").splitlines(keepends=True)
        turned = tmp_path / "turned.csv"
        turned.write_text(header + "".join(reversed(lines)), encoding="utf-8")
        assert TOOL["result"](turned)["status"] == expected(report)["status"], report


def test_all_pairs_occur_and_are_legal() -> None:
    audit = engine.audit(sorted((ROOT / "fixtures" / "pairs").glob("*.csv")))
    assert set(audit.summary.findings) == {"S303"}, "manager_changed_status says not to what"
    last = {
        (record["last_type"], record["last_source"])
        for report in (ROOT / "fixtures" / "pairs").glob("*.csv")
        for record in engine.audit(report).status().rows()
    }
    assert last == {(pair.type, pair.source) for pair in PAIRS}
