"""A table on its way out: few kinds of column, all of them arrays.

Read models return frames; :mod:`engine.report` writes them, and polars, pandas, pyarrow and DuckDB
take them as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any, Final
from typing import cast as cast_type

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arguments import checked, text
from engine.arguments import texts as texts_given
from engine.columns.arrow import MOST_BYTES, int32, int64, texts
from engine.columns.html import html_table
from engine.columns.kernels import cast, take
from engine.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Coded", "Column", "Frame", "Instants", "Nested", "Numbers", "Row", "text_column"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Coded(msgspec.Struct, frozen=True):
    """Cells that repeat: ``values[codes]``.

    A value is a text, a number, true or false, None, or a list of texts.
    """

    codes: npt.NDArray[np.integer]
    values: pa.Array

    def take(self, rows: Ints) -> Coded:
        """Return the cells of these rows."""
        return Coded(self.codes[rows], self.values)

    def arrow(self) -> pa.Array:
        """Return the cells as plain values."""
        values = self.values
        if pa.types.is_string(values.type) and len(values):
            longest = int(np.diff(np.frombuffer(values.buffers()[1], np.int32)).max(initial=0))
            if longest * len(self.codes) > MOST_BYTES:
                values = cast(values, pa.large_string())
        return take(values, int32(self.codes))

    def cells(self) -> list[Any]:
        """Return the cells as Python's."""
        cells: list[Any] = self.arrow().to_pylist()
        return cells


def text_column(cells: Sequence[str]) -> Coded:
    """Return texts as a column."""
    return Coded(np.arange(len(cells)), texts(cells))


class Instants(msgspec.Struct, frozen=True):
    """Microseconds since 1970-01-01T00:00:00Z; ``known`` is None where all are."""

    at: Ints
    known: Mask | None = None

    def take(self, rows: Ints) -> Instants:
        """Return the cells of these rows."""
        return Instants(self.at[rows], None if self.known is None else self.known[rows])

    def arrow(self) -> pa.Array:
        """Return the cells as timestamps in UTC."""
        return int64(self.at, self.known, kind=pa.timestamp("us", "UTC"))

    def cells(self) -> list[datetime | None]:
        """Return the cells as aware datetimes.

        Raises
        ------
        OverflowError
            If one lies outside the years 1 to 9999.
        """
        # pyarrow makes them too, but imports pandas first wherever that is installed.
        known = repeat(True) if self.known is None else self.known.tolist()
        return [
            _EPOCH + timedelta(microseconds=at) if sure else None
            for at, sure in zip(self.at.tolist(), known, strict=False)
        ]


class Numbers(msgspec.Struct, frozen=True):
    """Whole numbers; ``known`` is None where all are."""

    values: npt.NDArray[np.integer]
    known: Mask | None = None

    def take(self, rows: Ints) -> Numbers:
        """Return the cells of these rows."""
        return Numbers(self.values[rows], None if self.known is None else self.known[rows])

    def arrow(self) -> pa.Array:
        """Return the cells as int64."""
        return int64(self.values, self.known)

    def cells(self) -> list[int | None]:
        """Return the cells as Python's."""
        cells: list[int | None] = self.arrow().to_pylist()
        return cells


class Nested(msgspec.Struct, frozen=True):
    """Each cell a list of rows of another frame: those from ``offsets[i]`` to ``offsets[i+1]``."""

    offsets: Ints
    frame: Frame

    def take(self, rows: Ints) -> Nested:
        """Return the cells of these rows."""
        low, sizes = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        inner = np.repeat(low - offsets[:-1], sizes) + np.arange(int(offsets[-1]))
        return Nested(offsets, self.frame.take(inner))

    def arrow(self) -> pa.Array:
        """Return the cells as lists of structs."""
        table = self.frame.to_arrow()
        rows = pa.StructArray.from_arrays(
            [column.combine_chunks() for column in table.columns], names=table.column_names
        )
        return pa.ListArray.from_arrays(int32(self.offsets), rows)

    def cells(self) -> list[list[dict[str, Any]]]:
        """Return the cells as lists of dictionaries."""
        rows = self.frame.rows()
        return [rows[low:high] for low, high in pairwise(self.offsets.tolist())]


_ROWS_AT_A_TIME: Final = 1 << 12

_SHOWN: Final = 50
"""Rows that a notebook shows."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Column = Coded | Instants | Numbers | Nested


def _positions(value: Any, name: str) -> Ints:
    """Take positions of rows."""
    if (
        not isinstance(value, np.ndarray)
        or value.ndim != 1
        or value.dtype.kind not in ("i" if len(value) else "if")
    ):
        raise UsageError(f"{name} are no positions; give a numpy array of whole numbers.")
    return value if value.dtype.kind == "i" else value.astype(np.int64)


class Frame(msgspec.Struct, frozen=True):
    """A table: named columns of one length.

    polars, pandas, pyarrow and DuckDB take it as it is (the Arrow PyCapsule interface):
    ``polars.DataFrame(frame)``, ``pyarrow.table(frame)``, ``frame.to_pandas()``,
    ``duckdb.sql("FROM frame")``. ``frame["code"]`` is a column as an Arrow array, ``len(frame)``
    the number of rows, and a loop goes over the rows.
    """

    columns: Mapping[str, Column]
    length: int

    def __len__(self) -> int:
        return self.length

    @checked(rows=_positions)
    def take(self, rows: Ints) -> Frame:
        """Return the frame of these rows, in this order.

        Raises
        ------
        UsageError
            If there is no such row.
        """
        try:
            taken = {name: column.take(rows) for name, column in self.columns.items()}
        except (IndexError, pa.ArrowIndexError):
            raise UsageError(f"rows are not all among the {self.length:,} of the table.") from None
        return Frame(taken, len(rows))

    @checked(names=texts_given)
    def select(self, names: Sequence[str]) -> Frame:
        """Return the frame of these columns, in this order.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        return Frame({name: self._column(name) for name in names}, self.length)

    def _column(self, name: str) -> Column:
        try:
            return self.columns[name]
        except KeyError:
            raise UsageError(
                f"the table has no column {name!r}; it has {', '.join(self.columns)}."
            ) from None

    def _repeating(self, name: str) -> Coded:
        column = self._column(name)
        if not isinstance(column, Coded):
            raise UsageError(f"column {name!r} holds no texts that repeat; name another one.")
        return column

    @checked(name=text, wanted=texts_given)
    def having(self, name: str, wanted: Collection[str]) -> Frame:
        """Return the rows whose cell of a column that repeats its cells is one of these texts."""
        column = self._repeating(name)
        among = np.array([cell in wanted for cell in column.values.to_pylist()], np.bool_)
        return self.take(np.flatnonzero(among[column.codes]))

    @checked(name=text)
    def known(self, name: str) -> Mask:
        """Tell which cells of a column of timestamps or numbers are not empty."""
        column = self._column(name)
        if not isinstance(column, Instants | Numbers):
            raise UsageError(f"column {name!r} holds neither timestamps nor numbers.")
        return np.ones(self.length, np.bool_) if column.known is None else column.known

    @checked(name=text)
    def counts(self, name: str) -> dict[str, int]:
        """Return each text of a column that repeats its cells, and how many rows have it."""
        column = self._repeating(name)
        counts = np.bincount(column.codes, minlength=len(column.values)).tolist()
        found: dict[str, int] = {}
        for cell, count in zip(column.values.to_pylist(), counts, strict=True):
            if count:
                found[cell] = found.get(cell, 0) + count
        return found

    def __getitem__(self, name: str) -> pa.Array:
        """Return a column as an Arrow array.

        Raises
        ------
        KeyError
            If there is no such column; it names those that are there.
        """
        if name not in self.columns:
            raise KeyError(f"{name!r} is no column; there are {', '.join(self.columns)}")
        return self.columns[name].arrow()

    def to_arrow(self) -> pa.Table:
        """Return the frame as an Arrow table."""
        return pa.table({name: column.arrow() for name, column in self.columns.items()})

    def to_pandas(self) -> pd.DataFrame:
        """Return the frame as a pandas data frame, with its columns also where it has no rows."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return the frame as a polars data frame."""
        import polars

        return polars.DataFrame(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the frame (Arrow PyCapsule interface)."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<engine.Frame of {self.length:,} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        shown = self.take(np.arange(min(self.length, _SHOWN)))
        return html_table(list(self.columns), map(dict.values, shown.rows()), self.length)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows as ``msgspec`` structs, with the columns as attributes.

        Each is a mapping too, so that what takes rows as dictionaries finds the columns' names.
        """
        row = msgspec.defstruct("Row", list(self.columns), bases=(Row,), frozen=True)
        for low in range(0, self.length, _ROWS_AT_A_TIME):
            part = self.take(np.arange(low, min(low + _ROWS_AT_A_TIME, self.length)))
            for cells in part.rows():
                yield cast_type(Row, row(**cells))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries; timestamps as aware datetimes."""
        if not self.columns:
            return [{} for _ in range(self.length)]
        cells = zip(*(column.cells() for column in self.columns.values()), strict=True)
        return [dict(zip(self.columns, row, strict=True)) for row in cells]


class Row(msgspec.Struct, frozen=True):
    """A row of a frame: its cells by attribute, ``row.code``, and by name, ``row["code"]``."""

    def __getitem__(self, name: str) -> Any:
        if name not in self.__struct_fields__:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.__struct_fields__)

    def __len__(self) -> int:
        return len(self.__struct_fields__)

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.__struct_fields__


# pandas asks this of the rows that it is given.
Mapping.register(Row)
