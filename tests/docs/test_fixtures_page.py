"""The examples of docs/fixtures.md are executed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cases.expected import fixtures
from engine.cli.main import run

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fixtures.md").read_text(encoding="utf-8")


def test_the_page(pytester: pytest.Pytester) -> None:
    case = pytester.mkdir("cases") / "mine"
    case.mkdir()
    (call,) = re.findall(r"`learner-engine (shrink [^`]+)`", PAGE)
    words = [
        str(ROOT / "fixtures" / "demo.csv") if word == "report.csv" else word
        for word in call.split()
    ]
    assert run(words) == 0
    assert fixtures("cases") == [Path("cases/mine/report.csv")]
    (expected,) = re.findall(r"```json\n(.+?)```", PAGE, re.S)
    assert (case / "expected.json").read_text() == expected
    (test,) = re.findall(r"```python\n(.+?)```", PAGE, re.S)
    pytester.makepyfile(test)
    result = pytester.runpytest_inprocess("-p", "engine.pytest_plugin", "-p", "no:xdist")
    result.assert_outcomes(passed=2)
