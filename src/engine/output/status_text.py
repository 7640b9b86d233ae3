"""Records and intervals as pages for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.text import Text

from engine.columns.frame import Coded, Frame, Numbers
from engine.instants import format_utc
from engine.output.call import Call
from engine.output.paragraphs import Paragraphs, cell
from engine.output.words import NO_VERSION, counted, either, number, share

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

__all__ = ["FIRST", "MOST", "instant", "print_intervals", "print_status"]

MOST: Final = 200
"""Rows that a page shows in full."""

FIRST: Final = 50
"""Rows that it shows of a longer table."""

_FACTS: Final = ("enrolled", "started", "completed", "certified", "revoked")

_STATUS_STYLES: Final = {
    "completed": "green",
    "certified": "bold green",
    "revoked": "red",
    "uncertain": "yellow",
}


def instant(at: datetime | None) -> str:
    """Return a time as ISO 8601 in UTC; empty if there is none."""
    if at is None:
        return ""
    return format_utc(int(np.datetime64(at.replace(tzinfo=None), "us").astype(np.int64)))


def print_status(
    console: Console, frame: Frame, call: Call, as_of: str | None, chosen: Sequence[str] = ()
) -> None:
    """Print one line a record, and the totals; of a long table its first rows.

    ``chosen`` are the options that chose these records, to write the next command from.
    """
    page = Paragraphs(console)
    moment = f"as of {as_of}" if as_of is not None else "after every event"
    page.title(f"Status {moment}, from {call.title}")
    if not len(frame):
        page.prose(f"No record has an event {'up to then' if as_of is not None else 'at all'}.")
    else:
        again = () if as_of is None else ("--as-of", as_of)
        page.columns(
            [_status_row(row) for row in _head(frame).rows()],
            header=("Learner", "Content", "Status", "Since", "Facts"),
        )
        _print_rest(page, frame, call.command("status", *again, *chosen, "-o", "status.csv"))
        _print_totals(page, frame)
    _print_foot(page, call)


def _status_row(row: dict[str, Any]) -> tuple[str | Text, ...]:
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
    )


def _status(row: dict[str, Any]) -> Text:
    status = str(row["status"])
    text = status.replace("_", " ")
    if status == "uncertain":
        text += f": {either(row['possible'])}"
    return cell(text, _STATUS_STYLES.get(status, ""))


def _print_totals(page: Paragraphs, frame: Frame) -> None:
    status, errors = frame.columns["status"], frame.columns["errors"]
    assert isinstance(status, Coded)
    assert isinstance(errors, Numbers)
    names = status.values.to_pylist()
    counts = Counter({names[n]: c for n, c in enumerate(np.bincount(status.codes).tolist()) if c})
    page.heading(f"{counted(len(frame), 'record')} in all")
    page.columns(
        [
            (name.replace("_", " "), number(count), share(count, len(frame)))
            for name, count in counts.items()
        ],
        right=(1, 2),
    )
    faulty = int(np.count_nonzero(errors.values))
    if faulty:
        page.prose(
            f"{counted(faulty, 'record')} of these hold something impossible (see audit): their "
            "status is what follows if every row is taken at its word."
        )


def print_intervals(console: Console, frame: Frame, call: Call, chosen: Sequence[str] = ()) -> None:
    """Print one line an interval; of a long table its first rows. ``chosen``: as above."""
    page = Paragraphs(console)
    page.title(f"Status intervals, from {call.title}")
    if not len(frame):
        page.prose("No record has an event.")
    else:
        page.columns(
            [_interval_row(row) for row in _head(frame).rows()],
            header=("Learner", "Content", "Status", "From", "To", "Opened by", "Row"),
            right=(6,),
        )
        _print_rest(page, frame, call.command("timeline", "--all", *chosen, "-o", "timeline.csv"))
    _print_foot(page, call)


def _interval_row(row: dict[str, Any]) -> tuple[str | Text, ...]:
    return (
        row["learner"] or "",
        row["content_title"] or "",
        _status(row),
        instant(row["valid_from"]),
        instant(row["valid_to"]) or "open",
        f"{row['type']} / {row['source']}",
        str(row["row"]),
    )


def _head(frame: Frame) -> Frame:
    return frame.take(np.arange(FIRST)) if len(frame) > MOST else frame


def _print_rest(page: Paragraphs, frame: Frame, command: str) -> None:
    if len(frame) > MOST:
        page.gap()
        page.prose(f"These are the first {FIRST} of {number(len(frame))} rows. All of them:")
        page.line((f"    {command}", "bold"))


def _print_foot(page: Paragraphs, call: Call) -> None:
    page.gap()
    page.prose(f"{call.zones.sentence} {NO_VERSION}", style="dim")
