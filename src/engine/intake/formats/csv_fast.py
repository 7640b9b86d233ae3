"""Delimited text by pyarrow's parallel reader, wherever that provably reads as `csv_slow` does.

The proof. Both split a line into cells by the same rules (a quote opens a cell only at its
start, two quotes inside are one, what follows a closing quote is taken literally), so they can
only differ in where records begin and end, in limits, and in what they refuse. The bytes are
watched as pyarrow reads them:

- every line end is LF or CRLF, and there are as many records as lines: a record takes at least
  one line, so each takes exactly one; neither a blank line (told to skip them, pyarrow makes no
  record of it; told not to, it would make one of empty cells) nor a quoted line end was met;
- pyarrow itself leaves out what has a wrong number of cells; if it did, or left out blank lines,
  `csv_damage` finds as many of them as there are records too few;
- the text is UTF-8 as it stands: without its quotes a cell may be where the text is not;
- there is no NUL, and no line is long enough for the limit of the csv module on a cell.

A text that holds NUL or bytes that are no text is read if the caller says that it is UTF-8 all the
same; `csv_damage` finds those lines too, and they are taken out again.

Whatever is not proved is left to `csv_slow`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from engine.columns.arrow import flags
from engine.intake.formats.builder import column_type, row_numbers
from engine.intake.formats.csv_damage import Block, Damage, find_damage
from engine.intake.formats.csv_layout import Layout
from engine.intake.rows import RawTable
from engine.intake.streams import Bytes

__all__ = ["read_fast"]

_BLOCK: Final = 4 << 20
"""Measured on 1 M and 10 M rows: smaller blocks make more dictionaries, larger ones leave cores
idle and leave the cache."""

_STEP: Final = 1 << 16
_LINE: Final = 2 * _STEP
_LF, _CR = 10, 13


class _Watch:
    """Hands bytes on to pyarrow and notes what the proof needs."""

    closed = False

    def __init__(self, inner: Bytes) -> None:
        self._inner = inner
        self._open_line = 0
        self._last = _LF
        self.line_ends = 0
        self.strange = False
        self._ascii = True
        self._tail = b""
        self.quoted = False
        self.damaged = False
        self._reads: list[tuple[int, int, bool]] = []

    def read(self, size: int | None = None) -> bytes:
        data = self._inner.read(_BLOCK if size is None or size < 0 else size)
        if data and not self.strange:
            before, damaged = self.line_ends, self.damaged
            self.damaged = False
            self._note(data)
            self._reads.append((len(data), self.line_ends - before, self.damaged))
            self.damaged |= damaged
        return data

    def _note(self, data: bytes) -> None:
        first = data.find(b"\n")
        # Of a chunk without a line end the length counts, which is no less suspicious.
        self.strange |= self._open_line + (first if first >= 0 else len(data)) > _LINE
        self._open_line = (
            len(data) - 1 - data.rfind(b"\n") if first >= 0 else self._open_line + len(data)
        )
        self.damaged |= b"\0" in data
        self.quoted = self.quoted or b'"' in data
        self._validate(data, first)
        cells = np.frombuffer(data, np.uint8)
        for start in range(0, len(cells), _STEP):
            self._note_step(cells[start : start + _STEP])
        if b"\r" in data or self._last == _CR:
            self.strange |= self._lone_cr(cells)
        self._last = data[-1]

    def _validate(self, data: bytes, first: int) -> None:
        """Note bytes that are no UTF-8 as they stand: without its quotes a cell may be.

        Line by line as it were, since a line end is never part of another character.
        """
        self._ascii = self._ascii and data.isascii()
        if first < 0 or self._ascii:
            self._tail = self._tail + data if first < 0 else data[data.rfind(b"\n") + 1 :]
            return
        last = data.rfind(b"\n") + 1
        if not (_is_utf8(self._tail + data[: first + 1]) and _is_utf8(data[first + 1 : last])):
            self.damaged = True
        self._tail = data[last:]

    def _note_step(self, cells: npt.NDArray[np.uint8]) -> None:
        """A step at a time, since it stays in the cache between these passes."""
        ends = int(np.count_nonzero(cells == _LF))
        self.line_ends += ends
        # Two steps with a line end each: no line between them is longer than _LINE.
        self.strange |= ends == 0 and len(cells) == _STEP

    def _lone_cr(self, cells: npt.NDArray[np.uint8]) -> bool:
        if self._last == _CR and cells[0] != _LF:
            return True
        return bool(((cells[:-1] == _CR) & (cells[1:] != _LF)).any())

    @property
    def lines(self) -> int:
        """Lines read, one without an end included."""
        return self.line_ends + (self._last != _LF)

    @property
    def sound(self) -> bool:
        """Nothing seen that the two readers might take differently."""
        return not self.strange and self._last != _CR

    @property
    def text(self) -> bool:
        """Nothing seen that is no text."""
        return not self.damaged and _is_utf8(self._tail)

    def blocks(self, rows: list[int]) -> list[Block]:
        """What was read, a read a block; ``rows`` is what pyarrow made of each block, in order.

        It takes a read for a block, so that lines are missing where its rows are too few. Should
        it ever not do so, every block is worth a second look.
        """
        reads = list(self._reads)
        size, lines, damaged = reads.pop()
        reads.append((size, lines + (self._last != _LF), damaged or not _is_utf8(self._tail)))
        rows = [rows[0] + 1, *rows[1:]] if len(rows) == len(reads) else [-1] * len(reads)
        return [
            Block(size, lines, damaged or lines != count)
            for (size, lines, damaged), count in zip(reads, rows, strict=True)
        ]

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8; Arrow looks without making a text of them."""
    bounds = np.array([0, len(data)], np.int32)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def read_fast(
    opened: Callable[[], Bytes],
    layout: Layout,
    file: str,
    *,
    quoted: bool = True,
    damaged: bool = False,
) -> RawTable | None:
    """Read delimited UTF-8 text in parallel, or None where the result is not proved.

    Parameters
    ----------
    opened:
        Opens the text, without byte order mark; a damaged one is read twice.
    quoted:
        Whether a quote may occur; without, it is a fifth faster, and a text that has one after
        all is not proved.
    damaged:
        Whether bytes that are no text are known to be damage, not another encoding.

    Raises
    ------
    InputError
        Only what reading the stream itself raises.
    """
    if not layout.simple or layout.header_row != 1 or len(layout.names) < 2:
        return None
    with closing(opened()) as stream:
        watch = _Watch(stream)
        table = _parsed(watch, layout, quoted=quoted, damaged=damaged)
    if table is None or (watch.quoted and not quoted) or not watch.sound:
        return None
    fields = {str(index): field for field, index in layout.header.columns.items()}
    columns = {field: table.column(name) for name, field in fields.items()}
    missing = watch.lines - 1 - table.num_rows
    if not missing and watch.text:
        return RawTable(file, columns, unknown_columns=layout.header.unknown)
    if missing < 0 or not (watch.text or damaged):
        return None
    rows = [len(chunk) for chunk in table.column(0).chunks]
    damage = find_damage(opened(), watch.blocks(rows), layout, file, missing)
    return None if damage is None else _without(damage, columns, watch.lines, layout, file)


def _parsed(watch: _Watch, layout: Layout, *, quoted: bool, damaged: bool) -> pa.Table | None:
    every = [str(i) for i in range(len(layout.names))]
    fields = layout.header.columns
    try:
        return pc.read_csv(
            pa.PythonFile(watch, mode="r"),
            pc.ReadOptions(column_names=every, skip_rows=1, block_size=_BLOCK),
            pc.ParseOptions(
                delimiter=layout.delimiter,
                ignore_empty_lines=True,
                newlines_in_values=quoted,
                invalid_row_handler=lambda row: "skip",
            ),
            pc.ConvertOptions(
                column_types={str(i): column_type(field) for field, i in fields.items()},
                null_values=[],
                strings_can_be_null=False,
                include_columns=[str(i) for i in fields.values()],
                # What `_Watch` finds to be text need not be looked at again.
                check_utf8=not damaged,
            ),
        )
    except (pa.ArrowException, UnicodeError):
        return None


def _without(
    damage: Damage,
    columns: dict[str, pa.ChunkedArray],
    lines: int,
    layout: Layout,
    file: str,
) -> RawTable:
    """The records that are sound, with their rows."""
    no_rows = np.concatenate([damage.absent, damage.present]) - 2
    rows = np.delete(np.arange(2, lines + 1), no_rows)
    if len(damage.present):
        among = damage.present - 2 - np.searchsorted(damage.absent, damage.present)
        columns = {field: _dropped(column, among) for field, column in columns.items()}
    return RawTable(file, columns, row_numbers(rows), damage.rejects, layout.header.unknown)


def _dropped(column: pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> pa.ChunkedArray:
    """The column without these rows, whose bytes are no text.

    A dictionary would keep their cells, so that of a chunk that loses one is made again.
    """
    bounds = np.cumsum([0, *map(len, column.chunks)])
    of_chunk = np.searchsorted(bounds, rows, side="right") - 1
    chunks = list(column.chunks)
    for number in np.unique(of_chunk).tolist():
        keep = np.ones(len(chunks[number]), np.bool_)
        keep[rows[of_chunk == number] - bounds[number]] = False
        kept = chunks[number].filter(flags(keep))
        if pa.types.is_dictionary(column.type):
            kept = kept.cast(pa.string()).dictionary_encode()
        chunks[number] = kept
    return pa.chunked_array(chunks, column.type)
