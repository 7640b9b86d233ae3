"""A Parquet file → its records as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import InputError
from engine.intake.arrow_text import column_names, column_of, raw_table, text_chunks
from engine.intake.fields import resolve
from engine.intake.formats.builder import PLAIN_FIELDS
from engine.intake.formats.parquet_guard import refuse_unfolding
from engine.intake.rows import RawTable
from engine.intake.source import Source
from engine.intake.wanted import refuse_unless_content
from engine.intake.wording import plain

__all__ = ["damage_of", "read_parquet"]

_REMEDY: Final = "write it as CSV yourself if you trust it"


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
            names = column_names(found.schema_arrow)
            header = resolve(source.wanted.columns, names, source.file)
            chosen = [names[index] for index in header.columns.values()]
            refuse_unfolding(found, path, chosen, source.unfolding(_REMEDY))
        encoded = [names[i] for f, i in header.columns.items() if f not in PLAIN_FIELDS]
        with pq.ParquetFile(path, read_dictionary=encoded) as file:
            table = file.read(chosen)
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
