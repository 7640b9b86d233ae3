"""``learner-engine repairs``."""

from __future__ import annotations

from typing import Any

import click

from engine.auditor import Audit
from engine.cli.destination import Destination
from engine.cli.options import call_of, given, output_options, source_options, zones_of
from engine.report.call import Call
from engine.report.emit import Output
from engine.report.page import Page
from engine.sources import audit

__all__ = ["command"]


@click.command("repairs")
@source_options
@output_options
def command(
    source: tuple[str, ...],
    place: Destination,
    **reading: Any,
) -> int:
    """Find the smallest set of corrections that would make the records possible.

    An edit says which row is missing, which should not be there, or which belongs elsewhere in
    the order. It is the least explanation of a record, not a proof of what happened.
    """
    with place:
        result = audit(source, progress=place.stage, **given(reading))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        result.history  # noqa: B018 - computed once, where progress names it
        place.stage("repairing")
        frame = result.repairs
        place.emit(
            Output(
                page=lambda: _page(result, call_of(source, reading, zones)),
                table=lambda: frame,
            )
        )
    place.tell(result.records.notes, zones)
    return 0


def _page(result: Audit, call: Call) -> Page:
    from engine.report.pages.repairs import RepairsPage, repairs_page

    return repairs_page(
        RepairsPage(
            call=call,
            streams=len(result.history.streams),
            repairs=result.repaired,
            frame=result.repairs,
        )
    )
