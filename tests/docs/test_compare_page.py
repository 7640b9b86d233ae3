"""docs/compare.md runs: its commands print what it shows, and its snippet what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.cli.main import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.M | re.S)


def shown() -> list[tuple[str, list[str]]]:
    """Each command with the excerpts of its output that follow it."""
    found: list[tuple[str, list[str]]] = []
    for kind, text in BLOCKS:
        if kind == "console":
            found.append((text.strip(), []))
        elif kind == "text":
            found[-1][1].append(text)
    return found


def test_there_are_both_commands() -> None:
    assert [line.split()[1] for line, _ in shown()] == ["compare", "reconcile"]


@pytest.mark.parametrize(("line", "excerpts"), shown())
def test_the_command_prints_what_the_page_shows(
    line: str,
    excerpts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    assert run(shlex.split(line)[1:]) == 1
    printed = capsys.readouterr().out
    assert excerpts
    for excerpt in excerpts:
        assert excerpt.rstrip("\n") in printed


def test_the_snippet_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    ((_, snippet),) = [block for block in BLOCKS if block[0] == "python"]
    exec(compile(snippet, "compare.md", "exec"), {})
    said = re.findall(r"^print\(.*\)  # (.+)$", snippet, flags=re.M)
    assert capsys.readouterr().out.splitlines() == said
