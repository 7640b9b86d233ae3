"""Repairs as a page for people: each record with what would make it possible."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from engine.columns.frame import Frame
from engine.projection.repairs import KINDS, Repairs
from engine.report.call import Call
from engine.report.page import Block, Column, Gap, Line, Page, Prose, Span, Steps, Table
from engine.report.pages.status import FIRST, MOST
from engine.report.plain import short
from engine.report.words import NO_VERSION, counted, number, share

__all__ = ["RepairsPage", "repairs_page"]

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


def repairs_page(given: RepairsPage) -> Page:
    """Return the page."""
    return Page(f"Repairs of {given.call.title}", tuple(_blocks(given)))


def _blocks(given: RepairsPage) -> Iterator[Block]:
    if not given.streams:
        yield Prose("No row of the report became an event, so there is nothing to repair.")
    elif not len(given.repairs.streams):
        yield Prose(f"None: nothing impossible is in any of {counted(given.streams, 'record')}.")
    else:
        yield from _totals(given)
        yield from _records(given)
    yield Gap()
    yield Prose(
        "A repair is the least change that would explain a record. It is no proof of what "
        "happened: ask before anything is corrected.",
        "quiet",
    )
    yield Prose(NO_VERSION, "quiet")


def _totals(given: RepairsPage) -> Iterator[Block]:
    repairs = given.repairs
    broken, edits = len(repairs.streams), counted(len(repairs), "edit")
    yield Prose(
        f"{number(broken)} of {counted(given.streams, 'record')} cannot be true as reported "
        f"({share(broken, given.streams)}). "
        + (
            f"No fewer than {edits} would make the records possible:"
            if repairs.optimal.all()
            else f"With {edits} the records would be possible:"
        )
    )
    counts = np.bincount(repairs.kind, minlength=len(KINDS)).tolist()
    yield Table(
        "Edits by kind",
        (Column("Edit"), Column("Edits", "number"), Column("What it says", tone="quiet")),
        tuple(
            (kind.value, number(count), _SAID[kind.value])
            for kind, count in zip(KINDS, counts, strict=True)
            if count
        ),
        headed=False,
    )
    missed = int(np.count_nonzero(~repairs.optimal))
    if missed:
        yield Prose(
            f"{counted(missed, 'record')} {'is' if missed == 1 else 'are'} too long or too far "
            "from possible to search in full: fewer edits may do there."
        )


def _records(given: RepairsPage) -> Iterator[Block]:
    frame = given.frame
    shown = frame if len(frame) <= MOST else frame.take(np.arange(FIRST))
    heading = None
    for row in shown.rows():
        who = tuple(row[name] for name in ("learner", "content_title", "panorama", "content_type"))
        if who != heading:
            heading = who
            yield Gap()
            named = " · ".join(
                short(part) for part in (row["learner"], row["content_title"]) if part
            )
            errors = counted(row["errors"], "error")
            yield Line((Span(f"  {named}", "strong"), Span(f"  {errors}", "quiet")))
        yield Prose(row["message"] + ("" if row["optimal"] else " (fewer edits may do)"), indent=6)
    if len(frame) > len(shown):
        yield Gap()
        yield Prose(f"These are the first {number(len(shown))} of {counted(len(frame), 'edit')}.")
        command = given.call.command("repairs", "-o", "repairs.csv")
        yield Steps(((command, "all of them, as a table"),))
