"""What the records of each content, client, type or month come to, as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from engine.columns.frame import Frame
from engine.report.call import Call
from engine.report.page import Block, Column, Heading, Page, Prose, Table
from engine.report.pages.status import first_rows, foot, rest
from engine.report.words import number, share

__all__ = ["summary_page"]

_OF: Final = {
    "content": "content",
    "panorama": "client (Panorama)",
    "content_type": "type of content",
    "month": "month",
}

_STATUSES: Final = ("enrolled", "started", "completed", "certified", "revoked", "uncertain")
_VALIDITIES: Final = (
    "valid",
    "expiring",
    "expired",
    "no_certificate",
    "unlimited",
    "validity_uncertain",
)


def summary_page(
    frame: Frame, call: Call, by: str, as_of: str | None, again: Sequence[str]
) -> Page:
    """Return one line a group; of a long table its first rows.

    ``again`` are the options of the call, to write the next command from.
    """
    moment = f"as of {as_of}" if as_of is not None else "after every event"
    if by == "month":
        moment = "at the end of each month" + (f", to {as_of}" if as_of is not None else "")
    title = f"Records by {_OF[by]}, {moment}, from {call.title}"
    if not len(frame):
        nothing = f"No record has an event {'up to then' if as_of is not None else 'at all'}."
        return Page(title, (Prose(nothing), *foot(call)))
    rows = first_rows(frame).rows()
    command = call.command("summary", *again, "-o", "summary.csv")
    return Page(title, (*_tables(rows, by), *rest(frame, command), *foot(call)))


def _tables(rows: list[dict[str, Any]], by: str) -> Iterator[Block]:
    head = Column(_OF[by].capitalize())
    columns = (head, *(Column(name.capitalize(), "number") for name in ("records", *_STATUSES)))
    numbers = tuple(
        (_group(row, by), *(number(row[name]) for name in ("records", *_STATUSES))) for row in rows
    )
    yield Table(f"Records by {_OF[by]} and status", columns, numbers)
    names = ("Ever completed", "Share", "Median days", "Ever certified", "Errors")
    columns = (head, *(Column(name, "number") for name in names))
    yield Heading("Completions")
    yield Table("Completions", columns, tuple(_completions(row, by) for row in rows))
    if "valid" in rows[0]:
        words = (name.replace("_", " ").capitalize() for name in _VALIDITIES)
        columns = (head, *(Column(name, "number") for name in words))
        numbers = tuple(
            (_group(row, by), *(number(row[name]) for name in _VALIDITIES)) for row in rows
        )
        yield Heading("Validity")
        yield Table("Validity", columns, numbers)


def _completions(row: dict[str, Any], by: str) -> tuple[str, ...]:
    days = row["median_days_to_completion"]
    return (
        _group(row, by),
        number(row["ever_completed"]),
        share(row["ever_completed"], row["records"]),
        "–" if days is None else f"{days:,.1f}",
        number(row["ever_certified"]),
        number(row["errors"]),
    )


def _group(row: dict[str, Any], by: str) -> str:
    return str(row["group"] or ("(main site)" if by == "panorama" else "(none)"))
