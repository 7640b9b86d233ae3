"""The few Arrow functions that every command needs, by a short way.

``pyarrow.compute`` builds a documented Python wrapper of each of its 300 functions when it is
imported: 40 ms, a fifth of the time that the audit of a small report takes. The functions
themselves are in the compiled module below it, which these call. What only some commands need
imports ``pyarrow.compute`` where it needs it.
"""

from __future__ import annotations

import pyarrow as pa

from engine.columns.arrow import text

try:
    from pyarrow._compute import (
        CastOptions,
        IndexOptions,
        SetLookupOptions,
        TrimOptions,
        call_function,
    )
except ImportError:  # pragma: no cover - a pyarrow that keeps them elsewhere
    from pyarrow.compute import (
        CastOptions,
        IndexOptions,
        SetLookupOptions,
        TrimOptions,
        call_function,
    )

__all__ = [
    "ascending",
    "cast",
    "choose",
    "decimal",
    "index_in",
    "join",
    "join_lists",
    "lower",
    "number",
    "position",
    "take",
    "trim",
    "without_nulls",
]

_NOTHING = text("")


def join(*cells: pa.StringScalar | pa.StringArray) -> pa.StringArray:
    """Return the texts joined row by row; at least one of ``cells`` is an array."""
    return call_function("binary_join_element_wise", [*cells, _NOTHING])


def join_lists(cells: pa.ListArray, separator: str) -> pa.StringArray:
    """Return each list of texts as one text."""
    return call_function("binary_join", [cells, text(separator)])


def index_in(cells: pa.StringArray, texts: pa.StringArray) -> pa.Int32Array:
    """Return the position of each cell in ``texts``, null where it does not occur."""
    return call_function("index_in", [cells], SetLookupOptions(texts))


def number(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts as dictionary arrays, all with one dictionary."""
    return call_function("dictionary_encode", [cells])


def take(cells: pa.Array, index: pa.Int32Array) -> pa.Array:
    """Return the cells at these positions."""
    return call_function("take", [cells, index])


def cast(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the cells as another type."""
    return call_function("cast", [cells], CastOptions(target_type=kind))


def without_nulls(cells: pa.StringArray) -> pa.StringArray:
    """Return the texts with the empty one for each null."""
    return call_function("coalesce", [cells, _NOTHING]) if cells.null_count else cells


def decimal(numbers: pa.Array) -> pa.StringArray:
    """Return whole numbers as decimal texts."""
    return cast(numbers, pa.string())


def choose(condition: pa.BooleanArray, cells: pa.Array, other: pa.Scalar) -> pa.Array:
    """Return ``cells`` where the condition holds, ``other`` elsewhere."""
    return call_function("if_else", [condition, cells, other])


def trim(cells: pa.StringArray) -> pa.StringArray:
    """Return the texts without blanks at their ends; for ASCII texts."""
    return call_function("ascii_trim", [cells], TrimOptions(" "))


def lower(cells: pa.StringArray) -> pa.StringArray:
    """Return the texts in lower case; for ASCII texts."""
    return call_function("ascii_lower", [cells])


def position(cells: pa.StringArray, wanted: str) -> int:
    """Return the first position of a text, −1 if it does not occur."""
    if not len(cells):
        return -1
    return int(call_function("index", [cells], IndexOptions(value=text(wanted))).as_py())


def ascending(cells: pa.StringArray) -> pa.Int32Array:
    """Return the positions of the texts in ascending order."""
    order = call_function("array_sort_indices", [cells])
    return cast(order, pa.int32())
