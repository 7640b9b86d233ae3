"""A Parquet file → its records as text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.columns.arrow import flags
from engine.errors import InputError
from engine.intake.fields import Header, resolve
from engine.intake.formats.builder import PLAIN_FIELDS, column_type
from engine.intake.limits import BOMB_BYTES, BOMB_RATIO
from engine.intake.rejects import RejectBuilder
from engine.intake.rows import RawTable
from engine.intake.source import Source

__all__ = ["read_parquet"]

_BOMB_ROWS: Final = 1 << 26


def read_parquet(source: Source) -> RawTable:
    """Read the columns that fields answer to; typed values become text.

    Raises
    ------
    InputError
        If the file is damaged, a bomb, or no report.
    """
    path = source.path()
    try:
        with pq.ParquetFile(path) as plain:
            names = list(_leaves(plain.schema_arrow))
            header = resolve(names, source.file)
            _refuse_bomb(plain.metadata, os.path.getsize(path), source.file)
        encoded = [names[i] for f, i in header.columns.items() if f not in PLAIN_FIELDS]
        with pq.ParquetFile(path, read_dictionary=encoded) as file:
            table = file.read([names[index] for index in header.columns.values()])
        return _raw_table(table, names, header, source.file)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            source.file,
            "the Parquet file is truncated or damaged",
            "copy or download the file again",
        ) from error


def _leaves(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        if pa.types.is_struct(field.type):
            for i in range(field.type.num_fields):
                yield f"{field.name}.{field.type.field(i).name}"
        else:
            yield field.name


def _refuse_bomb(metadata: pq.FileMetaData, size: int, file: str) -> None:
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    rows = metadata.num_rows
    if (unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * size) or (
        rows > _BOMB_ROWS and rows > BOMB_RATIO * size
    ):
        raise InputError(
            file,
            f"it unpacks to more than {BOMB_RATIO} times its size, as no report does",
            "write it as CSV yourself if you trust it",
        )


def _raw_table(table: pa.Table, names: list[str], header: Header, file: str) -> RawTable:
    columns = {
        field: _as_text(_column(table, names[index]), field, names[index], file)
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


def _as_text(column: pa.ChunkedArray, field: str, name: str, file: str) -> pa.ChunkedArray:
    """`column` as string, or as dictionary of strings where it was read as one."""
    kind = column.type
    if kind == column_type(field):
        return column
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        raise InputError(file, f"the column {name!a} holds {kind}, not text", "flatten it")
    if pa.types.is_floating(kind):
        whole = pc.all(pc.equal(column, pc.floor(column))).as_py() is not False
        column = column.cast(pa.int64()) if whole else column
    if pa.types.is_large_binary(kind) or pa.types.is_binary(kind):
        return _from_binary(column)
    return column.cast(pa.string())


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
