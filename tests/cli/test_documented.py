"""Every command and every option is in docs/commands.md, under its command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from engine.cli.main import cli

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def commands() -> list[str]:
    return cli.list_commands(click.Context(cli))


def sections() -> dict[str, str]:
    """Heading → text; what stands before the commands is shared by them."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def options(name: str) -> Iterator[str]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from (*parameter.opts, *parameter.secondary_opts)
        else:
            yield parameter.name.upper() if parameter.name else ""


@pytest.mark.parametrize("name", commands())
def test_each_command_and_its_options_are_documented(name: str) -> None:
    found = sections()
    assert name in found, f"docs/commands.md has no section {name!r}"
    text = found[name] + found["What every command shares"]
    missing = [each for each in options(name) if not re.search(rf"`[^`]*{each}\b", text)]
    assert not missing or missing == ["SOURCE"]


@pytest.mark.parametrize("name", commands())
def test_each_option_has_a_help_text(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_the_page_documents_nothing_that_is_not_there() -> None:
    known = {"--help", "--version", "--history"}
    for name in commands():
        known.update(each for each in options(name) if each.startswith("--"))
    named = set(re.findall(r"`(--[a-z-]+)", PAGE.read_text(encoding="utf-8")))
    assert named <= known
