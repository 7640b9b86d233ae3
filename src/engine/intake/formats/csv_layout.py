"""What the head of a delimited text tells: encoding, delimiter, header."""

from __future__ import annotations

import csv
import io
from typing import Final

import msgspec

from engine.dialects.columns import ColumnNames, Header

__all__ = ["Encoding", "Layout", "detect_encoding", "lay_out"]

_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class Encoding(msgspec.Struct, frozen=True):
    """A codec name, and the length of the byte order mark that says so (0 for none)."""

    name: str
    mark: int


class Layout(msgspec.Struct, frozen=True):
    """How a delimited text is built.

    Attributes
    ----------
    delimiter:
        What stands between cells.
    header_row:
        The header's row as a spreadsheet shows it: 1, unless lines precede it.
    simple:
        The header is the first line, and that line alone.
    """

    delimiter: str
    header_row: int
    simple: bool
    names: list[str]
    header: Header


def detect_encoding(head: bytes) -> Encoding:
    """The encoding as far as a file's head tells; UTF-8 where nothing speaks against it.

    UTF-16 without a mark shows in text that is mostly ASCII, as headers are: every second byte
    is NUL.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    even, odd = head[0:512:2], head[1:512:2]
    if len(odd) >= 8:
        if odd.count(0) > 0.8 * len(odd) and not even.count(0):
            return Encoding("utf-16-le", 0)
        if even.count(0) > 0.8 * len(even) and not odd.count(0):
            return Encoding("utf-16-be", 0)
    return Encoding("utf-8", 0)


def lay_out(head: str, wanted: ColumnNames) -> Layout | None:
    """The layout by which most fields are recognised in the first record, or None.

    Blank lines may precede the header, and the ``sep=;`` line that spreadsheets write.

    Parameters
    ----------
    head:
        The beginning of the text, which may end anywhere.
    wanted:
        The columns that are looked for.
    """
    best: Layout | None = None
    for delimiter in _DELIMITERS:
        found = _first_record(head, delimiter, wanted)
        if found is not None and (
            best is None or len(found.header.columns) > len(best.header.columns)
        ):
            best = found
    return best


def _first_record(head: str, delimiter: str, wanted: ColumnNames) -> Layout | None:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for row, names in enumerate(reader, 1):
            if names and not (row == 1 and _is_separator_line(names, delimiter)):
                simple = reader.line_num == 1
                return Layout(delimiter, row, simple, names, wanted.recognise(names))
    except csv.Error:
        pass
    return None


def _is_separator_line(names: list[str], delimiter: str) -> bool:
    return delimiter.join(names).lower() in {f"sep={d}" for d in _DELIMITERS}
