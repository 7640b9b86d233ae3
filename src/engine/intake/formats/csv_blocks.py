"""A text in blocks of whole lines, for readers that work side by side."""

from __future__ import annotations

import threading
from typing import Final, NamedTuple

from engine.intake.streams import Bytes, unbuffered

__all__ = ["BLOCK_BYTES", "LONGEST_LINE", "Block", "Blocks", "UnprovenError", "new_buffer"]

BLOCK_BYTES: Final = 4 << 20
"""Measured on 1 M and 10 M rows: smaller blocks make more dictionaries, larger ones leave cores
idle and leave the cache."""

LONGEST_LINE: Final = 1 << 17
"""Bytes; the csv module's limit on a cell, in characters."""


class UnprovenError(Exception):
    """The text may not read as the slow reader would have it."""


class Block(NamedTuple):
    """Which block a buffer holds, counted from 0, and how many bytes of it."""

    number: int
    size: int


def new_buffer() -> bytearray:
    """Return room for one block after another.

    To touch new memory for each of them would take as long as to read them.
    """
    return bytearray(BLOCK_BYTES + LONGEST_LINE)


class Blocks:
    """Hands each block of a text to whichever thread asks next.

    A line belongs to the block in which it ends; only the last may lack its end.
    """

    def __init__(self, stream: Bytes) -> None:
        self._stream = unbuffered(stream)
        self._lock = threading.Lock()
        self._rest = b""
        self._count = 0
        self._ended = False

    def fill(self, buffer: bytearray) -> Block | None:
        """Put the next block into a buffer (see :func:`new_buffer`); None if there is none.

        Raises
        ------
        UnprovenError
            If a line is too long. Besides, whatever reading the stream raises.
        """
        with self._lock:
            size = self._next(buffer)
            self._count += 1
            return Block(self._count - 1, size) if size else None

    def stop(self) -> None:
        """Hand out nothing more, also if another thread is reading just now."""
        with self._lock:
            self._ended = True
            self._rest = b""

    def _next(self, buffer: bytearray) -> int:
        size = len(self._rest)
        buffer[:size] = self._rest
        self._rest = b""
        with memoryview(buffer) as room:
            while not self._ended:
                # Whatever fails, nothing that could come after it is read.
                self._ended = True
                got = self._stream.readinto(room[size : size + BLOCK_BYTES])
                if not got:
                    break
                self._ended = False
                end = buffer.rfind(b"\n", size, size + got) + 1
                size += got
                if end:
                    self._rest = bytes(room[end:size])
                    size = end
                    break
                if size > LONGEST_LINE:
                    self._ended = True
                    raise UnprovenError
        if len(self._rest) > LONGEST_LINE:
            self._ended = True
            raise UnprovenError
        return size
