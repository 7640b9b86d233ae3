"""``learner-engine compare``."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from engine.cli.destination import Destination
from engine.cli.options import (
    call_of,
    fails,
    finding_options,
    finding_output_options,
    given,
    reading_options,
    split_codes,
    zones_of,
)
from engine.columns.frame import Frame
from engine.comparison import Comparison, compare, stores_of
from engine.errors import UsageError
from engine.report.call import Call
from engine.report.emit import Output
from engine.report.page import Page

__all__ = ["command"]


@click.command("compare")
@click.argument("old")
@click.argument("new")
@reading_options
@finding_output_options
@finding_options
def command(
    old: str,
    new: str,
    place: Destination,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    **reading: Any,
) -> int:
    """Say where two reports, an earlier and a later one, disagree on the time that both cover.

    Each is a report, a folder of them, an import of a store (STORE@3), or a store as a whole.
    Rows that vanished, were rewritten or were dated back, and statuses that are told otherwise.
    """
    if old == new == "-":
        raise UsageError("compare reads two reports; only one of them can be standard input.")
    with place:
        result = compare(old, new, progress=place.stage, **given(reading))
        stores = [store for side in (old, new) for store in stores_of(side)]
        place.spare([*stores, *result.old.records.files, *result.new.records.files])
        zones = zones_of(reading, result.old.records, result.new.records)
        place.stage("comparing")
        frame = result.findings_of(split_codes(select), split_codes(ignore))
        call = call_of((old, new), reading, zones)
        place.emit(
            Output(
                page=lambda: _page(result, frame, call),
                table=lambda: frame,
                head=lambda: {"summary": msgspec.to_builtins(result.summary)},
                fail_on=fail_on,
            )
        )
    place.tell(result.notes, zones)
    return int(fails(frame.counts("code"), fail_on))


def _histories(old: str, new: str) -> dict[str, str]:
    """Where a learner's history is: of one import alone no command tells it."""
    found: dict[str, str] = {}
    for source, which in ((old, "earlier"), (new, "later")):
        stores = stores_of(source)
        found |= dict.fromkeys(stores, "the store") or {source: f"the {which} report"}
    return found


def _page(result: Comparison, frame: Frame, call: Call) -> Page:
    from engine.report.pages.compare import ComparePage, compare_page

    return compare_page(
        ComparePage(
            call=call,
            summary=result.summary,
            hints=result.hints,
            frame=frame,
            histories=_histories(*call.source),
        )
    )
