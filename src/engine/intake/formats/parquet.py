"""A Parquet file → its records as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.columns.arrow import flags
from engine.errors import InputError
from engine.intake.fields import Header, resolve
from engine.intake.formats.builder import PLAIN_FIELDS, column_type
from engine.intake.formats.parquet_guard import refuse_unfolding
from engine.intake.rejects import RejectBuilder
from engine.intake.rows import RawTable
from engine.intake.source import Source
from engine.intake.wanted import refuse_unless_content
from engine.intake.wording import plain

__all__ = ["as_text", "damage_of", "read_parquet"]

_REMEDY: Final = "write it as CSV yourself if you trust it"

_WHOLE: Final = float(1 << 63)
"""Numbers beyond are none of 64 bits."""


def read_parquet(source: Source) -> RawTable:
    """Read the columns that fields answer to; typed values become text.

    Raises
    ------
    InputError
        If the file is damaged, a bomb, or no report.
    """
    path = source.path()
    with damage_of(source.file):
        with pq.ParquetFile(path) as found:
            names = list(_leaves(found.schema_arrow))
            header = resolve(names, source.file)
            chosen = [names[index] for index in header.columns.values()]
            refuse_unfolding(found, path, chosen, source.unfolding(_REMEDY))
        encoded = [names[i] for f, i in header.columns.items() if f not in PLAIN_FIELDS]
        with pq.ParquetFile(path, read_dictionary=encoded) as file:
            table = file.read(chosen)
        return _raw_table(table, names, header, source.file)


@contextmanager
def damage_of(file: str) -> Iterator[None]:
    """Say of a Parquet file that the library cannot read what is wrong with it.

    Raises
    ------
    InputError
        That it is damaged, or holds what the library does not know. A fault of the system, or lack
        of memory, is raised as it is.
    """
    try:
        yield
    except pa.ArrowNotImplementedError as error:
        raise InputError(
            file,
            f"it is written in a way that is not understood ({plain(str(error), 120)})",
            "write it with another compression or other types, or as CSV",
        ) from error
    except (pa.ArrowException, OSError) as error:
        refuse_unless_content(error)
        if "encrypt" in str(error).lower():
            problem, remedy = "the Parquet file is encrypted", "write it without encryption"
        elif "overflow" in str(error):
            raise
        else:
            problem, remedy = (
                "the Parquet file is truncated or damaged",
                "copy or download the file again",
            )
        raise InputError(file, problem, remedy) from error


def _leaves(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        if pa.types.is_struct(field.type):
            for i in range(field.type.num_fields):
                yield f"{field.name}.{field.type.field(i).name}"
        else:
            yield field.name


def _raw_table(table: pa.Table, names: list[str], header: Header, file: str) -> RawTable:
    columns = {
        field: _field_text(_column(table, names[index]), field, names[index], file)
        for field, index in header.columns.items()
    }
    bad = sorted(set().union(*map(_bad_rows, columns.values())))
    rows = None
    rejects = RejectBuilder()
    if bad:
        keep = np.ones(table.num_rows, bool)
        keep[bad] = False
        rows = np.flatnonzero(keep) + 2
        for number in bad:
            rejects.add(number + 2, "holds bytes that are no text", "")
        # Decoded, since a dictionary keeps the texts of the rows that are left out.
        columns = {
            field: column.filter(flags(keep)).cast(pa.string()) for field, column in columns.items()
        }
    return RawTable(
        file,
        {field: _typed(column, field) for field, column in columns.items()},
        rows,
        rejects.finish(),
        header.unknown,
    )


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name)
    parent, _, child = name.rpartition(".")
    return pc.struct_field(table.column(parent), child)


def _field_text(column: pa.ChunkedArray, field: str, name: str, file: str) -> pa.ChunkedArray:
    """`column` as string, or as dictionary of strings where it was read as one."""
    return column if column.type == column_type(field) else as_text(column, name, file)


def as_text(column: pa.ChunkedArray, name: str, file: str) -> pa.ChunkedArray:
    """Return a column of any flat type as string.

    Raises
    ------
    InputError
        If its type has no text.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        raise InputError(file, f"the column {name!a} holds {kind}, not text", "flatten it")
    if pa.types.is_floating(kind):
        return _from_floats(column)
    if pa.types.is_fixed_size_binary(kind):
        column, kind = column.cast(pa.binary()), pa.binary()
    if pa.types.is_large_binary(kind) or pa.types.is_binary(kind):
        return _from_binary(column)
    try:
        return column.cast(pa.string())
    except pa.ArrowNotImplementedError as error:
        raise InputError(
            file, f"the column {name!a} holds {kind}, not text", "write it as text"
        ) from error
    except pa.ArrowInvalid:
        if not pa.types.is_timestamp(kind) or kind.tz is None:
            raise
        # The zone is unknown here. It only says how to show the times: what is stored is UTC.
        return column.cast(pa.timestamp(kind.unit, "UTC")).cast(pa.string())


def _from_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as text: without a fraction where none of them has one, as a table makes of ids."""
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    fits = pc.less(pc.abs(column), _WHOLE)
    if pc.all(pc.equal(column, pc.floor(column))).as_py() is False or not pc.any(fits).as_py():
        return column.cast(pa.string())
    whole = pc.if_else(fits, column, pa.scalar(None, column.type)).cast(pa.int64())
    return pc.coalesce(whole.cast(pa.string()), column.cast(pa.string()))


def _from_binary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = [chunk.cast(pa.binary()).view(pa.string()) for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.string())


def _bad_rows(column: pa.ChunkedArray) -> set[int]:
    """Records whose cell is no UTF-8, which Parquet does not check, or holds NUL."""
    bad: set[int] = set()
    start = 0
    for chunk in column.chunks:
        texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if not _sound(texts):
            wrong = [i for i, text in enumerate(texts.view(pa.binary())) if _wrong(text.as_py())]
            cells = chunk.indices if texts is not chunk else pa.array(range(len(chunk)))
            hits = pc.indices_nonzero(pc.is_in(cells, pa.array(wrong, cells.type)))
            bad.update(start + i for i in hits.to_pylist())
        start += len(chunk)
    return bad


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


def _typed(column: pa.ChunkedArray, field: str) -> pa.ChunkedArray:
    if column.type == column_type(field):
        return column
    encoded = column.dictionary_encode() if field not in PLAIN_FIELDS else column
    return encoded.cast(column_type(field))
