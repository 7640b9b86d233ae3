"""Columns of Arrow data → the rows of a report as text: of a Parquet file, or a table in memory.

What is text already is taken as it lies there; numbers, dates and timestamps are written as text by
Arrow. No cell becomes a Python object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.columns.arrow import flags, text
from engine.columns.kernels import join
from engine.errors import InputError
from engine.intake.rejects import RejectBuilder
from engine.intake.rows import RawTable

__all__ = ["column_names", "column_of", "plain_text", "raw_table", "text_chunks"]

_STEP: Final = 1 << 18
"""Rows taken at a time: pieces for all cores, and seldom more text than an array can hold."""

_WHOLE: Final = 1e18
"""Whole numbers below this are written without a fraction; they fit in 64 bits."""


def column_names(schema: pa.Schema) -> list[str]:
    """Return the names of the columns; of those within a struct column as ``struct.column``."""
    return list(_leaves(schema))


def _leaves(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        if pa.types.is_struct(field.type):
            for i in range(field.type.num_fields):
                yield f"{field.name}.{field.type.field(i).name}"
        else:
            yield field.name


def column_of(table: pa.Table | pa.RecordBatch, number: int) -> pa.ChunkedArray | pa.Array:
    """Return the column whose name is the ``number``-th of :func:`column_names`."""
    for place, field in enumerate(table.schema):
        if not pa.types.is_struct(field.type):
            if not number:
                return table.column(place)
            number -= 1
            continue
        if number < field.type.num_fields:
            return pc.struct_field(table.column(place), number)
        number -= field.type.num_fields
    raise IndexError("no such column")


def text_chunks(cells: pa.Array, field: str, name: str, file: str) -> list[pa.Array]:
    """Return a column, or a part of it, as arrays of text.

    Parameters
    ----------
    cells:
        Of any type. Texts with a dictionary keep one, but for times.
    field, name:
        The field it is read for, and what the column is called.

    Raises
    ------
    InputError
        If the column holds what cannot be written as text.
    """
    try:
        if not pa.types.is_dictionary(cells.type):
            return list(_pieces(cells))
        texts = _text(cells.dictionary)
        encoded = pa.DictionaryArray.from_arrays(cells.indices.cast(pa.int32()), texts)
        sound = not texts.null_count and len(texts.unique()) == len(texts)
        if sound and field != "timestamp":
            return [encoded]
        plain = list(_pieces(encoded))
        # A dictionary that names a text twice would make two learners of one.
        return plain if field == "timestamp" else [each.dictionary_encode() for each in plain]
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise InputError(
            file,
            f"the column {name!r} holds {cells.type}, which cannot be read as text",
            "turn it into text, numbers, dates or timestamps first",
        ) from error


def _pieces(cells: pa.Array) -> Iterator[pa.Array]:
    for low in range(0, len(cells), _STEP):
        yield from _halved(cells.slice(low, _STEP))


def _halved(cells: pa.Array) -> list[pa.Array]:
    """The cells as text; in halves where together they are longer than an array can hold."""
    try:
        return [_text(cells)]
    except (pa.ArrowInvalid, pa.ArrowCapacityError):
        if len(cells) < 2:
            raise
    half = len(cells) // 2
    return [*_halved(cells.slice(0, half)), *_halved(cells.slice(half))]


def _text(cells: pa.Array) -> pa.StringArray:
    kind = cells.type
    if pa.types.is_string(kind):
        return cells
    if pa.types.is_dictionary(kind):
        return _text(cells.dictionary).take(cells.indices)
    if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
        raise pa.ArrowNotImplementedError(f"{kind} is no text")
    if pa.types.is_floating(kind):
        return _decimal(cells.cast(pa.float64()) if pa.types.is_float16(kind) else cells)
    if pa.types.is_timestamp(kind):
        return _time(cells)
    if any(is_kind(kind) for is_kind in _BINARY):
        return cells.cast(pa.binary()).view(pa.string())
    return cells.cast(pa.string())


_BINARY: Final = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def _decimal(cells: pa.Array) -> pa.StringArray:
    """Numbers as text; what is no number is no cell. An id of 12 is no 12.0."""
    cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    whole = pc.and_(pc.equal(cells, pc.floor(cells)), pc.less(pc.abs(cells), _WHOLE))
    numbers = pc.if_else(whole, cells, pa.scalar(0, cells.type)).cast(pa.int64())
    return pc.if_else(whole, numbers.cast(pa.string()), cells.cast(pa.string()))


def _time(cells: pa.Array) -> pa.StringArray:
    """Timestamps as ISO 8601: in UTC where they have a zone, and without a fraction of zeros.

    That is the form that is read fastest. Arrow takes 5 µs to write a time with its zone, and half
    a microsecond to write one without; and of a zone whose name it does not know, none.
    """
    zoned = cells.type.tz is not None
    if zoned:
        # The numbers are those of UTC, whatever the zone.
        cells = cells.cast(pa.timestamp(cells.type.unit, "UTC"))
        cells = cells.cast(pa.timestamp(cells.type.unit))
    try:
        texts = cells.cast(pa.timestamp("s")).cast(pa.string())
    except pa.ArrowInvalid:  # They have a fraction.
        texts = cells.cast(pa.string())
    return join(texts, text("Z")) if zoned else texts


def raw_table(
    file: str,
    columns: Mapping[str, Sequence[pa.Array]],
    unknown: list[str],
    *,
    first: int,
) -> RawTable:
    """Return the rows of columns of text.

    Parameters
    ----------
    columns:
        Field → chunks, as :func:`text_chunks` gives them.
    unknown:
        Names that no field answers to.
    first:
        The number of the first row: 2 in a file, whose header is row 1; 1 in a table.
    """
    made = {
        field: pa.chunked_array(chunks, None if chunks else pa.string())
        for field, chunks in columns.items()
    }
    checked = {field: _bad_rows(column) for field, column in made.items()}
    bad = sorted(set().union(*(rows for rows, _ in checked.values())))
    count = len(next(iter(made.values())))
    rejects = RejectBuilder()
    rows = None if first == 2 else np.arange(first, first + count)
    if bad:
        keep = np.ones(count, bool)
        keep[bad] = False
        rows = np.flatnonzero(keep) + first
        for number in bad:
            rejects.add(number + first, "holds bytes that are no text", "")
        made = {field: each.filter(flags(keep)) for field, each in made.items()}
    for field, (_, sound) in checked.items():
        if bad or not sound:
            # A dictionary would keep the texts of the rows that are left out, and those of no row.
            made[field] = made[field].cast(pa.string())
    return RawTable(file, made, rows, rejects.finish(), unknown)


def _bad_rows(column: pa.ChunkedArray) -> tuple[set[int], bool]:
    """The rows whose cell is no UTF-8, which nobody checked, or holds NUL; and whether all texts,
    also those that a dictionary has without a row, are sound."""
    bad: set[int] = set()
    start, sound = 0, True
    for chunk in column.chunks:
        texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if not _sound(texts):
            sound = False
            wrong = [i for i, text in enumerate(texts.view(pa.binary())) if _wrong(text.as_py())]
            cells = chunk.indices if texts is not chunk else pa.array(range(len(chunk)))
            hits = pc.indices_nonzero(pc.is_in(cells, pa.array(wrong, cells.type)))
            bad.update(start + i for i in hits.to_pylist())
        start += len(chunk)
    return bad, sound


def _sound(texts: pa.Array) -> bool:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return pc.any(pc.match_substring(texts, "\0")).as_py() is not True


def _wrong(text: bytes | None) -> bool:
    if text is None:
        return False
    try:
        return "\0" in text.decode()
    except UnicodeDecodeError:
        return True


def plain_text(cells: pa.Array, name: str, file: str) -> list[str | None]:
    """Return a column as Python's texts; a list of texts as one, joined with ``|``."""
    if pa.types.is_list(cells.type) or pa.types.is_large_list(cells.type):
        cells = pc.binary_join(cells.cast(pa.list_(pa.string())), "|")
    chunks = text_chunks(cells, "", name, file)
    return [cell for chunk in chunks for cell in chunk.cast(pa.string()).to_pylist()]
