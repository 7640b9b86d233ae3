"""``learner-engine audit``."""

from __future__ import annotations

from typing import Any, BinaryIO

import click
import msgspec

from engine.auditor import Audit
from engine.cli.destination import Destination, form_of_rejects, spare, whole_file
from engine.cli.options import (
    across_options,
    call_of,
    fails,
    finding_options,
    given,
    output_options,
    source_options,
    split_codes,
    tell,
    zones_of,
)
from engine.cli.progress import Progress
from engine.columns.frame import Frame
from engine.columns.slices import beside
from engine.errors import UsageError
from engine.output.call import Call
from engine.output.quarantine import quarantine_frame
from engine.output.write import write_frame, write_json_object
from engine.projection.findings import Findings, count_findings
from engine.sources import audit

__all__ = ["command"]


@click.command("audit")
@source_options
@output_options
@finding_options
@click.option(
    "--quarantine",
    metavar="FILE",
    help="Write the rejected rows there, with code and reason, as CSV (or .json, .jsonl).",
)
@across_options("the earliest thousand of each code")
@click.option(
    "--repairs",
    is_flag=True,
    help="With each error the fewest edits that would leave none in its record.",
)
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    quiet: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quarantine: str | None,
    across: bool | None,
    reschedule_window: float | None,
    repairs: bool,
    fail_on: str,
    **reading: Any,
) -> int:
    """Say what cannot be true in the reports, and sum them up."""
    place = Destination(form, output)
    if quarantine == "-":
        raise UsageError("--quarantine needs a file: standard output holds the audit.")
    rejects_form = None if quarantine is None else form_of_rejects(quarantine, place.file)
    with Progress(quiet=quiet) as progress:
        beyond = {"across": across, "reschedule_window": reschedule_window}
        asked = any(code.strip().upper().startswith("X") for code in split_codes(select))
        if across is False and asked:
            raise UsageError("--no-across leaves out the X codes that --select asks for.")
        looking = {**reading, **beyond, "across": asked or across}
        result = audit(source, progress=progress.stage, **given(looking))
        place.spare([*source, *result.records.files])
        zones = zones_of(reading, result.records)
        if quarantine is not None:
            spare(quarantine, [*source, *result.records.files])
        progress.stage("replaying")
        chosen = result.found(split_codes(select), split_codes(ignore))
        if repairs:
            progress.stage("repairing")
            result.repaired  # noqa: B018 - computed once, where progress names it
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        if quarantine is not None and rejects_form is not None:
            with whole_file(quarantine) as file:
                write_frame(quarantine_frame(result.records.rejects), rejects_form, file)
        with place.open() as out:
            if place.form == "text":
                call = call_of(source, reading, zones, beyond)
                _print_page(result, chosen, call, quarantine, repairs, out)
            else:
                _write(result, chosen, repairs, place.form, out)
    unlisted = [] if place.form == "text" else _unlisted(chosen)
    tell([*result.records.notes, *unlisted], zones, form=place.form, quiet=quiet)
    return int(fails(count_findings(chosen), fail_on))


def _unlisted(chosen: Findings) -> list[str]:
    """Say which of the selected findings are not listed."""
    listed = count_findings(chosen)
    return [
        f"{code}: the earliest {listed[code]:,} of {listed[code] + count:,} findings are listed; "
        "--across lists all."
        for code, count in chosen.unlisted().items()
    ]


def _write(result: Audit, chosen: Findings, repairs: bool, form: str, out: BinaryIO) -> None:
    def frame() -> Frame:
        return result.findings_as_frame(chosen, repairs=repairs)

    if form == "json":
        with beside(lambda: msgspec.to_builtins(result.summary)) as summary:
            found = frame()
            write_json_object({"summary": summary()}, "findings", found, out)
    else:
        write_frame(frame(), form, out)


def _print_page(
    result: Audit,
    chosen: Findings,
    call: Call,
    quarantine: str | None,
    repairs: bool,
    out: BinaryIO,
) -> None:
    from engine.output.audit_text import AuditPage, print_audit
    from engine.output.hints import gather, hints
    from engine.output.terminal import page

    facts = gather(result.history, result.found())
    with page(out) as console:
        print_audit(
            console,
            AuditPage(
                call=call,
                summary=result.summary,
                history=result.history,
                chosen=chosen,
                facts=facts,
                hints=hints(result.summary, facts),
                quarantine=quarantine,
                repairs=result.repaired if repairs else None,
            ),
        )
