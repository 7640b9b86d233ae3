"""``learner-engine explain``."""

from __future__ import annotations

from typing import Any, BinaryIO

import click
import msgspec
import numpy as np

from engine.auditor import Audit
from engine.cli.destination import Destination
from engine.cli.lookup import left_out, require
from engine.cli.options import across_options, call_of, given, source_options, tell, zones_of
from engine.cli.progress import Progress
from engine.columns.texts import fold_case_text
from engine.errors import UsageError
from engine.output.terminal import page
from engine.projection.findings import Findings
from engine.projection.history import History
from engine.sources import audit

__all__ = ["command"]

Between = dict[int, list[dict[str, Any]]]


@click.command("explain")
@source_options
@click.option("--learner", metavar="EMAIL", required=True, help="Whose records.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option("--row", type=click.IntRange(2), metavar="N", help="Only this row of the report.")
@across_options("every one on these records")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    help="Default: what the ending of -o names, else text.",
)
@click.option("-o", "--output", metavar="FILE", help="Write there; its ending names the format.")
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress.")
def command(
    source: tuple[str, ...],
    learner: str,
    content: str | None,
    row: int | None,
    form: str | None,
    output: str | None,
    quiet: bool,
    across: bool | None,
    reschedule_window: float | None,
    **reading: Any,
) -> int:
    """Argue why a learner's record cannot be true, row by row."""
    place = Destination(form, output)
    if place.form not in ("text", "json"):
        raise UsageError(f"explain has no {place.form} output; use .json or .txt.")
    with Progress(quiet=quiet) as progress:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        result = audit(source, progress=progress.stage, **given({**reading, **beyond}))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        progress.stage("replaying")
        require(result, learner, content)
        history, findings = _asked(result, learner, content, row)
        between = result.between_imports(history, row)
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        with place.open() as out:
            if place.form == "json":
                _write_json(history, findings, between, out)
            else:
                from engine.output.explain_text import ExplainPage, print_explanation

                call = call_of(source, reading, zones, beyond)
                told = [] if row is not None else left_out(result, learner)
                about = ExplainPage(
                    learner=fold_case_text(learner),
                    history=history,
                    findings=findings,
                    between=between or {},
                    call=call,
                    row=row,
                    left_out=told,
                )
                with page(out) as console:
                    print_explanation(console, about)
    tell(result.notes, zones, form=place.form, quiet=quiet)
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


def _write_json(
    history: History, findings: Findings, between: Between | None, out: BinaryIO
) -> None:
    from engine.output.explain_json import explanations

    told = msgspec.json.encode(explanations(history, findings, between))
    out.write(msgspec.json.format(told, indent=2) + b"\n")
