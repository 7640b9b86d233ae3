"""Two exports that overlap by half: each alteration of the later one is found, nothing else."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.instants import parse_instant

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "compare"
TOOL = runpy.run_path(str(ROOT / "tools" / "make_compare.py"))


def found(**options: Any) -> list[tuple[Any, ...]]:
    result = engine.compare(FOLDER / "old.csv", FOLDER / "new.csv", **options)
    return sorted(
        (row["learner"], row["content_title"], row["at"].timestamp(), row["code"], row["root"])
        for row in result.findings.rows()
    )


def expected() -> list[tuple[Any, ...]]:
    rows = json.loads((FOLDER / "differences.json").read_text(encoding="utf-8"))
    return sorted(
        (
            row["learner"],
            row["content_title"],
            parse_instant(row["at"], "UTC") / 1e6,
            row["code"],
            row["root"],
        )
        for row in rows
    )


def test_every_alteration_is_found_and_nothing_else() -> None:
    assert found() == expected()


def test_also_where_the_history_is_held_to_be_partial() -> None:
    certain = [each for each in expected() if each[3] != "C202"]
    assert [each for each in found(history="partial") if each[3] != "C202"] == certain


def test_half_of_each_export_is_in_both() -> None:
    summary = engine.compare(FOLDER / "old.csv", FOLDER / "new.csv").summary
    for side in (summary.old, summary.new):
        assert 0.49 < summary.same / side.events < 0.51
    assert summary.only_old > 600
    assert summary.only_new > 600


def test_what_was_altered_is_of_several_kinds() -> None:
    kinds = {each.codes + each.elsewhere for each in TOOL["ALTERATIONS"]}
    assert {code for kind in kinds for code in kind} == {"C101", "C102", "C201", "C202"}
    assert len(TOOL["ALTERATIONS"]) >= 9


@pytest.mark.parametrize("name", ["old.csv", "new.csv", "statuses.csv", "differences.json"])
def test_files_are_as_their_script_writes_them(name: str) -> None:
    assert (FOLDER / name).read_bytes() == TOOL["files"]()[name]
