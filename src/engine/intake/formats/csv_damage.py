"""The few damaged lines of a delimited text that pyarrow has read, found again and judged.

pyarrow leaves out what has the wrong number of cells, and blank lines, without saying where they
were; and it takes bytes that are no text for a cell. Here the blocks in which lines are missing
are read a second time: delimiters are counted in all lines at once, and only what is suspicious
(another count, a quote, NUL, bytes that are no text) goes to the slow reader, which judges it.

The proof is a count. Every line is a record (the caller's proof, and no judged line leaves a
quote open), and as many lines were found to be no rows as pyarrow has left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.slices import each, workers
from engine.intake.formats.csv_layout import Layout
from engine.intake.formats.csv_slow import judged
from engine.intake.rejects import RejectBuilder, Rejects
from engine.intake.streams import Bytes, as_text

__all__ = ["Block", "Damage", "find_damage"]

Ints = npt.NDArray[np.int64]

_LF, _QUOTE, _NUL, _LAST_ASCII = 10, 34, 0, 127
_SENTINEL: Final = b"\n"
"""A blank line after the judged ones: a quote that was left open would take it in."""


class Block(msgspec.Struct, frozen=True):
    """Bytes that pyarrow got at once.

    Attributes
    ----------
    size:
        How many.
    lines:
        Lines that end in it.
    suspicious:
        Whether it is worth a second look.
    """

    size: int
    lines: int
    suspicious: bool


class Damage(msgspec.Struct, frozen=True):
    """The lines that are no records.

    Attributes
    ----------
    absent:
        Rows of the lines that pyarrow left out, ascending.
    present:
        Rows of the lines that it took for records, ascending.
    rejects:
        The same without the blank ones, as the slow reader has them.
    """

    absent: Ints
    present: Ints
    rejects: Rejects


class _Found(msgspec.Struct):
    row: int
    present: bool
    fault: str
    raw: str


def find_damage(
    stream: Bytes, blocks: Sequence[Block], layout: Layout, file: str, missing: int
) -> Damage | None:
    """Read the suspicious blocks again, or return None where the result is not proved.

    ``missing`` is how many lines after the header are none of pyarrow's records.
    """
    absent, present = [], []
    rejects = RejectBuilder()
    with closing(stream):
        for found in _judged_blocks(stream, blocks, layout, file):
            if found is None:
                return None
            for line in found:
                (present if line.present else absent).append(line.row)
                if line.fault:
                    rejects.add(line.row, line.fault, line.raw)
    if len(absent) != missing:
        return None
    return Damage(np.array(absent, np.int64), np.array(present, np.int64), rejects.finish())


def _judged_blocks(
    stream: Bytes, blocks: Sequence[Block], layout: Layout, file: str
) -> Iterator[list[_Found] | None]:
    """Judge the blocks, as many at a time as there are cores."""

    def judge(lines: tuple[int, bytes]) -> list[_Found] | None:
        return _judge(*lines, layout, file)

    waiting: list[tuple[int, bytes]] = []
    for first, lines in _suspicious_lines(stream, blocks):
        waiting.append((first, lines))
        if len(waiting) == workers():
            yield from each(judge, waiting)
            waiting.clear()
    yield from each(judge, waiting)


def _suspicious_lines(stream: Bytes, blocks: Sequence[Block]) -> Iterator[tuple[int, bytes]]:
    """The lines that end in each suspicious block, and the row of the first of them."""
    row, rest = 1, b""
    for number, block in enumerate(blocks):
        data = _exactly(stream, block.size)
        end = len(data) if number == len(blocks) - 1 else data.rfind(b"\n") + 1
        if block.suspicious:
            lines, first = rest + data[:end], row
            if row == 1:
                lines, first = lines[lines.find(b"\n") + 1 :], 2
            yield first, lines
        if end:
            rest = data[end:]
        else:
            rest += data
        row += block.lines


def _exactly(stream: Bytes, size: int) -> bytes:
    parts = []
    while size > 0 and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def _judge(first: int, data: bytes, layout: Layout, file: str) -> list[_Found] | None:
    """What the slow reader says of a block's lines, None if one is not a record."""
    ends = _ends(data)
    starts = np.append(0, ends[:-1] + 1)
    which = np.flatnonzero(_suspicious(data, ends, layout)).tolist()
    if not which:
        return []
    lines = [data[starts[at] : ends[at]] + b"\n" for at in which]
    text = as_text(io.BytesIO(b"".join(chain(lines, (_SENTINEL,)))), "utf-8")
    width = len(layout.names)
    found = []
    count = 0
    for number, record in enumerate(judged(text, layout, file)):
        if record.lines != 1:
            return None
        count += 1
        if number < len(which) and (record.fault or not record.cells):
            row = first + which[number]
            present = len(record.cells) == width
            found.append(_Found(row, present, record.fault, record.raw() if record.fault else ""))
    return found if count == len(which) + 1 else None


def _ends(data: bytes) -> Ints:
    """Where each line ends; the last one may have no line end."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LF)
    return ends if data.endswith(b"\n") or not data else np.append(ends, len(data))


def _suspicious(data: bytes, ends: Ints, layout: Layout) -> npt.NDArray[np.bool_]:
    cells = np.frombuffer(data, np.uint8)
    delimiters = np.flatnonzero(cells == ord(layout.delimiter))
    counts = np.diff(np.searchsorted(delimiters, ends), prepend=0)
    suspicious: npt.NDArray[np.bool_] = counts != len(layout.names) - 1

    def suspect(places: npt.NDArray[np.bool_]) -> None:
        suspicious[np.searchsorted(ends, np.flatnonzero(places))] = True

    if b'"' in data:
        suspect(cells == _QUOTE)
    if b"\0" in data:
        suspect(cells == _NUL)
    if not _is_text(data):
        suspect(cells > _LAST_ASCII)
    return suspicious


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
