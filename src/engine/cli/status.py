"""``learner-engine status``."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.destination import Destination
from engine.cli.lookup import require
from engine.cli.one_learner import audit_of_learner
from engine.cli.options import (
    call_of,
    chosen,
    given,
    output_options,
    source_options,
    zones_of,
)
from engine.report.emit import Output
from engine.report.pages.status import status_page
from engine.sources import audit

__all__ = ["command"]


@click.command("status")
@source_options
@output_options
@click.option(
    "--as-of",
    metavar="TIME",
    help="After every event up to then; a date means its end.  [default: after every event]",
)
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
def command(
    source: tuple[str, ...],
    place: Destination,
    as_of: str | None,
    learner: str | None,
    content: str | None,
    **reading: Any,
) -> int:
    """Tell each record's status, now or at any instant."""
    with place:
        result = audit_of_learner(source, learner, content, given(reading), place.stage) or audit(
            source, progress=place.stage, **given(reading)
        )
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        require(result, learner, content)
        frame = result.status(as_of, learner=learner, content=content)
        call = call_of(source, reading, zones)
        place.emit(
            Output(
                page=lambda: status_page(frame, call, as_of, chosen(learner, content)),
                table=lambda: frame,
            )
        )
    place.tell(result.notes, zones)
    return 0
