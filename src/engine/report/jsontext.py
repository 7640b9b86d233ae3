"""Frames as JSON, a chunk of rows at a time, without a Python object for each cell.

Each column becomes an array of JSON texts; rows are those texts joined. The slow twin is to encode
the rows of a frame one by one, and a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeGuard

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import flags, int32, int64, text, texts
from engine.columns.frame import Coded, Column, Frame, Instants, Nested, Numbers
from engine.columns.kernels import choose, decimal, join, join_lists, take
from engine.columns.slices import workers
from engine.instants import format_utc_column

__all__ = ["json_array", "json_lines", "json_rows"]

Rows = npt.NDArray[np.int64]
Render = Callable[[Rows], pa.StringArray]
"""From row numbers to one JSON text each."""

CHUNK: Final = 1 << 14
"""Rows at a time: their text stays in the cache, and its memory is used again."""

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
        return _body(join(text(prefix), render(rows), text(suffix)))

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


def json_rows(frame: Frame) -> Render:
    """Return a function from row numbers to those rows as JSON objects."""
    parts: list[pa.StringScalar | Render] = []
    mark = "{"
    columns = list(frame.columns.items())
    while columns:
        name, column = columns.pop(0)
        key = f'{mark}"{name}":'
        mark = ","
        if isinstance(column, Coded) and pa.types.is_large_string(column.values.type):
            parts += [text(key), _long(column)]
        elif isinstance(column, Coded):
            # Keys are joined to the distinct values, and so are neighbours that share their
            # codes: what is joined for each row are then few and long texts.
            named = [(key, column)]
            while columns and _shares_codes(twin := columns[0][1], column):
                name, _ = columns.pop(0)
                named.append((f',"{name}":', twin))
            parts.append(_joined(named))
        else:
            parts += [text(key), _renderer(column)]
    parts.append(text("}" if frame.columns else "{}"))

    def render(rows: Rows) -> pa.StringArray:
        cells = [part(rows) if callable(part) else part for part in parts]
        return join(*cells)

    return render


def _shares_codes(other: Column, column: Coded) -> TypeGuard[Coded]:
    return (
        isinstance(other, Coded)
        and other.codes is column.codes
        and len(other.values) == len(column.values)
    )


def _joined(named: list[tuple[str, Coded]]) -> Render:
    """The cells of columns that share their codes, each after its key."""
    codes = named[0][1].codes
    values = [column.values for _, column in named]
    if len(values[0]) > len(codes):
        # Few findings of many learners: the others' names need not be made JSON.
        used, codes = np.unique(codes, return_inverse=True)
        values = [take(each, int32(used)) for each in values]
    keyed = [
        join(text(key), json_texts(each)) for (key, _), each in zip(named, values, strict=True)
    ]
    return _gather(keyed[0] if len(keyed) == 1 else join(*keyed), codes)


def _long(column: Coded) -> Render:
    """Texts too long to be made JSON all at once; those of a chunk fit."""
    return lambda rows: json_texts(column.take(rows).arrow().cast(pa.string()))


def _gather(cells: pa.StringArray, codes: npt.NDArray[np.integer]) -> Render:
    if len(cells) == 1:
        only = cells[0]
        return lambda rows: pa.repeat(only, len(rows))
    return lambda rows: take(cells, int32(codes[rows]))


def _renderer(column: Column) -> Render:
    match column:
        case Coded(codes, values):
            return _gather(json_texts(values), codes)
        case Instants():
            return lambda rows: _instants(column.take(rows))
        case Numbers(values, None):
            return lambda rows: decimal(int64(values[rows]))
        case Numbers():
            return lambda rows: _numbers(column.take(rows))
        case Nested():
            return _nested(column)


def _nested(column: Nested) -> Render:
    render = json_rows(column.frame)

    def cells(rows: Rows) -> pa.StringArray:
        low = column.offsets[rows]
        sizes = column.offsets[rows + 1] - low
        if not sizes.any():
            return pa.repeat(text("[]"), len(rows))
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        inner = np.repeat(low - offsets[:-1], sizes) + np.arange(int(offsets[-1]))
        lists = pa.ListArray.from_arrays(int32(offsets), render(inner))
        return join(text("["), join_lists(lists, ","), text("]"))

    return cells


def _numbers(column: Numbers) -> pa.StringArray:
    cells = decimal(int64(column.values))
    return cells if column.known is None else choose(flags(column.known), cells, text("null"))


def _instants(column: Instants) -> pa.Array:
    cells = join(_QUOTE, format_utc_column(column.at), _QUOTE)
    return cells if column.known is None else choose(flags(column.known), cells, text("null"))


def json_texts(values: pa.Array) -> pa.StringArray:
    """Return each value as JSON text."""
    if pa.types.is_string(values.type) and not values.null_count and not _needs_escape(values):
        return join(_QUOTE, values, _QUOTE)
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
