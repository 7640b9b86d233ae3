"""What is said of each code's fixture is what was last read aloud (tools/make_golden.py)."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_golden.py"))
GOLDEN: Path = TOOL["GOLDEN"]


@pytest.mark.parametrize("code", TOOL["CODES"])
@pytest.mark.parametrize("form", TOOL["FORMATS"])
def test_says_what_it_said(code: str, form: str, tmp_path: Path) -> None:
    told = tmp_path / f"told.{form}"
    TOOL["write"](code, told)
    assert told.read_text(encoding="utf-8") == (GOLDEN / f"{code}.{form}").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("code", TOOL["CODES"])
def test_text_and_data_say_the_same(code: str) -> None:
    text = " ".join((GOLDEN / f"{code}.txt").read_text(encoding="utf-8").split())
    records = json.loads((GOLDEN / f"{code}.json").read_text(encoding="utf-8"))
    findings = [finding for record in records for finding in record["findings"]]
    assert code in {finding["code"] for finding in findings}
    for finding in findings:
        if finding["root"]:
            assert finding["sentences"]
            assert all(sentence in text for sentence in finding["sentences"])


def test_nothing_else_is_golden() -> None:
    expected = {f"{code}.{form}" for code in TOOL["CODES"] for form in TOOL["FORMATS"]}
    assert {file.name for file in GOLDEN.iterdir()} == expected
