"""``learner-engine explain``."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from engine.auditor import Audit
from engine.cli.destination import Destination
from engine.cli.lookup import left_out, require
from engine.cli.options import (
    across_options,
    call_of,
    given,
    output_options,
    source_options,
    zones_of,
)
from engine.columns.texts import fold_case_text
from engine.errors import UsageError
from engine.projection.findings import Findings
from engine.projection.history import History
from engine.report.emit import Output
from engine.report.explain_json import explanations
from engine.report.pages.timeline import OneLearner, explain_page
from engine.sources import audit

__all__ = ["command"]


@click.command("explain")
@source_options
@click.option("--learner", metavar="EMAIL", required=True, help="Whose records.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option("--row", type=click.IntRange(2), metavar="N", help="Only this row of the report.")
@across_options("every one on these records")
@output_options
def command(
    source: tuple[str, ...],
    learner: str,
    content: str | None,
    row: int | None,
    place: Destination,
    across: bool | None,
    reschedule_window: float | None,
    **reading: Any,
) -> int:
    """Argue why a learner's record cannot be true, row by row."""
    with place:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        result = audit(source, progress=place.stage, **given({**reading, **beyond}))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        require(result, learner, content)
        history, findings = _asked(result, learner, content, row)
        between = result.between_imports(history, row)
        about = OneLearner(
            learner=fold_case_text(learner),
            history=history,
            findings=findings,
            between=between or {},
            call=call_of(source, reading, zones, beyond),
            row=row,
            left_out=[] if row is not None else left_out(result, learner),
        )
        place.emit(
            Output(
                page=lambda: explain_page(about),
                table=lambda: result.findings_as_frame(findings),
                objects=lambda: explanations(history, findings, between),
            )
        )
    place.tell(result.notes, zones)
    return 0


def _asked(
    result: Audit, learner: str, content: str | None, row: int | None
) -> tuple[History, Findings]:
    """The records asked about, and the findings to explain."""
    history = result.history_of(learner, content)
    streams = history.streams
    if row is not None:
        chosen = np.flatnonzero(result.records.row[streams.events] == row)
        if not len(chosen):
            raise UsageError(_no_such_row(result, history, learner, content, row))
        stream = np.searchsorted(streams.starts, chosen, side="right") - 1
        history = result.replayed(streams.only(np.isin(np.arange(len(streams)), stream)))
    findings = result.found_in(history)
    on_event = findings.position >= 0
    if row is not None:
        on_event &= result.records.row[np.maximum(findings.record, 0)] == row
    return history, findings.take(np.flatnonzero(on_event))


def _no_such_row(
    result: Audit, history: History, learner: str, content: str | None, row: int
) -> str:
    rows = np.unique(result.records.row[history.streams.events]).tolist()
    shown = ", ".join(map(str, rows[:8])) + (f" and {len(rows) - 8} more" if len(rows) > 8 else "")
    of = fold_case_text(learner) if content is None else f"{content!r} of {fold_case_text(learner)}"
    return f"row {row} is no event of {of}; the events are the rows {shown}."
