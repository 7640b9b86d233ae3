"""The example of docs/validity.md gives what the page says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from engine.cli.main import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8")


def test_the_example_gives_what_the_page_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (policy,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
    (call,) = re.findall(r"^\$ learner-engine (.*)$", PAGE, re.M)
    (shown,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    monkeypatch.chdir(ROOT)
    file, out = tmp_path / "policy.toml", tmp_path / "out.jsonl"
    file.write_text(policy, encoding="utf-8")
    words = [str(file) if word == "policy.toml" else word for word in shlex.split(call)]
    assert run([*words, "-q", "-o", str(out)]) == 0
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    said = json.loads(shown)
    assert {name: row[name] for name in said} == said
