"""``learner-engine import``."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.destination import Destination
from engine.cli.options import given, output_options, time_options
from engine.dialects import dialect_of
from engine.errors import UsageError
from engine.instants import TimestampRules
from engine.report.emit import Output
from engine.report.pages.store import imported_page
from engine.report.zones import Zones
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
    place: Destination,
    **reading: Any,
) -> int:
    """Add reports to a store, which is made if it is not there.

    What a store knows already is not added again, so that reports may overlap. A report is added
    as a whole or not at all.
    """
    if store == "-":
        raise UsageError("STORE is a file: name one, such as learning.duckdb.")
    place.spare([store, *report])
    dialect = dialect_of(reading.pop("dialect"))
    rules = TimestampRules(**given(reading))
    with place:
        done = list(import_reports(store, report, rules, dialect=dialect, tell=place.stage))
        frame = imported_frame(done)
        place.emit(Output(page=lambda: imported_page(store, frame), table=lambda: frame))
    notes = [note for each in done for note in each.notes]
    place.tell(notes, Zones(reading["timezone"]))
    return 0
