"""``learner-engine audit``."""

from __future__ import annotations

from typing import Any

import click
import msgspec
import numpy as np

from engine.auditor import Audit
from engine.cli.destination import Destination, form_of_rejects, spare, whole_file
from engine.cli.options import (
    across_options,
    call_of,
    fails,
    finding_options,
    finding_output_options,
    given,
    source_options,
    split_codes,
    zones_of,
)
from engine.columns.frame import Frame
from engine.errors import UsageError
from engine.projection.findings import Findings, count_findings
from engine.projection.history import History
from engine.replay.streams import Streams
from engine.report.baseline import known_findings, read_baseline, with_known
from engine.report.call import Call
from engine.report.emit import Output
from engine.report.page import Page
from engine.report.quarantine import quarantine_frame
from engine.report.write import write_frame
from engine.sources import audit

__all__ = ["command"]


@click.command("audit")
@source_options
@finding_output_options
@finding_options
@click.option(
    "--quarantine",
    metavar="FILE",
    help="Write the rejected rows there, with code and reason, as CSV (or .json, .jsonl).",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="Findings that this earlier jsonl or sarif has are known: they do not count for the exit "
    "status.",
)
@across_options("the earliest thousand of each code")
@click.option(
    "--repairs",
    is_flag=True,
    help="With each error the fewest edits that would leave none in its record.",
)
def command(
    source: tuple[str, ...],
    place: Destination,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quarantine: str | None,
    baseline: str | None,
    across: bool | None,
    reschedule_window: float | None,
    repairs: bool,
    fail_on: str,
    **reading: Any,
) -> int:
    """Say what cannot be true in the reports, and sum them up."""
    if quarantine == "-":
        raise UsageError("--quarantine needs a file: standard output holds the audit.")
    rejects_form = None if quarantine is None else form_of_rejects(quarantine, place.file)
    known_before = None if baseline is None else read_baseline(baseline)
    with place:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        asked = any(code.strip().upper().startswith("X") for code in split_codes(select))
        if across is False and asked:
            raise UsageError("--no-across leaves out the X codes that --select asks for.")
        looking = {**reading, **beyond, "across": asked or across}
        result = audit(source, progress=place.stage, **given(looking))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        if quarantine is not None:
            spare(quarantine, [*source, *result.records.files])
        place.stage("replaying")
        chosen = result.found(split_codes(select), split_codes(ignore))
        if repairs:
            place.stage("repairing")
            result.repaired  # noqa: B018 - computed once, where progress names it
        if quarantine is not None and rejects_form is not None:
            with whole_file(quarantine) as file:
                write_frame(quarantine_frame(result.records.rejects), rejects_form, file)
        call = call_of(source, reading, zones, beyond)
        new, known = chosen, None
        if known_before is not None:
            known = known_findings(result.findings_as_frame(chosen), known_before)
            new = chosen.take(np.flatnonzero(~known))

        def table() -> Frame:
            frame = result.findings_as_frame(chosen, repairs=repairs)
            return frame if known is None else with_known(frame, known)

        def page() -> Page:
            return _page(
                result,
                chosen,
                call,
                pictures=place.form == "html",
                quarantine=quarantine,
                repairs=result.repaired if repairs else None,
                baseline=baseline,
                known=len(chosen) - len(new),
            )

        place.emit(
            Output(
                page=page,
                table=table,
                head=lambda: {"summary": msgspec.to_builtins(result.summary)},
                fail_on=fail_on,
            )
        )
    unlisted = [] if place.for_people else _unlisted(chosen)
    place.tell([*result.records.notes, *unlisted], zones)
    return int(fails(count_findings(new), fail_on))


def _unlisted(chosen: Findings) -> list[str]:
    """Say which of the selected findings are not listed."""
    listed = count_findings(chosen)
    return [
        f"{code}: the earliest {listed[code]:,} of {listed[code] + count:,} findings are listed; "
        "--across lists all."
        for code, count in chosen.unlisted().items()
    ]


def _page(result: Audit, chosen: Findings, call: Call, *, pictures: bool, **more: Any) -> Page:
    from engine.report.hints import gather, hints
    from engine.report.pages.audit import AuditPage, audit_page

    def replayed(streams: Streams) -> tuple[History, Findings]:
        history = result.replayed(streams)
        return history, result.found_in(history)

    facts = gather(result.history, result.found())
    return audit_page(
        AuditPage(
            call=call,
            summary=result.summary,
            history=result.history,
            chosen=chosen,
            facts=facts,
            hints=hints(result.summary, facts),
            replayed=replayed if pictures else None,
            **more,
        )
    )
