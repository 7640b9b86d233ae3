"""Tables in memory as reports: anything that hands out Arrow data (the Arrow PyCapsule interface).

polars, pandas, pyarrow, DuckDB and many others do. A stream is read once, a batch after another,
and of each batch only the columns that fields answer to.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, runtime_checkable

import pyarrow as pa

from engine.arguments import path, several_items
from engine.dialects import shipped, shipped_names
from engine.dialects.dialect import Dialect
from engine.errors import InputError, UsageError
from engine.intake.fields import resolve
from engine.intake.rows import RawTable
from engine.intake.wording import plain

__all__ = [
    "AnyTable",
    "ArrowArray",
    "ArrowStream",
    "NamedTable",
    "One",
    "OneOrMore",
    "batches_of",
    "is_table",
    "read_table",
    "sources_of",
]


@runtime_checkable
class ArrowStream(Protocol):
    """A table that hands itself out batch by batch, as data frames and readers of Arrow do."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


@runtime_checkable
class ArrowArray(Protocol):
    """A table that hands itself out in one piece, as a record batch does."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...


AnyTable: TypeAlias = ArrowStream | ArrowArray

One: TypeAlias = str | os.PathLike[str] | ArrowStream | ArrowArray
"""A file, a folder or a store by its name, or a table."""

OneOrMore: TypeAlias = One | Iterable[One]


class NamedTable(NamedTuple):
    """A table, and the name that its rows have as their ``file``."""

    name: str
    table: AnyTable


_DEFAULT_NAME: Final = "table"

_FIX: Final = "turn its columns into text, numbers, dates or timestamps first"


def is_table(given: object) -> bool:
    """Tell whether something hands out Arrow data."""
    return isinstance(given, ArrowStream | ArrowArray)


def sources_of(
    call: str, sides: Sequence[object], name: str | Sequence[str] | None
) -> list[list[str | NamedTable]]:
    """Return what a caller gave as lists of file names and named tables, one list a side.

    Parameters
    ----------
    call:
        The function that was called, for the message.
    sides:
        Each a file name, a table, or several of both.
    name:
        What the tables are called, in order: a name each; or one name for all of them, with a
        number from the second on. None: ``table``.

    Raises
    ------
    UsageError
        If something is neither, or the names do not fit the tables.
    """
    found = [_side(call, side) for side in sides]
    tables = [each for side in found for each in side if not isinstance(each, str)]
    names = iter(_names(name, len(tables)))
    return [
        [each if isinstance(each, str) else NamedTable(next(names), each) for each in side]
        for side in found
    ]


def _side(call: str, side: object) -> list[str | AnyTable]:
    single = isinstance(side, str | os.PathLike) or is_table(side) or not isinstance(side, Iterable)
    each = [side] if single else several_items(side, "a list of sources", "names and tables")
    found: list[str | AnyTable] = []
    for one in each:
        if isinstance(one, str | os.PathLike):
            found.append(path(one, "the name of a file"))
        elif isinstance(one, ArrowStream | ArrowArray):
            found.append(one)
        else:
            raise UsageError(
                f"{call}() cannot read {_article(type(one).__name__)}; give the name of a file, a "
                "table that has __arrow_c_stream__ (of polars, pandas, pyarrow, DuckDB), or a "
                "list of these."
            )
    if not each:
        raise UsageError(f"{call}() needs the name of a report or a table; the list is empty.")
    return found


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _names(name: str | Sequence[str] | None, tables: int) -> list[str]:
    if name is not None and not tables:
        raise UsageError("name is what a table is called, and no table was given.")
    if name is None or isinstance(name, str):
        first = _DEFAULT_NAME if name is None else name
        names = [first, *(f"{first}-{number}" for number in range(2, tables + 1))][:tables]
    else:
        names = list(name)
    if len(names) != tables:
        raise UsageError(
            f"name has {len(names)} names and {tables} tables were given; give one for each."
        )
    if len(set(names)) < len(names) or not all(isinstance(n, str) and n.strip() for n in names):
        raise UsageError("name must be a text for each table, each another.")
    return names


def read_table(given: NamedTable, dialect: Dialect | None) -> RawTable:
    """Read a table as a report; its first row is row 1.

    Raises
    ------
    InputError
        If it cannot be read, lacks a column, or has no rows.
    """
    from engine.intake.arrow_text import column_names, column_of, raw_table, text_chunks

    with batches_of(given) as (schema, batches):
        names = column_names(schema)
        told = dialect or _dialect_of(names)
        header = resolve(told.columns, names, given.name)
        columns: dict[str, list[pa.Array]] = {field: [] for field in header.columns}
        for batch in batches:
            for field, number in header.columns.items():
                cells = column_of(batch, number)
                columns[field] += text_chunks(cells, field, names[number], given.name)
    if not any(len(chunk) for chunk in next(iter(columns.values()))):
        raise InputError(
            given.name,
            "it has the columns of a report but no rows",
            "give a table with rows; a stream that was read before has none left",
        )
    table = raw_table(given.name, columns, header.unknown, first=1)
    if told.fields:
        from engine.intake.translation import translated

        table.columns = translated(table.columns, told, table.records)
    table.dialect = told
    table.recognised = dialect is None and told is not shipped()
    return table


def _dialect_of(names: Sequence[str]) -> Dialect:
    """The dialect that the columns fit: the default one, or else a single other."""

    def fits(dialect: Dialect) -> bool:
        columns = dialect.recognising
        return not columns.missing(columns.recognise(names).columns)

    if fits(shipped()):
        return shipped()
    others = [each for each in map(shipped, shipped_names()[1:]) if fits(each)]
    return others[0] if len(others) == 1 else shipped()


@contextmanager
def batches_of(given: NamedTable) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """Yield a table's columns and its batches.

    Raises
    ------
    InputError
        For whatever is wrong with it, also while the caller reads the batches.
    """
    table = given.table
    try:
        if isinstance(table, ArrowStream):
            reader = pa.RecordBatchReader.from_stream(table)
            yield reader.schema, (batch for batch in reader if batch.num_rows)
        else:
            batch = pa.record_batch(table)
            yield batch.schema, iter([batch] if batch.num_rows else [])
    except (InputError, UsageError):
        raise
    except MemoryError as error:
        raise InputError(
            given.name, "there is not enough memory to read it", "give it in parts, year by year"
        ) from error
    except Exception as error:
        problem = " ".join(map(str, error.args))
        if "non-struct type" in problem:
            raise InputError(
                given.name, "it is a single column", "give a table with the report's columns"
            ) from error
        # Whoever hands out the data may raise anything while it makes them.
        raise InputError(given.name, f"it cannot be read ({plain(problem, 200)})", _FIX) from error
