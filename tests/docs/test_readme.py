"""The README runs: its Python snippets, and its command lines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from engine.cli.main import cli, run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.M | re.S)


LINES = [line.split("#")[0].strip() for block in blocks("console") for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.startswith("learner-engine ")]


def test_the_readme_has_what_is_tested_here() -> None:
    assert len(blocks("python")) >= 2
    assert len(COMMANDS) >= 2
    assert len(TABLED) >= 11


def test_python_snippets_run_and_print_what_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
        printed = capsys.readouterr().out.splitlines()
        said = re.findall(r"^print\(.*\)  # (.+)$", block, flags=re.M)
        if said:
            assert len(printed) == len(said)
            for line, comment in zip(printed, said, strict=True):
                assert comment.startswith(line)


TABLED = re.findall(r"`(learner-engine [^`]+)`", README)


@pytest.mark.parametrize("line", [*COMMANDS, *TABLED])
def test_command_lines_parse(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    with command.make_context(name, arguments) as context:
        assert context.params


@pytest.mark.parametrize("line", COMMANDS)
def test_command_lines_about_files_that_are_there_run(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = shlex.split(line.replace("report.csv", "fixtures/demo.csv"))[1:]
    status = run([*arguments, *(["--fail-on", "never"] if arguments[0] == "audit" else [])])
    output = capsys.readouterr()
    if "ana@example.com" in line:
        assert "ana@example.com" in output.out + output.err, "the demo has no such learner"
    else:
        assert status == 0, output.err
        assert output.out


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("make ")])
def test_make_has_the_targets(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{line.split()[1]}:", makefile, flags=re.M)


def test_every_page_is_named() -> None:
    for page in sorted((ROOT / "docs").glob("*.md")):
        assert f"](docs/{page.name})" in README, page.name


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
