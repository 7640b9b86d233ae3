"""The page about Python runs, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_examples_run_and_print_what_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.M | re.S)
    assert len(blocks) > 5
    names: dict[str, Any] = {}
    said = 0
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
        printed = capsys.readouterr().out
        for comment in re.findall(r"^ *print\(.*\)  # (.+)$", block, flags=re.M):
            if not comment.startswith("a column"):
                assert comment in printed
                said += 1
    assert said >= 6
