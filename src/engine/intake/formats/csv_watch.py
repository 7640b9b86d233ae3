"""What `csv_fast` has to know of a text, noted as the bytes go by."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.intake.formats.csv_damage import Block
from engine.intake.formats.csv_sieve import UnprovenError
from engine.intake.streams import Bytes, ReadOnce

__all__ = ["Watch"]

AT_ONCE: Final = 4 << 20
_STEP: Final = 1 << 16
"""Bytes looked at together: they stay in the cache between the looks."""
_LINE: Final = 2 * _STEP
_LF, _CR = 10, 13


class Watch(ReadOnce):
    """Hands bytes on to pyarrow and notes what the proof needs."""

    def __init__(self, inner: Bytes, *, sieved: bool = False) -> None:
        self._inner = inner
        self._sieved = sieved
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
        """At most ``size`` bytes; none only at the end.

        Raises
        ------
        UnprovenError
            If what was read cannot be proved to read as the slow reader would have it.
        """
        data = self._inner.read(AT_ONCE if size is None or size < 0 else size)
        if data:
            before = self.line_ends
            self._note(data)
            self._reads.append((len(data), self.line_ends - before, self._last == _CR))
        if self.strange:
            raise UnprovenError
        if not (self._sieved or (self.text if not data else not self.damaged)):
            # Not left to pyarrow: a damaged line that is no text either makes it complain on
            # standard error, past all handlers.
            raise UnprovenError
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
        return self.line_ends + self._open

    @property
    def _open(self) -> bool:
        """Whether the last line has no end."""
        return self._last != _LF

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
        size, lines, _ = self._reads[-1]
        reads = [*self._reads[:-1], (size, lines + self._open, False)]
        rows = [rows[0] + 1, *rows[1:]] if len(rows) == len(reads) else [-1] * len(reads)
        blocks = []
        cut = suspicious = False
        for (size, lines, cuts), count in zip(reads, rows, strict=True):
            # Of a line end cut in two, CR is a line end to pyarrow, and LF a blank line.
            suspicious = lines - cut + cuts != count or (cut and suspicious)
            blocks.append(Block(size, lines, suspicious))
            cut = cuts
        return blocks


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8; Arrow looks without making a text of them."""
    bounds = np.array([0, len(data)], np.int32)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
