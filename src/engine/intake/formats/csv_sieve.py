"""A delimited text without the lines that are no records, for a text with many of them.

Every line is judged before pyarrow sees it, so that it meets sound lines only: asking it to leave
out damaged ones costs more than that for each of them, and it knows no bytes that are no text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.slices import each, workers
from engine.intake.formats.csv_judge import BadLine, judge, line_ends
from engine.intake.formats.csv_layout import Layout
from engine.intake.rejects import RejectBuilder
from engine.intake.streams import ReadOnce

__all__ = ["Sieve", "UnprovenError"]

_BLOCK: Final = 1 << 20


class UnprovenError(Exception):
    """A line of the text is not one record."""


class Sieve(ReadOnce):
    """Hands on the header and the sound lines of a UTF-8 text.

    Reading raises `UnprovenError` if a record has several lines.
    """

    def __init__(self, read: Callable[[int], bytes], layout: Layout, file: str) -> None:
        """Take the text from ``read``."""
        self._read = read
        self._layout = layout
        self._file = file
        self._rest = b""
        self._ready: deque[bytes] = deque()
        self._row = 1
        self._left_out: list[npt.NDArray[np.int64]] = []
        self._ended = False
        self.rejects = RejectBuilder()

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The rows of the lines handed on, but for the header."""
        left_out = np.concatenate([np.zeros(0, np.int64), *self._left_out])
        return np.delete(np.arange(2, self._row), left_out - 2)

    def read(self, size: int | None = None) -> bytes:
        """At most ``size`` bytes; none only at the end."""
        while not self._ready and not self._ended:
            self._refill()
        if not self._ready:
            return b""
        data = self._ready.popleft()
        if size is not None and 0 <= size < len(data):
            self._ready.appendleft(data[size:])
            data = data[:size]
        return data

    def _refill(self) -> None:
        """Judge some blocks of whole lines, as many as there are cores."""
        blocks: list[bytes] = []
        while len(blocks) < workers() and not self._ended:
            data = self._read(_BLOCK)
            self._ended = not data
            end = data.rfind(b"\n") + 1 if data else 0
            if data and not end:
                self._rest += data
                continue
            block, self._rest = self._rest + data[:end], data[end:]
            if self._row == 1 and not blocks:
                end = block.find(b"\n") + 1 or len(block)
                self._ready.append(block[:end])
                self._row, block = 2, block[end:]
            if block:
                blocks.append(block)
        found = each(lambda block: judge(block, self._layout, self._file), blocks)
        for block, bad in zip(blocks, found, strict=True):
            if bad is None:
                raise UnprovenError
            self._take(block, bad)

    def _take(self, block: bytes, bad: list[BadLine]) -> None:
        ends = line_ends(block)
        if bad:
            numbers = np.array([line.line for line in bad], np.int64)
            self._left_out.append(self._row + numbers)
            for line in bad:
                if line.fault:
                    self.rejects.add(self._row + line.line, line.fault, line.raw)
            after = (ends[numbers] + 1).tolist()
            before = np.append(0, ends[:-1] + 1)[numbers].tolist()
            parts = zip([0, *after], [*before, len(block)], strict=True)
            block = b"".join([block[low:high] for low, high in parts])
        self._row += len(ends)
        if block:
            self._ready.append(block)
