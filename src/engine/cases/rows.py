"""Rows of a report as an audit understood them, and back to a report.

Source: domain.md (the fields), semantics.md §1 and §7.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from engine.dialects.dialect import RowFault, canonical
from engine.dialects.usual import PAIRS, TYPES
from engine.instants import format_utc
from engine.records import Quarantined, Records

__all__ = ["Row", "is_listed_source", "is_listed_type", "report_of", "rows_of"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes
    ----------
    type, source:
        As published where they are.
    at:
        Microseconds since 1970; None where the cell is no time.
    timestamp:
        The cell that is no time.
    fault:
        Why the row is no record; nothing else is known of such a row.
    """

    learner: str = ""
    panorama: str = ""
    content_type: str = ""
    content_title: str = ""
    content_id: str = ""
    event_id: str = ""
    type: str = ""
    source: str = ""
    at: int | None = None
    timestamp: str = ""
    fault: str = ""


_TYPES: Final = {canonical(type_): type_ for type_ in TYPES}
_SOURCES: Final = {canonical(pair.source): pair.source for pair in PAIRS}

_SOME_TIME: Final = 0
"""Of a row that is quarantined for another reason: its time matters to nothing."""


def is_listed_type(text: str) -> bool:
    """Tell whether the vocabulary has this Type."""
    return canonical(text) in _TYPES


def is_listed_source(text: str) -> bool:
    """Tell whether the vocabulary has this Source, under whatever Type."""
    return canonical(text) in _SOURCES


def rows_of(records: Records, numbers: Iterable[int]) -> list[Row]:
    """Return records as rows; −1 − n is the n-th of ``records.rejects``."""
    chosen = list(numbers)
    rejects: dict[tuple[str, int], Quarantined] = {}
    if any(number >= 0 and not records.kept[number] for number in chosen):
        rejects = {(each.file, each.row): each for each in records.rejects}
    rows = []
    for number in chosen:
        if number < 0:
            rows.append(Row(fault=records.rejects[-1 - number].detail))
            continue
        reject = None
        if not records.kept[number]:
            place = records.files[records.file[number]], int(records.row[number])
            reject = rejects[place]
        rows.append(_row(records, number, reject))
    return rows


def _row(records: Records, number: int, reject: Quarantined | None) -> Row:
    pair = records.pairs[records.pair[number]]
    at, timestamp = int(records.at[number]), ""
    if reject is not None:
        unreadable = reject.code == RowFault.INVALID_TIMESTAMP.code
        timeless = unreadable or "timestamp" in reject.detail.split(", ")
        at, timestamp = _SOME_TIME, reject.detail if unreadable else ""
    else:
        timeless = False
    ids, contents = records.event_id, records.content_id
    return Row(
        learner=records.learners[records.learner[number]].as_py(),
        panorama=records.panoramas[records.panorama[number]].as_py(),
        content_type=records.content_types[records.content_type[number]].as_py(),
        content_title=records.content_titles[records.content_title[number]].as_py(),
        content_id="" if contents is None else records.content_ids[contents[number]].as_py(),
        event_id="" if ids is None else records.event_ids[ids[number]].as_py(),
        type=_TYPES.get(canonical(pair.type), pair.type),
        source=_SOURCES.get(canonical(pair.source), pair.source),
        at=None if timeless else at,
        timestamp=timestamp,
    )


_COLUMNS: Final = {
    "Email": "learner",
    "Panorama Name": "panorama",
    "Content Type": "content_type",
    "Content Title": "content_title",
    "Content ID": "content_id",
    "Type": "type",
    "Source": "source",
    "Timestamp": "timestamp",
    "ID": "event_id",
}
_UNUSUAL: Final = ("Content ID", "ID")
"""Columns that are only there if a row needs them."""


_UNDECODABLE: Final = "no text"


def report_of(rows: Sequence[Row]) -> bytes:
    """Return the report of these rows, by time, as CSV in UTF-8.

    Raises
    ------
    ValueError
        If a time lies outside the years 1 to 9999.
    """
    columns = [
        name
        for name, field in _COLUMNS.items()
        if name not in _UNUSUAL or any(getattr(row, field) for row in rows)
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in sorted(rows, key=lambda row: (row.at is None, row.at or 0)):
        if row.fault:
            continue
        cells = {field: getattr(row, field) for field in _COLUMNS.values()}
        if row.at is not None:
            cells["timestamp"] = format_utc(row.at)
        writer.writerow([cells[_COLUMNS[name]] for name in columns])
    # Bytes that are no UTF-8 are taken for another encoding, unless a mark says that it is UTF-8.
    mark = codecs.BOM_UTF8 if any(_UNDECODABLE in row.fault for row in rows) else b""
    report = mark + text.getvalue().encode()
    return report + b"".join(_faulty(row.fault, len(columns)) for row in rows if row.fault)


def _faulty(fault: str, width: int) -> bytes:
    """A line with the same kind of fault."""
    cells = [b"-"] * width
    if "NUL" in fault:
        cells[0] = b"\0"
    elif _UNDECODABLE in fault:
        cells[0] = b"\xff"
    elif _too_many(fault):
        cells.append(b"-")
    else:
        cells.pop()
    return b",".join(cells) + b"\n"


def _too_many(fault: str) -> bool:
    cells = [int(word) for word in fault.split() if word.isdecimal()]
    return len(cells) == 2 and cells[0] > cells[1]
