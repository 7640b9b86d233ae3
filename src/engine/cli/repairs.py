"""``learner-engine repairs``."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from engine.auditor import Audit
from engine.cli.destination import Destination
from engine.cli.options import call_of, given, output_options, source_options, tell, zones_of
from engine.cli.progress import Progress
from engine.output.call import Call
from engine.output.terminal import page
from engine.output.write import write_frame
from engine.sources import audit

__all__ = ["command"]


@click.command("repairs")
@source_options
@output_options
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    quiet: bool,
    **reading: Any,
) -> int:
    """Find the fewest edits that would leave nothing impossible.

    An edit says which row is missing, which should not be there, or which belongs elsewhere in
    the order. It is the least explanation of a record, not a proof of what happened.
    """
    place = Destination(form, output)
    with Progress(quiet=quiet) as progress:
        result = audit(source, progress=progress.stage, **given(reading))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        progress.stage("replaying")
        result.history  # noqa: B018 - computed once, where progress names it
        progress.stage("repairing")
        frame = result.repairs
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        with place.open() as out:
            if place.form == "text":
                _print_page(result, call_of(source, reading, zones), out)
            else:
                write_frame(frame, place.form, out)
    tell(result.records.notes, zones, form=place.form, quiet=quiet)
    return 0


def _print_page(result: Audit, call: Call, out: BinaryIO) -> None:
    from engine.output.repairs_text import RepairsPage, print_repairs

    with page(out) as console:
        print_repairs(
            console,
            RepairsPage(
                call=call,
                streams=len(result.history.streams),
                repairs=result.repaired,
                frame=result.repairs,
            ),
        )
