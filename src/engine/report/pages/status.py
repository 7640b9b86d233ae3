"""Records and intervals as pages for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.columns.frame import Frame, Numbers
from engine.instants import format_utc
from engine.report.call import Call
from engine.report.page import (
    Bar,
    Bars,
    Block,
    Column,
    Gap,
    Heading,
    Page,
    Prose,
    Span,
    Steps,
    Table,
)
from engine.report.words import NO_VERSION, counted, either, number

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "FIRST",
    "MOST",
    "first_rows",
    "foot",
    "instant",
    "intervals_page",
    "rest",
    "status_bars",
    "status_page",
]

MOST: Final = 200
"""Rows that a page shows in full."""

FIRST: Final = 50
"""Rows that it shows of a longer table."""

_FACTS: Final = ("enrolled", "started", "completed", "certified", "revoked")

_STATUS_COLUMNS: Final = (
    *map(Column, ("Learner", "Content", "Status")),
    Column("Since", "time"),
    Column("Facts"),
)

_INTERVAL_COLUMNS: Final = (
    *map(Column, ("Learner", "Content", "Status")),
    Column("From", "time"),
    Column("To", "time"),
    Column("Opened by"),
    Column("Row", "number"),
)


def instant(at: datetime | None) -> str:
    """Return a time as ISO 8601 in UTC; empty if there is none."""
    if at is None:
        return ""
    return format_utc(int(np.datetime64(at.replace(tzinfo=None), "us").astype(np.int64)))


def status_bars(statuses: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return how many records are in each status, without the statuses that none has."""
    return tuple(
        Bar(status.replace("_", " "), count, status) for status, count in statuses.items() if count
    )


_FILTERS: Final = frozenset({"--status", "--validity", "--holding-certificate"})

_VALIDITY_COLUMNS: Final = (Column("Validity"), Column("Until", "time"))


def status_page(frame: Frame, call: Call, as_of: str | None, chosen: Sequence[str] = ()) -> Page:
    """Return one line a record, and the totals; of a long table its first rows.

    ``chosen`` are the options that chose these records, to write the next command from.
    """
    moment = f"as of {as_of}" if as_of is not None else "after every event"
    title = f"Status {moment}, from {call.title}"
    if not len(frame):
        nothing = f"No record has an event {'up to then' if as_of is not None else 'at all'}."
        if _FILTERS.intersection(chosen):
            nothing = "No record is such."
        return Page(title, (Prose(nothing), *foot(call)))
    columns = _STATUS_COLUMNS + (_VALIDITY_COLUMNS if "validity" in frame.columns else ())
    again = () if as_of is None else ("--as-of", as_of)
    rows = tuple(_status_row(row) for row in first_rows(frame).rows())
    command = call.command("status", *again, *chosen, "-o", "status.csv")
    return Page(
        title,
        (
            Table("Records", columns, rows),
            *rest(frame, command),
            *_totals(frame),
            *foot(call),
        ),
    )


def _status_row(row: dict[str, Any]) -> tuple[str | Span, ...]:
    facts = [f"{name} {row[f'{name}_at']:%Y-%m-%d}" for name in _FACTS if row[f"{name}_at"]]
    if row["cycles"] > 1:
        facts.append(f"{row['cycles']} enrolment cycles")
    for count, noun in ((row["errors"], "error"), (row["warnings"], "warning")):
        if count:
            facts.append(counted(count, noun))
    return (
        row["learner"] or "",
        row["content_title"] or "",
        _status(row),
        instant(row["since"]),
        ", ".join(facts),
        *((row["validity"], instant(row["valid_until"])) if "validity" in row else ()),
    )


def _status(row: dict[str, Any]) -> Span:
    status = str(row["status"])
    text = status.replace("_", " ")
    if status == "uncertain":
        text += f": {either(row['possible'])}"
    return Span(text, status)


def _totals(frame: Frame) -> Iterator[Block]:
    errors = frame.columns["errors"]
    assert isinstance(errors, Numbers)
    yield Heading(f"{counted(len(frame), 'record')} in all")
    yield Bars("Records by status", status_bars(frame.counts("status")), len(frame), drawn=False)
    if "validity" in frame.columns:
        validities = tuple(Bar(name, count) for name, count in frame.counts("validity").items())
        yield Bars("Records by validity", validities, len(frame), drawn=False)
    faulty = int(np.count_nonzero(errors.values))
    if faulty:
        yield Prose(
            f"{counted(faulty, 'record')} of these hold something impossible (see audit): their "
            "status is what follows if every row is taken at its word."
        )


def intervals_page(frame: Frame, call: Call, chosen: Sequence[str] = ()) -> Page:
    """Return one line an interval; of a long table its first rows. ``chosen``: as above."""
    title = f"Status intervals, from {call.title}"
    if not len(frame):
        return Page(title, (Prose("No record has an event."), *foot(call)))
    rows = tuple(_interval_row(row) for row in first_rows(frame).rows())
    command = call.command("timeline", "--all", *chosen, "-o", "timeline.csv")
    blocks = Table("Intervals", _INTERVAL_COLUMNS, rows), *rest(frame, command), *foot(call)
    return Page(title, blocks)


def _interval_row(row: dict[str, Any]) -> tuple[str | Span, ...]:
    return (
        row["learner"] or "",
        row["content_title"] or "",
        _status(row),
        instant(row["valid_from"]),
        instant(row["valid_to"]) or "open",
        f"{row['type']} / {row['source']}",
        str(row["row"]),
    )


def first_rows(frame: Frame) -> Frame:
    """Return the rows of a table that a page shows."""
    return frame.take(np.arange(FIRST)) if len(frame) > MOST else frame


def rest(frame: Frame, command: str) -> Iterator[Block]:
    """Yield how many rows a page leaves out, and the command that writes them all."""
    if len(frame) > MOST:
        yield Gap()
        yield Prose(f"These are the first {FIRST} of {number(len(frame))} rows. All of them:")
        yield Steps(((command, ""),), indent=4)


def foot(call: Call) -> Iterator[Block]:
    """Yield what holds of every table: the time zone, and what no report says."""
    yield Gap()
    yield Prose(f"{call.zones.sentence} {NO_VERSION}", "quiet")
