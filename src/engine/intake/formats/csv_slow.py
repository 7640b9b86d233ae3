"""Delimited text, record by record: Python's csv rules, every damage told by its row.

This is the twin that `csv_fast` has to agree with.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Final, NamedTuple

from engine.errors import InputError
from engine.intake.formats.builder import Builder
from engine.intake.formats.csv_layout import Layout
from engine.intake.limits import RECORD_BYTES
from engine.intake.rows import RawTable
from engine.intake.streams import Bytes, as_text

__all__ = ["Judged", "judged", "miscounted", "read_slow"]

_UNDECODED: Final = re.compile("[\ud800-\udfff]")


class _Lines:
    """The lines of a text, remembering those of the record that is being read."""

    def __init__(self, text: io.TextIOWrapper, file: str) -> None:
        self._text = text
        self._file = file
        self.record: list[str] = []
        self.chars = 0
        self.row = 0
        self.damage = ""

    def __iter__(self) -> Iterator[str]:
        readline = self._text.readline
        record = self.record
        while line := readline(RECORD_BYTES + 1):
            record.append(line)
            self.chars += len(line)
            if self.chars > RECORD_BYTES:
                raise InputError(
                    self._file,
                    f"a record is longer than {RECORD_BYTES >> 20} MB",
                    "look for a quote that is never closed, or for missing line ends",
                    row=self.row + 1,
                )
            if "\0" in line:
                self.damage = "holds NUL bytes"
            elif not line.isascii() and _UNDECODED.search(line):
                self.damage = self.damage or "holds bytes that are no text"
            yield line

    def next_record(self) -> None:
        """Forget the lines of the last record."""
        self.record.clear()
        self.chars = 0
        self.row += 1
        self.damage = ""

    def raw(self) -> str:
        """The record as it stood in the file; what is no text as ``\\xff``."""
        text = "".join(self.record).rstrip("\r\n")
        return _UNDECODED.sub(lambda m: f"\\x{ord(m[0]) - 0xDC00 & 0xFF:02x}", text)


def miscounted(count: int, layout: Layout) -> str:
    """What is wrong with a record of ``count`` cells."""
    return f"has {count} cells, the header has {len(layout.names)}"


class Judged(NamedTuple):
    """A record of the text: its cells, and what is wrong with it, if anything.

    A blank line has neither.
    """

    row: int
    cells: list[str]
    fault: str
    chars: int
    lines: int
    raw: Callable[[], str]
    """The record as it stood; only to be asked before the next record is."""


def judged(text: io.TextIOWrapper, layout: Layout, file: str) -> Iterator[Judged]:
    """Split a text into records and say which are damaged.

    ``layout.header_row`` is not looked at: the header is a record too.

    Raises
    ------
    InputError
        For a record longer than `RECORD_BYTES`.
    """
    lines = _Lines(text, file)
    reader = csv.reader(lines, delimiter=layout.delimiter)
    width = len(layout.names)
    while True:
        try:
            cells = next(reader, None)
            fault = lines.damage
        except csv.Error:
            # The csv module's own limit on a cell is the only fault it can find in lines
            # that end where lines end; it starts afresh at the next line.
            cells, fault = [], f"has a cell longer than {csv.field_size_limit()} characters"
        if cells is None:
            break
        if cells and not fault and len(cells) != width:
            fault = miscounted(len(cells), layout)
        yield Judged(lines.row + 1, cells, fault, lines.chars, len(lines.record), lines.raw)
        lines.next_record()


def read_slow(stream: Bytes, layout: Layout, encoding: str, file: str) -> RawTable:
    """Read delimited text in any state of repair, in memory for its columns alone.

    Parameters
    ----------
    stream:
        The bytes, without byte order mark; they are read to the end.
    layout:
        Where the header is and what it says.
    encoding:
        A codec name.

    Raises
    ------
    InputError
        For a record longer than `RECORD_BYTES`.
    """
    # A tuple of texts, unlike a list, is none of the garbage collector's business: a third faster.
    wanted = itemgetter(*layout.header.columns.values())
    builder = Builder(file, list(layout.header.columns))
    for row, cells, fault, chars, lines, raw in judged(as_text(stream, encoding), layout, file):
        if row <= layout.header_row or not lines:
            continue
        if fault:
            builder.reject(row, fault, raw())
        elif cells:
            builder.add(row, wanted(cells), chars)
    return builder.finish(layout.header.unknown)
