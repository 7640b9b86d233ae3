"""``learner-engine compare``."""

from __future__ import annotations

from typing import Any, BinaryIO

import click
import msgspec

from engine.cli.destination import Destination
from engine.cli.options import (
    call_of,
    fails,
    finding_options,
    given,
    output_options,
    reading_options,
    split_codes,
    tell,
    zones_of,
)
from engine.cli.progress import Progress
from engine.columns.frame import Frame
from engine.comparison import Comparison, compare, stores_of
from engine.errors import UsageError
from engine.output.call import Call
from engine.output.terminal import page
from engine.output.write import write_frame, write_json_object

__all__ = ["command"]


@click.command("compare")
@click.argument("old")
@click.argument("new")
@reading_options
@output_options
@finding_options
def command(
    old: str,
    new: str,
    form: str | None,
    output: str | None,
    quiet: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    **reading: Any,
) -> int:
    """Say where two reports, an earlier and a later one, disagree on the time that both cover.

    Each is a report, a folder of them, an import of a store (STORE@3), or a store as a whole.
    Rows that vanished, were rewritten or were dated back, and statuses that are told otherwise.
    """
    place = Destination(form, output)
    if old == new == "-":
        raise UsageError("compare reads two reports; only one of them can be standard input.")
    with Progress(quiet=quiet) as progress:
        result = compare(old, new, progress=progress.stage, **given(reading))
        stores = [store for side in (old, new) for store in stores_of(side)]
        place.spare([*stores, *result.old.records.files, *result.new.records.files])
        zones = zones_of(reading, result.old.records, result.new.records)
        progress.stage("comparing")
        frame = result.findings_of(split_codes(select), split_codes(ignore))
        progress.stage("writing")
        if place.on_terminal:
            progress.stop()
        with place.open() as out:
            if place.form == "text":
                _print_page(result, frame, call_of((old, new), reading, zones), out)
            elif place.form == "json":
                head = {"summary": msgspec.to_builtins(result.summary)}
                write_json_object(head, "findings", frame, out)
            else:
                write_frame(frame, place.form, out)
    tell(result.notes, zones, form=place.form, quiet=quiet)
    return int(fails(frame.counts("code"), fail_on))


def _histories(old: str, new: str) -> dict[str, str]:
    """Where a learner's history is: of one import alone no command tells it."""
    found: dict[str, str] = {}
    for source, which in ((old, "earlier"), (new, "later")):
        stores = stores_of(source)
        found |= dict.fromkeys(stores, "the store") or {source: f"the {which} report"}
    return found


def _print_page(result: Comparison, frame: Frame, call: Call, out: BinaryIO) -> None:
    from engine.output.compare_text import ComparePage, print_comparison

    with page(out) as console:
        print_comparison(
            console,
            ComparePage(
                call=call,
                summary=result.summary,
                hints=result.hints,
                frame=frame,
                histories=_histories(*call.source),
            ),
        )
