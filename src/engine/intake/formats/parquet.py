"""A Parquet file → its records as text."""

from __future__ import annotations

import os
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import InputError
from engine.intake.arrow_text import column_names, column_of, raw_table, text_chunks
from engine.intake.fields import resolve
from engine.intake.formats.builder import PLAIN_FIELDS
from engine.intake.limits import BOMB_BYTES, BOMB_RATIO
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
            names = column_names(plain.schema_arrow)
            header = resolve(names, source.file)
            _refuse_bomb(plain.metadata, os.path.getsize(path), source.file)
        encoded = [names[i] for f, i in header.columns.items() if f not in PLAIN_FIELDS]
        with pq.ParquetFile(path, read_dictionary=encoded) as file:
            table = file.read([names[index] for index in header.columns.values()])
        places = column_names(table.schema)
        return raw_table(
            source.file,
            {
                field: [
                    text
                    for chunk in column_of(table, places.index(names[index])).chunks
                    for text in text_chunks(chunk, field, names[index], source.file)
                ]
                for field, index in header.columns.items()
            },
            header.unknown,
            first=2,
        )
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            source.file,
            "the Parquet file is truncated or damaged",
            "copy or download the file again",
        ) from error


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
