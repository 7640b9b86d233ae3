"""Delimited text by pyarrow's parallel reader, wherever that provably reads as `csv_slow` does.

The proof. Both split a line into cells by the same rules (a quote opens a cell only at its
start, two quotes inside are one, what follows a closing quote is taken literally), so they can
only differ in where records begin and end, in limits, and in what they refuse. The bytes are
watched as pyarrow reads them:

- every line end is LF or CRLF, and there are as many records as lines: a record takes at least
  one line, so each takes exactly one; neither a blank line (told to skip them, pyarrow makes no
  record of it; told not to, it would make one of empty cells) nor a quoted line end was met;
- pyarrow itself refuses a wrong number of cells;
- the text is UTF-8 as it stands: without its quotes a cell may be where the text is not;
- there is no NUL, and no line is long enough for the limit of the csv module on a cell.

Whatever is not proved is left to `csv_slow`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from engine.intake.formats.builder import column_type
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

    def read(self, size: int | None = None) -> bytes:
        data = self._inner.read(_BLOCK if size is None or size < 0 else size)
        if data and not self.strange:
            self._note(data)
        return data

    def _note(self, data: bytes) -> None:
        first = data.find(b"\n")
        # Of a chunk without a line end the length counts, which is no less suspicious.
        self.strange |= self._open_line + (first if first >= 0 else len(data)) > _LINE
        self._open_line = (
            len(data) - 1 - data.rfind(b"\n") if first >= 0 else self._open_line + len(data)
        )
        self.strange |= b"\0" in data
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
            self.strange = True
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
        return not self.strange and self._last != _CR and _is_utf8(self._tail)

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


def read_fast(stream: Bytes, layout: Layout, file: str, *, quoted: bool = True) -> RawTable | None:
    """Read delimited UTF-8 text in parallel, or None where the result is not proved.

    ``quoted`` says whether a quote may occur; without, it is a fifth faster, and a text that
    has one after all is not proved.

    Raises
    ------
    InputError
        Only what reading the stream itself raises.
    """
    if not layout.simple or layout.header_row != 1 or len(layout.names) < 2:
        return None
    fields = {str(index): field for field, index in layout.header.columns.items()}
    watch = _Watch(stream)
    every = [str(i) for i in range(len(layout.names))]
    wanted = list(fields)
    try:
        table = pc.read_csv(
            pa.PythonFile(watch, mode="r"),
            pc.ReadOptions(column_names=every, skip_rows=1, block_size=_BLOCK),
            pc.ParseOptions(
                delimiter=layout.delimiter, ignore_empty_lines=True, newlines_in_values=quoted
            ),
            pc.ConvertOptions(
                column_types={i: column_type(field) for i, field in fields.items()},
                null_values=[],
                strings_can_be_null=False,
                include_columns=wanted,
            ),
        )
    except (pa.ArrowException, UnicodeError):
        return None
    if watch.quoted and not quoted:
        return None
    if not watch.sound or watch.lines != table.num_rows + 1:
        return None
    columns = {fields[name]: table.column(name) for name in wanted}
    return RawTable(file, columns, None, [], layout.header.unknown)
