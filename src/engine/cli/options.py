"""The options that commands share. Source: interface.md, "Words shared by all commands"."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar

import click

from engine.errors import UsageError
from engine.output.write import FORMATS, format_of_name

__all__ = ["destination", "output_options", "source_options"]

F = TypeVar("F", bound=Callable[..., Any])


def source_options(function: F) -> F:
    """Add SOURCE… and how it is read and replayed; they arrive as ``source`` and ``reading``."""
    decorators = (
        click.argument("source", nargs=-1, required=True, metavar="SOURCE..."),
        click.option(
            "--history",
            type=click.Choice(["complete", "partial"]),
            default="complete",
            show_default=True,
            help="Whether the report holds every event, or only a window of them.",
        ),
        click.option(
            "--tolerance",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="Events no further apart than this count as simultaneous (default 0).",
        ),
        click.option(
            "--key",
            type=click.Choice(["email,content", "email,panorama,content"]),
            default="email,content",
            show_default=True,
            help="What tells one record from another.",
        ),
        click.option(
            "--timezone",
            default="UTC",
            show_default=True,
            metavar="ZONE",
            help="Time zone of timestamps that carry none.",
        ),
        click.option(
            "--date-order",
            type=click.Choice(["dmy", "mdy"]),
            help="Whether 3/4/2024 is 3 April (dmy) or 4 March (mdy).",
        ),
        click.option(
            "--timestamp-format", metavar="FORMAT", help="The timestamps' strptime format."
        ),
    )
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def output_options(function: F) -> F:
    """Add ``--format`` and ``-o``; they arrive as ``form`` and ``output``."""
    function = click.option(
        "-o", "--output", metavar="FILE", help="Write there; its ending names the format."
    )(function)
    return click.option("--format", "form", type=click.Choice(FORMATS), help="Default: text.")(
        function
    )


@contextmanager
def destination(form: str | None, output: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """Yield the format and where to write; a file appears only once it is whole."""
    if output is None or output == "-":
        yield form or "text", sys.stdout.buffer
        return
    chosen = form or format_of_name(output)
    if chosen is None:
        raise UsageError(
            f"{output}: its ending names no format; use .json, .jsonl, .csv, .parquet or .txt, "
            "or give --format."
        )
    with open(output, "wb") as file:
        yield chosen, file
