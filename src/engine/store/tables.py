"""The tables that an import adds to, and the byte form in which digests cover their rows.

The byte form is documented in docs/store.md, so that a digest can be computed again without this
program. It depends on the rows and their order alone, never on how a database lays them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import int32, known, room
from engine.columns.kernels import without_nulls
from engine.columns.slices import each, sliced

__all__ = [
    "IMPORT",
    "PARTS",
    "Column",
    "chain",
    "digest",
    "digest_of_cells",
    "digests",
    "dtype_of",
    "nothing",
    "order_of",
    "seal",
    "sealed",
]


class Column(NamedTuple):
    """A column: its name, its Arrow type, and whether cells may be null."""

    name: str
    type: pa.DataType
    nullable: bool = False


_I1, _I4, _I8, _TEXT = pa.int8(), pa.int32(), pa.int64(), pa.string()

PARTS: Final[Mapping[str, tuple[Column, ...]]] = {
    "texts": (
        Column("import", _I4),
        Column("field", _I1),
        Column("number", _I4),
        Column("value", _TEXT),
    ),
    "labels": (
        Column("import", _I4),
        Column("label", _I4),
        Column("content", _I4),
        Column("content_id", _I4),
        Column("content_type", _I4),
        Column("content_title", _I4),
    ),
    "pairs": (
        Column("import", _I4),
        Column("pair", _I4),
        Column("type", _TEXT),
        Column("source", _TEXT),
    ),
    "events": (
        Column("event", _I8),
        Column("import", _I4),
        Column("row", _I4),
        Column("learner", _I4),
        Column("content", _I4),
        Column("label", _I4),
        Column("panorama", _I4),
        Column("pair", _I4),
        Column("at", _I8),
        Column("id", _TEXT, nullable=True),
        Column("seal", _I4),
    ),
    "resightings": (
        Column("import", _I4),
        Column("row", _I4),
        Column("event", _I8),
        Column("repeated", pa.bool_()),
        Column("learner", _I4, nullable=True),
        Column("label", _I4, nullable=True),
        Column("panorama", _I4, nullable=True),
        Column("pair", _I4, nullable=True),
        Column("at", _I8, nullable=True),
        Column("seal", _I4),
    ),
    "quarantine": (
        Column("import", _I4),
        Column("row", _I4),
        Column("code", _TEXT),
        Column("detail", _TEXT),
        Column("raw", _TEXT),
        Column("learner", _I4, nullable=True),
        Column("label", _I4, nullable=True),
        Column("panorama", _I4, nullable=True),
        Column("pair", _I4, nullable=True),
        Column("id", _TEXT, nullable=True),
    ),
}
"""Table of the schema ``journal`` → its columns, in order."""

_ORDER: Final = {
    "texts": ("field", "number"),
    "labels": ("label",),
    "pairs": ("pair",),
    "events": ("event",),
    "resightings": ("row",),
    "quarantine": ("row", "code", "raw"),
}

IMPORT: Final = (
    Column("import", _I4),
    Column("file", _TEXT),
    Column("sha256", _TEXT),
    Column("bytes", _I8),
    Column("recorded_at", _I8),
    Column("timezone", _TEXT),
    Column("date_order", _TEXT, nullable=True),
    Column("timestamp_format", _TEXT, nullable=True),
    Column("notes", _TEXT),
    Column("rows", _I8),
    Column("new_events", _I8),
    Column("already_known", _I8),
    Column("duplicates", _I8),
    Column("quarantined", _I8),
    Column("identified", _I8),
    Column("window_first", _I8, nullable=True),
    Column("window_last", _I8, nullable=True),
    Column("first_event", _I8),
    *(Column(f"{part}_digest", _TEXT) for part in PARTS),
    Column("digest", _TEXT),
)
"""The columns of ``journal.imports``."""

Arrays = Mapping[str, Any]


@cache
def nothing(part: str) -> pa.Table:
    """Return no rows of a part."""
    return pa.schema([(column.name, column.type) for column in PARTS[part]]).empty_table()


def order_of(part: str) -> str:
    """Return the SQL order in which the rows of a part are covered by its digest."""
    return ", ".join(f'"{name}"' for name in _ORDER[part])


def digest(columns: tuple[Column, ...], rows: pa.Table) -> str:
    """Return the SHA-256 of rows, in hexadecimal.

    The number of rows as text, then for each column its name and type, for a column that may be
    null a byte a row (1: it is known), and the cells: whole numbers little-endian, truth values as
    a byte, texts as their lengths in UTF-8 (32 bits each), then the bytes. What is null counts as
    0 or as the empty text.
    """
    covered = hashlib.sha256(f"{rows.num_rows}\n".encode())
    for column in columns:
        covered.update(f"{column.name} {column.type}\n".encode())
        for part in _byte_form(rows.column(column.name), column):
            covered.update(part)
    return covered.hexdigest()


def _byte_form(cells: pa.ChunkedArray, column: Column) -> list[Any]:
    chunks = (cells if cells.type == column.type else cells.cast(column.type)).chunks
    parts: list[Any] = []
    if column.nullable:
        parts += [known(chunk).view(np.uint8).tobytes() for chunk in chunks]
    if column.type != _TEXT:
        return parts + [_numbers(chunk) for chunk in chunks]
    filled = [without_nulls(chunk) if chunk.null_count else chunk for chunk in chunks]
    bounds = [_bounds(chunk) for chunk in filled]
    parts += [np.ascontiguousarray(np.diff(each)) for each in bounds]
    for chunk, each_bounds in zip(filled, bounds, strict=True):
        if len(chunk) and each_bounds[-1] > each_bounds[0]:
            parts.append(memoryview(chunk.buffers()[2])[each_bounds[0] : each_bounds[-1]])
    return parts


def _bounds(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    if not len(texts):
        return np.zeros(1, np.int32)
    return np.frombuffer(texts.buffers()[1], "<i4", len(texts) + 1, texts.offset * 4)


def _numbers(chunk: pa.Array) -> npt.NDArray[Any]:
    if pa.types.is_boolean(chunk.type):
        bits = np.frombuffer(chunk.buffers()[1], np.uint8) if len(chunk) else np.empty(0, np.uint8)
        return np.unpackbits(bits, bitorder="little")[chunk.offset : chunk.offset + len(chunk)]
    dtype = dtype_of(chunk.type)
    if not len(chunk):
        return np.empty(0, dtype)
    cells = np.frombuffer(chunk.buffers()[1], dtype, len(chunk), chunk.offset * dtype.itemsize)
    # What lies below a null is any number.
    return np.where(known(chunk), cells, dtype.type(0)) if chunk.null_count else cells


def dtype_of(kind: pa.DataType) -> np.dtype[Any]:
    """Return numpy's type of whole numbers; Arrow's ``to_pandas_dtype`` would import pandas."""
    sign = "i" if pa.types.is_signed_integer(kind) else "u"
    return np.dtype(f"{sign}{kind.bit_width // 8}")


def digests(parts: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return the digest of each part of an import; the cores share them."""
    names = list(PARTS)
    found = each(lambda name: digest(PARTS[name], parts[name]), names)
    return dict(zip(names, found, strict=True))


def digest_of_cells(
    columns: Mapping[str, pa.ChunkedArray], rows: npt.NDArray[np.integer] | None
) -> str:
    """Return the SHA-256 of a table in memory, which has no bytes of a file.

    It covers, in the byte form of :func:`digest`, the number of each row that was read (32 bits)
    and the cells as text, field by field in the order of their names. So it depends on what the
    table says alone: not on the library it comes from, its types, or its parts.

    Parameters
    ----------
    columns:
        Field → cells, texts or a dictionary of texts.
    rows:
        The number of each row; None: 2, 3, 4, ….
    """
    fields = sorted(columns)
    length = len(columns[fields[0]]) if fields else 0
    numbers = np.arange(2, length + 2) if rows is None else rows
    cells = {"row": pa.chunked_array([int32(numbers)])}
    for field in fields:
        # In pieces, since a dictionary stands for more text than one array may hold.
        pieces = [
            chunk.slice(low, _PIECE)
            for chunk in columns[field].chunks
            for low in range(0, len(chunk), _PIECE)
        ]
        cells[field] = pa.chunked_array(pieces, columns[field].type)
    covered = (Column("row", _I4), *(Column(field, _TEXT) for field in fields))
    return digest(covered, pa.table(cells))


_PIECE: Final = 1 << 16


def chain(before: str, facts: pa.Table) -> str:
    """Return an import's digest from that of the import before it and its own row.

    ``before`` is empty for the first. The row holds the file's digest and those of all parts, so
    this covers the file, the whole past and everything that the import added.
    """
    own = digest(IMPORT[:-1], facts)
    return hashlib.sha256(f"learner-engine store\n{before}\n{own}\n".encode()).hexdigest()


# Odd multipliers with well-spread bits; which ones does not matter, only that they never change.
_MIX: Final = 0x9E3779B1
_PLACE: Final = 0x85EBCA6B


def sealed(part: str) -> tuple[Column, ...]:
    """Return the columns that the seal of a row covers."""
    return tuple(column for column in PARTS[part] if column.name != "seal")


def seal(part: str, columns: Arrays, length: int) -> npt.NDArray[np.int32]:
    """Return 32 bits for each row that depend on its every cell.

    They prove nothing, as whoever edits a row can write them anew: digests do. They say which row
    was edited, where a digest says only that one was.

    Parameters
    ----------
    columns:
        For each number column an array or a pair of array and mask of known cells, for each text
        column an Arrow array or None if every cell is null.
    """
    bits = room(length, np.uint32)
    covered = sealed(part)

    def work(rows: slice) -> None:
        held = bits[rows]
        held[:] = len(part)
        for column in covered:
            if column.type == _TEXT:
                continue
            cells = columns[column.name]
            mask = None
            if isinstance(cells, tuple):
                cells, mask = cells
            part_cells = cells[rows]
            held ^= held >> np.uint32(15)
            held *= np.uint32(_MIX)
            held += _folded(part_cells) if mask is None else _folded(part_cells) * mask[rows]
            if mask is not None:
                held ^= mask[rows].astype(np.uint32) * np.uint32(_PLACE)
        held ^= held >> np.uint32(13)
        bits[rows] = held * np.uint32(_PLACE)

    sliced(length, work)
    for column in covered:
        if column.type == _TEXT and columns[column.name] is not None:
            bits ^= _text_bits(columns[column.name])
    return bits.view(np.int32)


def _folded(cells: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    if cells.dtype.itemsize < 8:
        return cells.astype(np.uint32)
    wide = cells.astype(np.uint64)
    # The upper half is multiplied, or a step there could cancel one below.
    upper = (wide >> np.uint64(32)).astype(np.uint32) * np.uint32(_PLACE)
    return wide.astype(np.uint32) ^ upper


def _text_bits(texts: pa.StringArray) -> npt.NDArray[np.uint32]:
    """32 bits of each text, 0 for null."""
    bounds = _bounds(texts).astype(np.int64)
    lengths = np.diff(bounds)
    bits = (lengths.astype(np.uint32) + np.uint32(1)) * np.uint32(_MIX)
    filled = np.flatnonzero(lengths)
    if len(filled):
        low, high = int(bounds[0]), int(bounds[-1])
        body = np.frombuffer(texts.buffers()[2], np.uint8)[low:high].astype(np.uint32)
        place = np.arange(high - low) - np.repeat(bounds[:-1] - low, lengths)
        body += np.uint32(1)
        body *= (place.astype(np.uint32) + np.uint32(1)) * np.uint32(_PLACE) | np.uint32(1)
        bits[filled] += np.add.reduceat(body, bounds[:-1][filled] - low)
    bits[~known(texts)] = 0
    return bits
