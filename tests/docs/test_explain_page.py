"""The example of docs/explain.md is what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_is_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    golden = ROOT / "tests" / "golden" / "explain" / "S103.txt"
    assert example in golden.read_text(encoding="utf-8")
