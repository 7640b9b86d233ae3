"""``learner-engine timeline``."""

from __future__ import annotations

from typing import Any, BinaryIO

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
    tell,
    zones_of,
)
from engine.cli.progress import Progress
from engine.columns.texts import fold_case_text
from engine.errors import UsageError
from engine.output.call import Call
from engine.output.terminal import page
from engine.output.write import write_frame
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
    form: str | None,
    output: str | None,
    quiet: bool,
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
    place = Destination(form, output)
    with Progress(quiet=quiet) as progress:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        looking = given({**reading, **beyond})
        # The page also tells what other records, imports and rows say of this learner.
        result = None
        if place.form != "text":
            result = audit_of_learner(source, learner, content, looking, progress.stage)
        result = result or audit(source, progress=progress.stage, **looking)
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        progress.stage("replaying")
        require(result, learner, content)
        if place.form != "text":
            frame = result.timeline(learner, content)
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        with place.open() as out:
            if place.form == "text":
                _print_page(result, learner, content, call_of(source, reading, zones), out)
            else:
                write_frame(frame, place.form, out)
    tell(result.notes, zones, form=place.form, quiet=quiet)
    return 0


def _print_page(
    result: Audit, learner: str | None, content: str | None, call: Call, out: BinaryIO
) -> None:
    from engine.output.status_text import print_intervals
    from engine.output.timeline_text import TimelinePage, print_timeline

    with page(out) as console:
        if learner is None:
            frame = result.timeline(None, content)
            print_intervals(console, frame, call, chosen(None, content))
            return
        history = result.history_of(learner, content)
        print_timeline(
            console,
            TimelinePage(
                learner=fold_case_text(learner),
                history=history,
                findings=result.found_in(history),
                between=result.between_imports(history) or {},
                call=call,
                left_out=left_out(result, learner),
            ),
        )
