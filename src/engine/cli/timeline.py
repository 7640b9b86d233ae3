"""``learner-engine timeline``."""

from __future__ import annotations

from typing import Any

import click

from engine.auditor import Audit
from engine.cli.destination import Destination
from engine.cli.lookup import left_out, require
from engine.cli.one_learner import audit_of_learner
from engine.cli.options import (
    across_options,
    call_of,
    chosen,
    given,
    output_options,
    source_options,
    zones_of,
)
from engine.columns.texts import fold_case_text
from engine.errors import UsageError
from engine.report.call import Call
from engine.report.emit import Output
from engine.report.page import Page
from engine.sources import audit

__all__ = ["command"]


@click.command("timeline")
@source_options
@output_options
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option("--all", "everybody", is_flag=True, help="The intervals of every record.")
@across_options("every one on these records")
def command(
    source: tuple[str, ...],
    place: Destination,
    learner: str | None,
    content: str | None,
    everybody: bool,
    across: bool | None,
    reschedule_window: float | None,
    **reading: Any,
) -> int:
    """Tell when a learner had which status.

    For one learner, text shows every event, what it did and what is wrong with it. The other
    formats hold the intervals of equal status.
    """
    if (learner is None) is not everybody:
        raise UsageError(
            "timeline is of one learner or of all: give --learner EMAIL or --all"
            + (", not both." if everybody else ".")
        )
    with place:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        looking = given({**reading, **beyond})
        # The page also tells what other records, imports and rows say of this learner.
        result = None
        if not place.for_people:
            result = audit_of_learner(source, learner, content, looking, place.stage)
        result = result or audit(source, progress=place.stage, **looking)
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        require(result, learner, content)
        call = call_of(source, reading, zones)
        place.emit(
            Output(
                page=lambda: _page(result, learner, content, call),
                table=lambda: result.timeline(learner, content),
            )
        )
    place.tell(result.notes, zones)
    return 0


def _page(result: Audit, learner: str | None, content: str | None, call: Call) -> Page:
    from engine.report.pages.status import intervals_page
    from engine.report.pages.timeline import OneLearner, timeline_page

    if learner is None:
        return intervals_page(result.timeline(None, content), call, chosen(None, content))
    history = result.history_of(learner, content)
    return timeline_page(
        OneLearner(
            learner=fold_case_text(learner),
            history=history,
            findings=result.found_in(history),
            between=result.between_imports(history) or {},
            call=call,
            left_out=left_out(result, learner),
        )
    )
