"""``learner-engine dialects``."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.destination import Destination
from engine.cli.options import given, output_options, time_options, zones_of
from engine.dialects import dialect_of, shipped, shipped_names
from engine.errors import UsageError
from engine.instants import TimestampRules
from engine.intake.encode import encode
from engine.intake.reader import read
from engine.report.emit import Output
from engine.report.pages.dialects import (
    dialects_frame,
    dialects_page,
    kinds_frame,
    kinds_page,
)

__all__ = ["command"]


@click.command("dialects")
@click.argument("name", required=False, metavar="[NAME|REPORT]")
@click.option(
    "--try",
    "tried",
    metavar="FILE",
    help="Say what this dialect, a .toml file or a name, makes of each kind of row in REPORT.",
)
@click.option(
    "--draft",
    metavar="REPORT",
    help="Write a dialect for a log that none fits: its columns guessed, its kinds listed.",
)
@time_options
@output_options
def command(
    name: str | None, tried: str | None, draft: str | None, place: Destination, **reading: Any
) -> int:
    """List the dialects that are shipped, print one, or try one on a report."""
    if reading.pop("dialect") is not None:
        raise UsageError("dialects has no --dialect; say --try NAME REPORT.")
    if draft is not None:
        if name is not None or tried is not None:
            raise UsageError("--draft REPORT stands alone.")
        from engine.intake.draft import drafted

        return _write(drafted(draft), place)
    if tried is not None:
        return _try(tried, name, place, reading)
    if name is not None:
        dialect = dialect_of(name)
        assert dialect is not None
        return _write(dialect.text, place)
    every = [shipped(each) for each in shipped_names()]
    place.emit(Output(page=lambda: dialects_page(every), table=lambda: dialects_frame(every)))
    return 0


def _write(text: str, place: Destination) -> int:
    """Write a dialect's file as it is."""
    with place.open() as out:
        out.write(text.encode())
    return 0


def _try(tried: str, report: str | None, place: Destination, reading: dict[str, Any]) -> int:
    if report is None:
        raise UsageError("--try needs a report to try the dialect on: --try FILE REPORT.")
    dialect = dialect_of(tried)
    assert dialect is not None
    place.spare([tried, report])
    with place:
        place.stage(f"reading {report}")
        records = encode([read(report, dialect)], TimestampRules(**given(reading)), now=None)
        place.emit(
            Output(page=lambda: kinds_page(dialect, records), table=lambda: kinds_frame(records))
        )
    place.tell(records.notes, zones_of(reading, records))
    return 0
