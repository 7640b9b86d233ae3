"""``learner-engine reconcile``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from engine.cli.destination import Destination, form_of_rejects, spare, whole_file
from engine.cli.options import (
    call_of,
    chosen,
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
from engine.reconciliation import Reconciliation, reconcile
from engine.report.call import Call
from engine.report.emit import Output
from engine.report.page import Page
from engine.report.quarantine import unread_frame
from engine.report.write import write_frame

__all__ = ["command"]


@click.command("reconcile")
@source_options
@click.option(
    "--against",
    required=True,
    metavar="FILE",
    help="The platform's list of current statuses: CSV, xlsx, JSON or Parquet.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column of the list holds a field; may be repeated.",
)
@click.option(
    "--word",
    "words",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What a status word of the list stands for, such as passed=completed; may be repeated.",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="When the list was made; a date means its end.  [default: after every event]",
)
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option(
    "--quarantine",
    metavar="FILE",
    help="Write the rows of the list that were not understood there, with the reason.",
)
@finding_output_options
@finding_options
def command(
    source: tuple[str, ...],
    against: str,
    mapping: tuple[str, ...],
    words: tuple[str, ...],
    as_of: str | None,
    learner: str | None,
    content: str | None,
    quarantine: str | None,
    place: Destination,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    **reading: Any,
) -> int:
    """Compare what the reports come to with the platform's own list of statuses."""
    if quarantine == "-":
        raise UsageError("--quarantine needs a file: standard output holds the findings.")
    rejects_form = None if quarantine is None else form_of_rejects(quarantine, place.file)
    if against == "-" and "-" in source:
        raise UsageError("only one of the files can be standard input.")
    with place:
        result = reconcile(
            source,
            against=against,
            as_of=as_of,
            columns=_pairs("--map", mapping),
            words=_pairs("--word", words),
            learner=learner,
            content=content,
            progress=place.stage,
            **given(reading),
        )
        zones = zones_of(reading, result.audit.records)
        read = [*result.audit.records.files, against]
        place.spare(read)
        if quarantine is not None:
            spare(quarantine, read)
        frame = result.findings_of(split_codes(select), split_codes(ignore))
        if quarantine is not None and rejects_form is not None:
            with whole_file(quarantine) as file:
                write_frame(unread_frame(result.unread), rejects_form, file)
        extra = [
            *("--against", against),
            *(word for each in mapping for word in ("--map", each)),
            *(word for each in words for word in ("--word", each)),
            *(() if as_of is None else ("--as-of", as_of)),
            *chosen(learner, content),
        ]
        call = call_of(source, reading, zones)
        place.emit(
            Output(
                page=lambda: _page(result, frame, call, extra, against, quarantine),
                table=lambda: frame,
                head=lambda: {
                    "summary": msgspec.to_builtins(result.summary),
                    "unread": unread_frame(result.unread).rows(),
                },
                fail_on=fail_on,
            )
        )
    notes = list(result.notes)
    if result.unread and not place.for_people:
        notes.append(
            f"{against}: rows that were not understood were compared with nothing "
            f"({len(result.unread):,}); --quarantine FILE lists them."
        )
    place.tell(notes, zones)
    return int(fails(frame.counts("code"), fail_on))


def _pairs(option: str, values: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, equals, meaning = value.partition("=")
        if not (name.strip() and equals and meaning.strip()):
            raise UsageError(f"{option} {value!r} is not of the form NAME=VALUE.")
        pairs[name.strip()] = meaning.strip()
    return pairs


def _page(
    result: Reconciliation,
    frame: Frame,
    call: Call,
    extra: Sequence[str],
    against: str,
    quarantine: str | None,
) -> Page:
    from engine.report.pages.reconcile import ReconcilePage, reconcile_page

    return reconcile_page(
        ReconcilePage(
            call=call,
            extra=tuple(extra),
            against=against,
            summary=result.summary,
            hints=result.hints,
            frame=frame,
            unread=result.unread,
            quarantine=quarantine,
        )
    )
