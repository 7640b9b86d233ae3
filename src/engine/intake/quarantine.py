"""The rows that became no events, in columns. Source: semantics.md §7."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow, kernels
from engine.columns.texts import Codes, Texts, distinct, normalised, trimmed
from engine.dialects.dialect import RowFault
from engine.dialects.mapping import FIELDS
from engine.intake.rows import RawTable
from engine.records import Quarantine

__all__ = ["cells_of", "hold", "quarantined"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BATCH: Final = 1 << 16


def cells_of(tables: Sequence[RawTable], field: str) -> list[pa.Array]:
    """The column's chunks over all files; a file without it has empty cells."""
    chunks: list[pa.Array] = []
    for table in tables:
        if field in table.columns:
            chunks += table.columns[field].chunks
        else:
            nothing = arrow.int32(np.zeros(table.records, np.int32))
            chunks.append(pa.DictionaryArray.from_arrays(nothing, arrow.texts([""])))
    return chunks


def hold(tables: Sequence[RawTable], field: str, codes: Codes, texts: Texts) -> None:
    """Let the files hold a column by its numbers: the cells as they were, in less memory."""
    start = 0
    for table in tables:
        end = start + table.records
        if field in table.columns:
            table.columns[field] = pa.chunked_array([arrow.coded(codes[start:end], texts)])
        start = end


def quarantined(
    tables: Sequence[RawTable],
    codes: npt.NDArray[np.uint8],
    missing: dict[str, Mask],
    file: npt.NDArray[np.int32],
    row: npt.NDArray[np.integer],
) -> Quarantine:
    """Return the rows that are no records, then the records that are no events.

    Parameters
    ----------
    codes:
        For each record its :class:`RowFault`; 0 for an event.
    missing:
        For each needed field the records that lack it.
    file, row:
        Where each record stands.
    """
    records = np.flatnonzero(codes)
    details = _Details()
    for table in tables:
        details.add(table.rejects.reason, arrow.texts(table.rejects.reasons))
    if len(records):
        _explain(tables, codes, missing, records, details)
    unread = [len(table.rejects) for table in tables]
    return Quarantine(
        files=[table.file for table in tables],
        file=np.concatenate([np.repeat(np.arange(len(tables)), unread), file[records]]),
        row=np.concatenate([*(table.rejects.row for table in tables), row[records]]),
        code=np.concatenate(
            [np.full(sum(unread), RowFault.MALFORMED_ROW, np.uint8), codes[records]]
        ),
        record=np.concatenate([np.full(sum(unread), -1), records]),
        detail=details.codes,
        details=details.texts,
        raw=_Raw(tables, records),
    )


class _Details:
    """Numbers details as they come."""

    def __init__(self) -> None:
        self._codes: list[npt.NDArray[np.integer]] = [np.empty(0, np.int32)]
        self._texts: list[Texts] = [arrow.texts([])]
        self._count = 0

    def add(self, codes: npt.NDArray[np.integer], texts: Texts) -> None:
        """Take the details of further rows, as positions in ``texts``."""
        self._codes.append(codes + self._count)
        self._texts.append(texts)
        self._count += len(texts)

    @property
    def codes(self) -> npt.NDArray[np.int32]:
        """The position of each row's detail in ``texts``."""
        return np.concatenate(self._codes).astype(np.int32)

    @property
    def texts(self) -> Texts:
        """All details."""
        return pa.concat_arrays(self._texts)


def _explain(
    tables: Sequence[RawTable],
    codes: npt.NDArray[np.uint8],
    missing: dict[str, Mask],
    records: Ints,
    details: _Details,
) -> None:
    """What is wrong with each record, in the order of ``records``."""
    own = _Details()
    code = codes[records]
    order = []
    for number, field in (
        (RowFault.MISSING_FIELD, None),
        (RowFault.UNKNOWN_TYPE, "type"),
        (RowFault.INVALID_TIMESTAMP, "timestamp"),
    ):
        which = np.flatnonzero(code == number)
        if not len(which):
            continue
        order.append(which)
        if field is None:
            own.add(*_lacking(missing, records[which]))
        else:
            taken = _taken(cells_of(tables, field), records[which])
            own.add(*_used(*normalised(*distinct(taken), trimmed)))
    placed = np.empty(len(records), np.int32)
    placed[np.concatenate(order)] = own.codes
    details.add(placed, own.texts)


def _used(codes: npt.NDArray[np.int32], texts: Texts) -> tuple[Ints, Texts]:
    """The same without texts that no cell has: those of the records that are sound."""
    used, codes_of_used = np.unique(codes, return_inverse=True)
    return codes_of_used, kernels.take(texts, arrow.int64(used))


def _lacking(missing: dict[str, Mask], records: Ints) -> tuple[Ints, Texts]:
    """The names of the fields that each record lacks."""
    sets = np.zeros(len(records), np.int64)
    for bit, bad in enumerate(missing.values()):
        sets |= bad[records].astype(np.int64) << bit
    found, codes = np.unique(sets, return_inverse=True)
    names = list(missing)
    texts = [
        ", ".join(name for bit, name in enumerate(names) if each >> bit & 1)
        for each in found.tolist()
    ]
    return codes, arrow.texts(texts)


def _taken(chunks: list[pa.Array], records: Ints) -> list[pa.Array]:
    """The cells of some records, ascending; no chunk is made plain text for the sake of a few."""
    bounds = np.cumsum([0, *map(len, chunks)])
    cuts = np.searchsorted(records, bounds)
    return [
        kernels.take(chunk, arrow.int64(records[low:high] - start))
        for chunk, low, high, start in zip(chunks, cuts, cuts[1:], bounds, strict=False)
        if low < high
    ]


class _Raw:
    """The raw text of quarantined rows; a record's is its cells as a CSV line, made when asked."""

    def __init__(self, tables: Sequence[RawTable], records: Ints) -> None:
        self._unread = [table.rejects.raw for table in tables]
        self._count = sum(map(len, self._unread))
        self._cells = [
            _taken(cells_of(tables, field), records)
            for field in FIELDS
            if len(records) and any(field in table.columns for table in tables)
        ]

    def __call__(self, rows: Ints) -> list[str]:
        """Return the texts of these rows of the quarantine."""
        order = np.argsort(rows, kind="stable")
        texts = self._ascending(rows[order])
        return [texts[place] for place in np.argsort(order, kind="stable").tolist()]

    def _ascending(self, rows: Ints) -> list[str]:
        known = rows >= self._count
        unread = pa.chunked_array(
            [c for raw in self._unread for c in raw.chunks], pa.large_string()
        )
        texts: list[str] = kernels.take(unread, arrow.int64(rows[~known])).to_pylist()
        return texts + self._lines(rows[known] - self._count)

    def _lines(self, records: Ints) -> list[str]:
        lines: list[str] = []
        for low in range(0, len(records), _BATCH):
            part = records[low : low + _BATCH]
            cells = [
                [cell or "" for chunk in _taken(column, part) for cell in _plain(chunk)]
                for column in self._cells
            ]
            # One write a row, since the csv module's own choice of what to quote depends on the
            # line end that it is told to write.
            csv.writer(_Sink(lines.append), lineterminator="").writerows(zip(*cells, strict=True))
        return lines


def _plain(chunk: pa.Array) -> list[str | None]:
    """The cells as Python has them; of a dictionary each would be a costly look-up."""
    cells: list[str | None] = kernels.cast(chunk, pa.string()).to_pylist()
    return cells


class _Sink(msgspec.Struct):
    write: Callable[[str], object]
