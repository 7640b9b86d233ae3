"""What this program makes of a report in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final, Literal

import msgspec
import pyarrow as pa

from engine.auditor import Audit
from engine.columns import arrow
from engine.dialects.usual import classify
from engine.instants import TimestampRules
from engine.intake.encode import encode
from engine.intake.rows import RawTable
from engine.lifecycle.belief import statuses
from engine.options import Options
from engine.replay.scalar import replay
from engine.testing.notation import History
from engine.testing.report import COLUMNS, Report

__all__ = ["Expected", "HistoryKind", "Key", "Values", "audit_of", "expected", "plain"]

HistoryKind = Literal["complete", "partial"]

Key = tuple[str, str]
"""Learner and content title, as semantics.md §1 normalises them."""

Values = dict[str, Any]

_FIELDS: Final = dict(zip(COLUMNS, ("email", "panorama", *COLUMNS[2:]), strict=True))

_NEVER: Final = 2**62
"""A moment after all events: nothing here may hang on the clock."""


class Expected(msgspec.Struct, frozen=True):
    """What one record comes to; ``values`` holds only what is certain."""

    learner: str
    content_title: str
    values: Values
    possible: tuple[str, ...]


def audit_of(report: Report, history: HistoryKind = "complete") -> Audit:
    """Return the audit of a report, as the command would make it of the file."""
    table = report.to_arrow()
    columns = {_FIELDS[name]: table.column(name) for name in COLUMNS[:-1]}
    stamps = pa.chunked_array([arrow.texts(event.at.isoformat() for event in report)])
    raw = RawTable(file="report.csv", columns={**columns, "timestamp": stamps})
    return Audit(encode([raw], TimestampRules(), now=_NEVER), Options(history=history, now=_NEVER))


def expected(
    report: Report, *, compare: Sequence[str] = ("status",), history: HistoryKind = "complete"
) -> list[Expected]:
    """Return what each record comes to.

    A status is there only where it is certain; a date or a count only where nothing in the record
    is uncertain or tied at any time.
    """
    # The pure core is asked, not the audit: for ten rows that is twenty times faster, and a search
    # asks a thousand times.
    found = []
    facts = [field for field in compare if field != "status"]
    rows = audit_of(report, history).status().rows() if facts else []
    known = {(row["learner"], row["content_title"]): row for row in rows}
    for events in report.histories:
        instants = _instants(events)
        _, outcomes = replay(instants, partial=history == "partial")
        possible = [statuses(outcome.belief) for outcome in outcomes]
        key = events[0].learner, events[0].content_title
        values: Values = {}
        if len(possible[-1]) == 1:
            values["status"] = possible[-1][0].label
            if len(instants) == len(events) and all(len(each) == 1 for each in possible):
                values |= {field: plain(known[key][field]) for field in facts}
        values = {field: values[field] for field in compare if field in values}
        found.append(Expected(*key, values, tuple(status.label for status in possible[-1])))
    return found


def _instants(events: History) -> list[tuple[Any, ...]]:
    tied = [list(each) for _, each in groupby(events, key=lambda event: event.at)]
    return [
        tuple(sorted(classify(event.type, event.source).action or 0 for event in each))
        for each in tied
    ]


def plain(value: Any) -> Any:
    """None for whatever means nothing, and moments in UTC, to compare them across libraries."""
    if value is None or value != value:  # NaN and NaT differ from themselves.
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
