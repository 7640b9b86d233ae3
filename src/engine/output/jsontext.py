"""Frames as JSON, a chunk of rows at a time, without a Python object for each cell.

Each column becomes an array of JSON texts; rows are those texts joined. The slow twin is to encode
the rows of :meth:`engine.frame.Frame.rows` one by one, and a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrow import flags, int32, int64, text, texts
from engine.frame import Coded, Column, Frame, Instants, Nested, Numbers
from engine.intake.texts import workers
from engine.intake.timestamps import format_utc_column

__all__ = ["json_array", "json_lines", "json_rows"]

CHUNK: Final = 1 << 14
"""Rows at a time: their text stays in the cache, and its memory is used again."""

_NOTHING: Final = text("")
_QUOTE: Final = text('"')

_AHEAD: Final = 2
"""Chunks in work for each core."""


def json_lines(frame: Frame) -> Iterator[memoryview]:
    """Yield the frame as JSON Lines: chunks of whole lines."""
    return _chunks(frame, "", "\n")


def json_array(frame: Frame) -> Iterator[bytes | memoryview]:
    """Yield the frame as one JSON array of objects."""
    yield b"["
    for number, chunk in enumerate(_chunks(frame, ",\n", "")):
        yield chunk if number else chunk[2:]
    yield b"]"


def _chunks(frame: Frame, prefix: str, suffix: str) -> Iterator[memoryview]:
    render = json_rows(frame)

    def work(low: int) -> memoryview:
        rows = np.arange(low, min(low + CHUNK, len(frame)))
        return _body(pc.binary_join_element_wise(text(prefix), render(rows), text(suffix), _NOTHING))

    lows = range(0, len(frame), CHUNK)
    count = workers()
    if count == 1 or len(lows) == 1:
        yield from map(work, lows)
        return
    with ThreadPoolExecutor(count) as pool:
        waiting = iter(lows)
        running = [pool.submit(work, low) for low in islice(waiting, count * _AHEAD)]
        while running:
            yield running.pop(0).result()
            running += [pool.submit(work, low) for low in islice(waiting, 1)]


def _body(lines: pa.StringArray) -> memoryview:
    """The bytes of all texts, one after another."""
    offsets, data = lines.buffers()[1:]
    last = int(np.frombuffer(offsets, np.int32)[len(lines)])
    return memoryview(data)[:last]


def json_rows(frame: Frame) -> Callable[[np.ndarray], pa.Array]:  # type: ignore[type-arg]
    """Return a function from row numbers to those rows as JSON objects."""
    cells = {name: _renderer(column) for name, column in frame.columns.items()}

    def render(rows: np.ndarray) -> pa.Array:  # type: ignore[type-arg]
        parts: list[pa.Scalar | pa.Array] = []
        mark = "{"
        for name, cell in cells.items():
            parts += [text(f'{mark}"{name}":'), cell(rows)]
            mark = ","
        return pc.binary_join_element_wise(*parts, text("}"), _NOTHING)

    return render


def _renderer(column: Column) -> Callable[[np.ndarray], pa.Array]:  # type: ignore[type-arg]
    match column:
        case Coded(codes, values):
            cells = json_texts(values)
            return lambda rows: cells.take(int32(codes[rows]))
        case Instants():
            return lambda rows: _instants(column.take(rows))
        case Numbers(values):
            return lambda rows: int64(values[rows]).cast(pa.string())
        case Nested():
            return _nested(column)


def _nested(column: Nested) -> Callable[[np.ndarray], pa.Array]:  # type: ignore[type-arg]
    render = json_rows(column.frame)

    def cells(rows: np.ndarray) -> pa.Array:  # type: ignore[type-arg]
        low = column.offsets[rows]
        sizes = column.offsets[rows + 1] - low
        if not sizes.any():
            return pa.repeat(text("[]"), len(rows))
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        inner = np.repeat(low - offsets[:-1], sizes) + np.arange(int(offsets[-1]))
        lists = pa.ListArray.from_arrays(int32(offsets), render(inner))
        return pc.binary_join_element_wise(
            text("["), pc.binary_join(lists, text(",")), text("]"), _NOTHING
        )

    return cells


def _instants(column: Instants) -> pa.Array:
    cells = pc.binary_join_element_wise(_QUOTE, format_utc_column(column.at), _QUOTE, _NOTHING)
    return cells if column.known is None else pc.if_else(flags(column.known), cells, text("null"))


def json_texts(values: pa.Array) -> pa.StringArray:
    """Return each value as JSON text."""
    if pa.types.is_string(values.type) and not values.null_count and not _needs_escape(values):
        return pc.binary_join_element_wise(_QUOTE, values, _QUOTE, _NOTHING)
    encode = msgspec.json.encode
    return texts(encode(value).decode() for value in values.to_pylist())


def _needs_escape(values: pa.StringArray) -> bool:
    """Whether some text holds a character that JSON escapes."""
    offsets, data = values.buffers()[1:]
    if data is None:
        return False
    bounds = np.frombuffer(offsets, np.int32, len(values) + 1, values.offset * 4)
    body = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    return bool((body < 0x20).any() or (body == 0x22).any() or (body == 0x5C).any())
