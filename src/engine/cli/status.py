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
    tell,
    zones_of,
)
from engine.cli.progress import Progress
from engine.output.terminal import page
from engine.output.write import write_frame
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
    form: str | None,
    output: str | None,
    quiet: bool,
    as_of: str | None,
    learner: str | None,
    content: str | None,
    **reading: Any,
) -> int:
    """Tell each record's status, now or at any instant."""
    place = Destination(form, output)
    with Progress(quiet=quiet) as progress:
        result = audit_of_learner(
            source, learner, content, given(reading), progress.stage
        ) or audit(source, progress=progress.stage, **given(reading))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        progress.stage("replaying")
        require(result, learner, content)
        frame = result.status(as_of, learner=learner, content=content)
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        with place.open() as out:
            if place.form == "text":
                from engine.output.status_text import print_status

                with page(out) as console:
                    call = call_of(source, reading, zones)
                    print_status(console, frame, call, as_of, chosen(learner, content))
            else:
                write_frame(frame, place.form, out)
    tell(result.notes, zones, form=place.form, quiet=quiet)
    return 0
