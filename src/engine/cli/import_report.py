"""``learner-engine import``."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.destination import Destination
from engine.cli.options import given, output_options, tell, time_options
from engine.cli.progress import Progress
from engine.errors import UsageError
from engine.instants import TimestampRules
from engine.output.terminal import page
from engine.output.write import write_frame
from engine.output.zones import Zones
from engine.storekeeper.importing import import_reports, imported_frame

__all__ = ["command"]


@click.command("import")
@click.argument("store", metavar="STORE")
@click.argument("report", nargs=-1, required=True, metavar="REPORT...")
@time_options
@output_options
def command(
    store: str,
    report: tuple[str, ...],
    form: str | None,
    output: str | None,
    quiet: bool,
    **reading: Any,
) -> int:
    """Add reports to a store, which is made if it is not there.

    What a store knows already is not added again, so that reports may overlap. A report is added
    as a whole or not at all.
    """
    if store == "-":
        raise UsageError("STORE is a file: name one, such as learning.duckdb.")
    place = Destination(form, output)
    place.spare([store, *report])
    rules = TimestampRules(**given(reading))
    with Progress(quiet=quiet) as progress:
        done = list(import_reports(store, report, rules, tell=progress.stage))
        if place.on_terminal:
            progress.stop()
        frame = imported_frame(done)
        with place.open() as out:
            if place.form == "text":
                from engine.output.store_text import print_imported

                with page(out) as console:
                    print_imported(console, store, frame)
            else:
                write_frame(frame, place.form, out)
    notes = [note for each in done for note in each.notes]
    tell(notes, Zones(reading["timezone"]), form=place.form, quiet=quiet)
    return 0
