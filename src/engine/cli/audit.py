"""``learner-engine audit``."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import click
import msgspec

from engine.auditor import Audit, audit
from engine.cli.destination import Destination, spare, whole_file
from engine.cli.options import (
    call_of,
    given,
    output_options,
    source_options,
    split_codes,
    tell,
)
from engine.cli.progress import Progress
from engine.errors import UsageError
from engine.findings.catalogue import CATALOGUE, Severity
from engine.output.call import Call
from engine.output.quarantine import quarantine_frame
from engine.output.write import format_of_name, write_frame, write_json_object
from engine.projection.findings import Findings, count_findings

__all__ = ["command"]

_LEAST: Final = {
    "error": Severity.ERROR.rank,
    "warning": Severity.WARNING.rank,
    "info": Severity.INFO.rank,
    "never": Severity.ERROR.rank + 1,
}
"""--fail-on → the least rank that fails."""


@click.command("audit")
@source_options
@output_options
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    help="Only these codes or prefixes (S2,S104); may be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODES",
    help="Not these codes or prefixes; may be repeated.",
)
@click.option(
    "--quarantine",
    metavar="FILE",
    help="Write the rejected rows there, with code and reason, as CSV (or .json, .jsonl).",
)
@click.option(
    "--across",
    is_flag=True,
    help="Also what only several records together show (X codes).",
)
@click.option(
    "--reschedule-window",
    type=float,
    metavar="HOURS",
    show_default="24",
    help="How far apart the two halves of a move to another session may be (X201).",
)
@click.option(
    "--repairs",
    is_flag=True,
    help="With each error the fewest edits that would leave none in its record.",
)
@click.option(
    "--fail-on",
    type=click.Choice(tuple(_LEAST)),
    default="error",
    show_default=True,
    help="Exit with status 1 if a selected finding is at least this severe.",
)
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    quiet: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quarantine: str | None,
    across: bool,
    reschedule_window: float | None,
    repairs: bool,
    fail_on: str,
    **reading: Any,
) -> int:
    """Say what cannot be true in the reports, and sum them up."""
    place = Destination(form, output)
    if quarantine == "-":
        raise UsageError("--quarantine needs a file: standard output holds the audit.")
    with Progress(quiet=quiet) as progress:
        # To ask for an X code, or how it is judged, is to ask for what is across records.
        asked = any(code.strip().upper().startswith("X") for code in split_codes(select))
        across = across or asked or reschedule_window is not None
        options = given({**reading, "across": across, "reschedule_window": reschedule_window})
        result = audit(source, progress=progress.stage, **options)
        place.spare(result.records.files)
        if quarantine is not None:
            spare(quarantine, [*result.records.files, *([place.file] if place.file else [])])
        progress.stage("replaying")
        chosen = result.found(split_codes(select), split_codes(ignore))
        if repairs:
            progress.stage("repairing")
            result.repaired  # noqa: B018 - computed once, where progress names it
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        if quarantine is not None:
            with whole_file(quarantine) as file:
                rejected = quarantine_frame(result.records.quarantine)
                write_frame(rejected, _form_of(quarantine), file)
        with place.open() as out:
            if place.form == "text":
                assumed = reading["timezone"] is None
                call = call_of(source, reading)
                _print_page(result, chosen, call, assumed, quarantine, repairs, out)
            else:
                _write(result, chosen, repairs, place.form, out)
    tell(result.records.notes, reading, form=place.form, quiet=quiet)
    return int(_worst(chosen) >= _LEAST[fail_on])


def _form_of(quarantine: str) -> str:
    form = format_of_name(quarantine)
    return "csv" if form in (None, "text") else str(form)


def _worst(chosen: Findings) -> int:
    """The rank of the most severe finding, −1 without any."""
    return max((CATALOGUE[code].severity.rank for code in count_findings(chosen)), default=-1)


def _write(result: Audit, chosen: Findings, repairs: bool, form: str, out: BinaryIO) -> None:
    frame = result.findings_as_frame(chosen, repairs=repairs)
    if form == "json":
        head = {"summary": msgspec.to_builtins(result.summary)}
        write_json_object(head, "findings", frame, out)
    else:
        write_frame(frame, form, out)


def _print_page(
    result: Audit,
    chosen: Findings,
    call: Call,
    assumed_zone: bool,
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
                assumed_zone=assumed_zone,
                quarantine=quarantine,
                repairs=result.repaired if repairs else None,
            ),
        )
