"""Events and dictionaries as they lie in the store, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import int64, known, texts
from engine.columns.order import by_group_and_time
from engine.columns.slices import each_column, gather, paired
from engine.columns.texts import Codes, Texts
from engine.store.fields import FIELDS
from engine.store.tables import dtype_of

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "Dictionaries",
    "Events",
    "array_of",
    "dictionaries",
    "events",
    "fetched",
    "few_events",
    "some_named",
    "table_of",
    "texts_of",
    "whole",
]

Ints = npt.NDArray[np.int64]

_EVENT = 'e.event, e.import, e.learner, e.content, e.label, e.panorama, e.pair, e."at"'

_FETCHED: Final[dict[str, type[np.signedinteger[Any]]]] = {
    "event": np.int64,
    "import_": np.int32,
    "learner": np.int32,
    "content": np.int32,
    "label": np.int32,
    "panorama": np.int32,
    "pair": np.int32,
    "at": np.int64,
    "row": np.int32,
}
"""The fields of :class:`Events` in the order in which they are asked for."""


class Events(msgspec.Struct):
    """Stored events; all arrays have shape (events,). ``id`` is None if none has one."""

    event: Ints
    import_: Codes
    row: Codes
    learner: Codes
    content: Codes
    label: Codes
    panorama: Codes
    pair: Codes
    at: Ints
    id: Texts | None

    def __len__(self) -> int:
        return len(self.event)

    @property
    def named(self) -> npt.NDArray[np.bool_]:
        """Which events have an id."""
        return np.zeros(len(self), np.bool_) if self.id is None else known(self.id)

    def stream(self, contents: int) -> Ints:
        """Return ``learner * contents + content``."""
        return paired(self.learner, self.content, max(1, contents))

    def __getitem__(self, part: slice) -> Events:
        """Return the events of a slice, in the same memory."""
        cells: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        for name in cells:
            cells[name] = None if cells[name] is None else cells[name][part]
        return Events(**cells)

    def by_stream(self) -> Events:
        """Return the events in the order of stream and time."""
        if not len(self):
            return self
        stream = self.stream(int(self.content.max()) + 1)
        if bool((stream[1:] >= stream[:-1]).all()):
            return self
        order, _ = by_group_and_time(stream, self.at)
        id_ = None if self.id is None else self.id.take(int64(order))
        names = [name for name in self.__struct_fields__ if name != "id"]
        return Events(**{name: gather(getattr(self, name), order) for name in names}, id=id_)

    def last_import(self) -> Codes:
        """Return for each event the last import that brought one of its learner and content.

        The events must be in the order of streams, and the streams whole.
        """
        if not len(self) or self.import_.min() == self.import_.max():
            return self.import_
        begins = np.ones(len(self), np.bool_)
        np.not_equal(self.learner[1:], self.learner[:-1], out=begins[1:])
        begins[1:] |= self.content[1:] != self.content[:-1]
        first = np.flatnonzero(begins)
        return np.repeat(
            np.maximum.reduceat(self.import_, first), np.diff(np.append(first, len(self)))
        )

    def blocks(self, least: int) -> Iterator[slice]:
        """Yield slices of whole streams, of at least so many events each but for the last.

        The events must be in the order of streams.
        """
        low, end = 0, len(self)
        while low < end:
            high = low + least
            while high < end and not self._begins(high):
                high += 1
            high = min(high, end)
            yield slice(low, high)
            low = high

    def _begins(self, place: int) -> bool:
        """Whether another stream begins there."""
        return bool(
            self.learner[place] != self.learner[place - 1]
            or self.content[place] != self.content[place - 1]
        )


class Dictionaries(msgspec.Struct):
    """Texts by number, and what labels and pairs stand for.

    ``label`` has shape (labels, 4): content, and the numbers of content id, type and title.
    """

    texts: dict[str, Texts]
    label: Codes
    pairs: list[tuple[str, str]]


def fetched(
    connection: duckdb.DuckDBPyConnection, query: str, **tables: pa.Table
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a query's result as arrays; a null is any number.

    ``tables`` may be named in the query.
    """
    return _arrays(table_of(connection, query, **tables))


def _arrays(rows: pa.Table) -> dict[str, npt.NDArray[Any]]:
    columns = each_column(array_of, rows.columns, rows.num_rows)
    return dict(zip(rows.column_names, columns, strict=True))


def table_of(connection: duckdb.DuckDBPyConnection, query: str, **tables: pa.Table) -> pa.Table:
    """Return a query's result; ``tables`` may be named in it."""
    for name, table in tables.items():
        connection.register(name, table)
    try:
        # What execute() returns keeps its rows for Python and copies them once more.
        relation = connection.sql(query)
        return relation.to_arrow_table()
    finally:
        for name in tables:
            connection.unregister(name)


def array_of(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return whole numbers as one array; a null is any number."""
    dtype = dtype_of(column.type)
    found = np.empty(len(column), dtype)
    start = 0
    for chunk in column.chunks:
        if len(chunk):
            found[start : start + len(chunk)] = np.frombuffer(
                chunk.buffers()[1], dtype, len(chunk), chunk.offset * dtype.itemsize
            )
        start += len(chunk)
    return found


def events(
    connection: duckdb.DuckDBPyConnection,
    rest: str = "",
    *,
    named: bool,
    placed: bool = True,
    **tables: pa.Table,
) -> Events:
    """Return events of the store.

    Parameters
    ----------
    rest:
        What follows ``FROM journal.events e``; it may name ``tables``.
    named:
        Whether some events have an id, so that it is worth reading.
    placed:
        Whether ``row`` is read; otherwise it is 0.
    """
    columns = f"{_EVENT}, e.row" if placed else _EVENT
    # A join gives its rows in any order, another one each time: ids come with the numbers.
    query = f"SELECT {columns}{', e.id' if named else ''} FROM journal.events e {rest}"
    rows = table_of(connection, query, **tables)
    id_ = whole(rows.column("id")) if named else None
    cells = _arrays(rows.drop_columns("id") if named else rows)
    if not placed:
        cells["row"] = np.zeros(len(rows), np.int32)
    cells["import_"] = cells.pop("import")
    return Events(**cells, id=id_)


def few_events(connection: duckdb.DuckDBPyConnection, condition: str, *, named: bool) -> Events:
    """Return the events of the store for which a condition holds, in order of event.

    As :func:`events`, for so few that what each column costs is more than what each row does: to
    make arrays of the rows is sooner done than to have the database put them in order and columns.
    """
    query = f"SELECT {_EVENT}, e.row{', e.id' if named else ''} FROM journal.events e"
    rows = connection.execute(f"{query} WHERE {condition}").fetchall()
    rows.sort(key=lambda row: row[0])
    columns = list(zip(*rows, strict=True)) or [()] * (len(_FETCHED) + named)
    cells: dict[str, Any] = {
        name: np.array(column, dtype)
        for (name, dtype), column in zip(_FETCHED.items(), columns, strict=False)
    }
    return Events(**cells, id=texts(columns[-1]) if named else None)


def some_named(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether any row has an id."""
    query = "SELECT coalesce(sum(identified), 0) > 0 FROM journal.imports"
    return bool(connection.execute(query).fetchall()[0][0])


def dictionaries(
    connection: duckdb.DuckDBPyConnection, until: int, fields: tuple[str, ...] = FIELDS
) -> Dictionaries:
    """Return what the imports up to ``until`` brought; of the texts only these fields."""
    by_field = {name: texts_of(connection, name, until) for name in fields}
    label = fetched(
        connection,
        "SELECT content, content_id, content_type, content_title FROM journal.labels "
        f"WHERE import <= {until} ORDER BY label",
    )
    pairs = connection.execute(
        "SELECT type, source FROM journal.pairs WHERE import <= ? ORDER BY pair", [until]
    ).fetchall()
    return Dictionaries(by_field, np.column_stack(list(label.values())), pairs)


def texts_of(connection: duckdb.DuckDBPyConnection, field: str, until: int | None) -> Texts:
    """Return the texts of a field that the imports up to ``until`` brought; None: all imports."""
    upto = "" if until is None else f"AND import <= {until} "
    return whole(
        table_of(
            connection,
            f"SELECT value FROM journal.texts WHERE field = {FIELDS.index(field)} "
            f"{upto}ORDER BY number",
        ).column(0)
    )


def whole(column: pa.ChunkedArray) -> Texts:
    """Return texts as one array."""
    chunks = (column if column.type == pa.string() else column.cast(pa.string())).chunks
    if not chunks:
        return pa.array([], pa.string())
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)
