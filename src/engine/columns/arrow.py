"""numpy and lists to Arrow without a detour.

``pyarrow.array`` looks at what it is given and, to do so, imports pandas and numpy.ma wherever
they are installed: half a second at the start of a command that needs neither. These helpers wrap
the memory of an array as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.errors import UserError

__all__ = [
    "MOST_BYTES",
    "coded",
    "flags",
    "int32",
    "int64",
    "known",
    "lists",
    "long_texts",
    "numbers",
    "room",
    "text",
    "texts",
]

_EMPTY: Final = pa.py_buffer(b"")

MOST_BYTES: Final = (1 << 31) - 1
"""What the offsets of a string array can address."""

_PART: Final = 1 << 9
"""Texts made at a time where all of them are long: a record has up to 4 MB."""


def int32(values: npt.NDArray[np.integer]) -> pa.Int32Array:
    """Return the numbers as an int32 array."""
    body = np.ascontiguousarray(values, np.int32)
    return pa.Array.from_buffers(pa.int32(), len(body), [None, pa.py_buffer(body)])


def int64(
    values: npt.NDArray[np.integer],
    known: npt.NDArray[np.bool_] | None = None,
    *,
    kind: pa.DataType | None = None,
) -> pa.Array:
    """Return the numbers as an int64 array (or another 64-bit type), null where not known."""
    body = np.ascontiguousarray(values, np.int64)
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind or pa.int64(), len(body), [valid, pa.py_buffer(body)])


def flags(
    values: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_] | None = None
) -> pa.BooleanArray:
    """Return the truth values as a bool array, null where not known."""
    body = pa.py_buffer(np.packbits(values, bitorder="little"))
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [valid, body])


def texts(values: Iterable[str | None]) -> pa.StringArray:
    """Return the texts as a string array, null for None.

    Raises
    ------
    UserError
        If they are longer than a string array's 32-bit offsets can address. Where texts may be
        that many, see :func:`long_texts`.
    """
    cells = list(values)
    encoded = [b"" if cell is None else cell.encode("utf-8", "replace") for cell in cells]
    bounds = np.zeros(len(cells) + 1, np.int64)
    np.cumsum([len(each) for each in encoded], out=bounds[1:])
    if bounds[-1] > MOST_BYTES:
        raise UserError(
            "One column has more than 2 GiB of different texts; audit the report in parts, for "
            "example year by year."
        )
    offsets = bounds.astype(np.int32)
    valid = None
    if None in cells:
        known = np.array([cell is not None for cell in cells], np.bool_)
        valid = pa.py_buffer(np.packbits(known, bitorder="little"))
    body = pa.py_buffer(b"".join(encoded)) if encoded else _EMPTY
    return pa.Array.from_buffers(pa.string(), len(cells), [valid, pa.py_buffer(offsets), body])


def long_texts(values: Sequence[str]) -> pa.LargeStringArray:
    """Return the texts, of any length together, as a large string array."""
    return pa.concat_arrays(
        [_long(texts(values[low : low + _PART])) for low in range(0, max(1, len(values)), _PART)]
    )


def _long(cells: pa.StringArray) -> pa.LargeStringArray:
    valid, bounds, body = cells.buffers()
    offsets = np.frombuffer(bounds, np.int32, len(cells) + 1).astype(np.int64)
    buffers = [valid, pa.py_buffer(offsets), body]
    return pa.Array.from_buffers(pa.large_string(), len(cells), buffers)


def lists(values: Iterable[Iterable[str]]) -> pa.ListArray:
    """Return lists of texts as a list array."""
    cells = [list(each) for each in values]
    offsets = np.zeros(len(cells) + 1, np.int32)
    np.cumsum([len(each) for each in cells], out=offsets[1:])
    return pa.ListArray.from_arrays(int32(offsets), texts(t for each in cells for t in each))


def numbers(array: pa.Int32Array) -> npt.NDArray[np.int32]:
    """Return the memory of an int32 array, read-only; a null is any number."""
    if not len(array):
        return np.empty(0, np.int32)
    return np.frombuffer(array.buffers()[1], np.int32, len(array), array.offset * 4)


def coded(codes: npt.NDArray[np.int32], values: pa.StringArray) -> pa.DictionaryArray:
    """Return ``values[codes]``; every code must be a position, which nobody looks at again."""
    return pa.DictionaryArray.from_arrays(int32(codes), values, safe=False)


def text(value: str) -> pa.StringScalar:
    """Return one text as a scalar, for a compute function."""
    return texts([value])[0]


def known(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return which cells are not null."""
    valid = array.buffers()[0]
    if valid is None:
        return np.ones(len(array), np.bool_)
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].astype(np.bool_)


def room(length: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array of which nothing is set yet, in the memory that Arrow keeps for its next.

    A report's texts, once they are numbers, leave a gigabyte of it. numpy would ask the system
    for as much again, where each page is cleared when it is first touched: half the time of what
    is done to long arrays.
    """
    kind = np.dtype(dtype)
    return np.ndarray(length, kind, pa.allocate_buffer(length * kind.itemsize))
