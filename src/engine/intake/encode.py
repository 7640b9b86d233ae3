"""From raw text to records: normalise, classify, parse times, and say which rows are no events.

Source: semantics.md §1 (normalisation), §3 (classification), §7 (rows before events).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns import arrow
from engine.columns.kernels import position as position_of
from engine.columns.kernels import take
from engine.columns.slices import beside, gather, numbers_to, positions
from engine.columns.texts import (
    Codes,
    Texts,
    combined,
    distinct,
    fold_case,
    normalised,
    tidy,
    trimmed,
)
from engine.dialects.dialect import Classified, Dialect, RowFault, canonical
from engine.instants import TimestampRules, parse_column
from engine.intake.idle import dialect_of_all, find_idle, times_in
from engine.intake.quarantine import cells_of, hold, quarantined
from engine.intake.rows import RawTable
from engine.intake.unread_times import refuse_unread_times
from engine.records import Records, RowFinding, content_codes, quarantine_findings, source_findings

__all__ = ["encode"]

Mask = npt.NDArray[np.bool_]

_RULES: Final[dict[str, Callable[[Texts], Texts]]] = {
    "email": fold_case,
    "panorama": tidy,
    "content_type": tidy,
    "content_title": tidy,
    "type": tidy,
    "source": tidy,
    "content_id": tidy,
    "id": tidy,
}
"""How the texts of each field are normalised (§1)."""

_ABSENT: Final = (None, arrow.texts([]))


def encode(
    tables: Sequence[RawTable],
    rules: TimestampRules,
    *,
    now: int | None,
) -> Records:
    """Return the records of ``tables`` in columns.

    Parameters
    ----------
    tables:
        What the readers made of each file, in the order in which they were named.
    rules:
        How times are read.
    now:
        The moment of the audit, in microseconds since 1970; later events are flagged. None flags
        none.

    Raises
    ------
    InputError
        If the tables are in several dialects, or a column of times could be day-first or
        month-first, or holds no time at all.
    """
    dialect = dialect_of_all(tables)
    rules = times_in(dialect, rules)
    sizes = np.array([table.records for table in tables], np.int64)
    cells = _Cells(tables)
    # The cores share the work on each column: more columns at once would only be in the way of one
    # another. Times of other forms than most are read by one core.
    with beside(lambda: _times(tables, rules)) as times:
        learner, learners = cells["email"]
        content, contents = _content(cells)
        pair, pairs = _pairs(cells, dialect)
        panorama, panoramas = cells["panorama"]
        event_id, event_ids = cells.optional("id")
        row = _rows(tables)
        at, timed = times()
    content_type, content_types = cells["content_type"]
    content_title, content_titles = cells["content_title"]
    content_id, content_ids = cells.optional("content_id")

    codes = np.zeros(len(at), np.uint8)
    no_title = _empty(content_title, content_titles)
    if content_id is not None:
        no_title &= _empty(content_id, content_ids)
    missing = {
        "email": _empty(learner, learners),
        "content title or id": no_title,
        "type": _empty(*cells["type"]),
        "timestamp": _blank_times(tables, timed),
    }
    voiding = (event_id, event_ids), (content_id, content_ids)
    idle = find_idle(dialect, pair, pairs, missing, *voiding)

    def quarantine(fault: RowFault, bad: Mask) -> None:
        if idle.rows is not None:
            bad = bad & ~idle.rows
        if bad.any():
            codes[bad & (codes == 0)] = fault

    for bad in missing.values():
        quarantine(RowFault.MISSING_FIELD, bad)
    unknown = np.array(
        [known.action is None and known.ignored is None for known in pairs], np.bool_
    )
    if unknown.any():
        quarantine(RowFault.UNKNOWN_TYPE, unknown[pair])
    if not timed.all():
        quarantine(RowFault.INVALID_TIMESTAMP, ~timed)
    kept = codes == 0
    clean = bool(kept.all())
    if idle.rows is not None:
        kept &= ~idle.rows

    findings = [] if clean else quarantine_findings(codes)
    findings += source_findings(pairs, pair, kept)
    if now is not None:
        late = positions(at, lambda times: times > now)
        findings.append(RowFinding(RowFault.FUTURE_TIMESTAMP.code, late[kept[late]]))

    file = _files(sizes)
    return Records(
        files=[table.file for table in tables],
        file=file,
        row=row,
        at=at,
        learner=learner,
        learners=learners,
        panorama=panorama,
        panoramas=panoramas,
        content_type=content_type,
        content_types=content_types,
        content_title=content_title,
        content_titles=content_titles,
        content=content,
        contents=contents,
        pair=pair,
        pairs=pairs,
        event_id=event_id,
        event_ids=event_ids,
        content_id=content_id,
        content_ids=content_ids,
        kept=kept,
        rejects=quarantined(tables, codes, missing, file, row),
        row_findings=[finding for finding in findings if len(finding.records)],
        timezone=rules.timezone,
        dialect=dialect,
        ignored=idle.kinds,
        notes=[*_notes(tables), *idle.notes],
    )


def _notes(tables: Sequence[RawTable]) -> list[str]:
    """What should be known of how the files were read, a sentence each."""
    notes = [
        f"{table.file}: read as the dialect {table.dialect.name!r} ({table.dialect.title}); "
        "--dialect says otherwise."
        for table in tables
        if table.recognised
    ]
    for table in tables:
        # A log of another platform may have hundreds of keys in one another.
        most = _COLUMNS_OF_LOGS if table.dialect.fields else len(table.unknown_columns)
        names, more = table.unknown_columns[:most], len(table.unknown_columns) - most
        if names:
            notes.append(
                f"{table.file}: columns not used: "
                + ", ".join(names)
                + (f" and {more:,} more" if more > 0 else "")
            )
    return notes


_COLUMNS_OF_LOGS: Final = 10
"""Columns of another platform's log that a note lists."""


class _Cells:
    """The columns as numbers, each made when first asked for; by one thread each."""

    def __init__(self, tables: Sequence[RawTable]) -> None:
        self._tables = tables
        self._made: dict[str, tuple[Codes, Texts]] = {}

    def __getitem__(self, field: str) -> tuple[Codes, Texts]:
        if field not in self._made:
            codes, texts = distinct(cells_of(self._tables, field))
            hold(self._tables, field, codes, texts)
            self._made[field] = normalised(codes, texts, _RULES[field])
        return self._made[field]

    def optional(self, field: str) -> tuple[Codes | None, Texts]:
        """A column that no file may have."""
        there = any(field in table.columns for table in self._tables)
        return self[field] if there else _ABSENT


def _content(cells: _Cells) -> tuple[Codes, int]:
    return content_codes(
        *cells["content_type"], *cells["content_title"], *cells.optional("content_id")
    )


def _empty(codes: Codes, texts: Texts) -> Mask:
    """Which cells are empty."""
    place = position_of(texts, "")
    empty: Mask = np.zeros(len(codes), np.bool_) if place < 0 else codes == place
    return empty


def _pairs(cells: _Cells, dialect: Dialect) -> tuple[Codes, list[Classified]]:
    """Classify each distinct (Type, Source) once."""
    (types, type_texts), (sources, source_texts) = cells["type"], cells["source"]
    width = max(1, len(source_texts))
    codes, keys = combined(types, max(1, len(type_texts)), sources, width)
    numbers: dict[tuple[str, str], int] = {}
    pairs: list[Classified] = []
    mapping: list[int] = []
    # Of each text once: a bad report may have a million sources.
    type_list = [(text, canonical(text)) for text in type_texts.to_pylist()]
    source_list = [(text, canonical(text)) for text in source_texts.to_pylist()]
    for key in keys.tolist():
        type_, type_key = type_list[key // width]
        source, source_key = source_list[key % width]
        known = dialect.classify_canonical(type_, type_key, source, source_key)
        number = numbers.setdefault((type_key, source_key), len(pairs))
        mapping.append(number)
        if number == len(pairs):
            pairs.append(known)
        elif (known.type, known.source) < (pairs[number].type, pairs[number].source):
            # An unlisted source in several spellings: which one is shown may not depend on the
            # order of rows (§6).
            pairs[number] = known
    if len(pairs) == len(keys):
        return codes, pairs
    return gather(np.array(mapping, np.int32), codes), pairs


def _times(tables: Sequence[RawTable], rules: TimestampRules) -> tuple[npt.NDArray[np.int64], Mask]:
    parsed = []
    for table in tables:
        cells = table.columns["timestamp"]
        if rules.timestamp_format is None:
            for pattern, to in table.dialect.times_rewritten:
                from engine.dialects.patterns import rewritten

                cells = rewritten(cells, pattern, to)
        at, timed = parse_column(cells, rules, file=table.file, rows=table.rows)
        if not timed.any():
            refuse_unread_times(table, rules)
        parsed.append((at, timed))
    if len(parsed) == 1:
        return parsed[0]
    return (
        np.concatenate([at for at, _ in parsed] or [np.empty(0, np.int64)]),
        np.concatenate([valid for _, valid in parsed] or [np.empty(0, np.bool_)]),
    )


def _blank_times(tables: Sequence[RawTable], timed: Mask) -> Mask:
    """Which cells are no times because they are empty."""
    blank = np.zeros(len(timed), np.bool_)
    if timed.all():
        return blank
    start = 0
    for chunk in cells_of(tables, "timestamp"):
        untimed = np.flatnonzero(~timed[start : start + len(chunk)])
        if len(untimed):
            cells = take(chunk, arrow.int64(untimed))
            blank[start + untimed] = _empty(*normalised(*distinct([cells]), trimmed))
        start += len(chunk)
    return blank


def _files(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """The file number of each record."""
    if len(sizes) == 1:
        return np.zeros(int(sizes[0]), np.int32)
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def _rows(tables: Sequence[RawTable]) -> npt.NDArray[np.integer]:
    rows = [
        numbers_to(table.records, first=2, dtype=np.int32) if table.rows is None else table.rows
        for table in tables
    ]
    return rows[0] if len(rows) == 1 else np.concatenate(rows or [np.empty(0, np.int32)])
