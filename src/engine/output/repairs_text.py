"""Repairs as a page for people: each record with what would make it possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.columns.frame import Frame
from engine.output.call import Call
from engine.output.paragraphs import Paragraphs
from engine.output.status_text import FIRST, MOST
from engine.output.terminal import short
from engine.output.words import NO_VERSION, counted, number, share
from engine.projection.repairs import KINDS, Repairs

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["RepairsPage", "print_repairs"]

_SAID = {
    "insert": "a row is missing",
    "drop": "a row should not be there",
    "move": "a row belongs elsewhere in the order",
}


class RepairsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    streams:
        How many records the report has.
    frame:
        The repairs as a table, in the order to show.
    """

    call: Call
    streams: int
    repairs: Repairs
    frame: Frame


def print_repairs(console: Console, given: RepairsPage) -> None:
    """Print the page."""
    page = Paragraphs(console)
    repairs = given.repairs
    page.title(f"Repairs of {given.call.title}")
    if not given.streams:
        page.prose("No row of the report became an event, so there is nothing to repair.")
    elif not len(repairs.streams):
        page.prose(f"None: nothing impossible is in any of {counted(given.streams, 'record')}.")
    else:
        _print_totals(page, given)
        _print_records(page, given)
    page.gap()
    page.prose(
        "A repair is the least change that would explain a record. It is no proof of what "
        "happened: ask before anything is corrected.",
        style="dim",
    )
    page.prose(NO_VERSION, style="dim")


def _print_totals(page: Paragraphs, given: RepairsPage) -> None:
    repairs = given.repairs
    broken = len(repairs.streams)
    page.prose(
        f"Something impossible is in {number(broken)} of {counted(given.streams, 'record')} "
        f"({share(broken, given.streams)}). No fewer than {counted(len(repairs), 'edit')} would "
        "leave nothing impossible:"
        if repairs.optimal.all()
        else f"Something impossible is in {number(broken)} of {counted(given.streams, 'record')} "
        f"({share(broken, given.streams)}). With {counted(len(repairs), 'edit')} nothing "
        "impossible would be left:"
    )
    counts = np.bincount(repairs.kind, minlength=len(KINDS)).tolist()
    page.columns(
        [
            (kind.value, number(count), _SAID[kind.value])
            for kind, count in zip(KINDS, counts, strict=True)
            if count
        ],
        right=(1,),
        styles={2: "dim"},
    )
    missed = int(np.count_nonzero(~repairs.optimal))
    if missed:
        page.prose(
            f"{counted(missed, 'record')} {'is' if missed == 1 else 'are'} too long or too far "
            "from possible to search in full: fewer edits may do there."
        )


def _print_records(page: Paragraphs, given: RepairsPage) -> None:
    frame = given.frame
    shown = frame if len(frame) <= MOST else frame.take(np.arange(FIRST))
    heading = None
    for row in shown.rows():
        who = tuple(row[name] for name in ("learner", "content_title", "panorama", "content_type"))
        if who != heading:
            heading = who
            page.gap()
            # Not wrapped: an address cut in two cannot be searched for.
            named = " · ".join(
                short(part) for part in (row["learner"], row["content_title"]) if part
            )
            errors = counted(row["errors"], "error")
            page.line((f"  {named}", "bold"), (f"  {errors}", "dim"))
        page.prose(row["message"] + ("" if row["optimal"] else " (fewer edits may do)"), indent=6)
    if len(frame) > len(shown):
        page.gap()
        page.prose(f"These are the first {number(len(shown))} of {counted(len(frame), 'edit')}.")
        page.line((f"  {given.call.command('repairs', '-o', 'repairs.csv')}", "bold"))
        page.line(("      all of them, as a table", "dim"))
