"""Which lines of a block are no records: a look at all lines at once, then the slow reader.

Delimiters are counted in all lines together: by the slow reader's rules each of them ends a cell,
where there is no quote. Lines with a quote, NUL or bytes that are no text go to the slow reader,
which judges them.
"""

from __future__ import annotations

import io
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.intake.formats.csv_layout import Layout
from engine.intake.formats.csv_slow import judged, miscounted
from engine.intake.streams import as_text

__all__ = ["BadLine", "judge", "line_ends"]

Ints = npt.NDArray[np.int64]

_LF, _QUOTE, _NUL, _LAST_ASCII = 10, 34, 0, 127
_SENTINEL: Final = b"\n"
"""A blank line after the judged ones: a quote that was left open would take it in."""


class BadLine(msgspec.Struct, frozen=True):
    """A line that is no record: its number in the block, and what is wrong with it.

    A blank line has no fault.
    """

    line: int
    fault: str
    raw: str


def judge(data: bytes, layout: Layout, file: str) -> list[BadLine] | None:
    """Return the lines of UTF-8 text that are no records, or None if a record has several lines.

    ``data`` is whole lines that end in LF or CRLF, none longer than the csv module's limit; the
    last one may lack its end.
    """
    ends = line_ends(data)
    counts, strange = _look(data, ends, layout)
    plain = np.flatnonzero((counts != len(layout.names)) & ~strange)
    bad = _miscounted(data, ends, plain, counts, layout)
    which = np.flatnonzero(strange)
    if not len(which):
        return bad
    starts = np.append(0, ends[:-1] + 1)[which].tolist()
    lines = [data[start:end] for start, end in zip(starts, (ends[which] + 1).tolist(), strict=True)]
    if not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n"
    text = as_text(io.BytesIO(b"".join([*lines, _SENTINEL])), "utf-8")
    places = [*which.tolist(), -1]
    count = 0
    for record in judged(text, layout, file):
        if record.lines != 1 or count == len(places):
            return None
        if record.fault:
            bad.append(BadLine(places[count], record.fault, record.raw()))
        count += 1
    return sorted(bad, key=lambda each: each.line) if count == len(places) else None


def _miscounted(
    data: bytes, ends: Ints, which: Ints, counts: Ints, layout: Layout
) -> list[BadLine]:
    """The lines without quotes that have a wrong number of cells, or nothing at all."""
    bad = []
    before = np.append(0, ends[:-1] + 1)[which].tolist()
    bounds = zip(which.tolist(), before, ends[which].tolist(), counts[which].tolist(), strict=True)
    for line, start, end, count in bounds:
        raw = data[start:end].decode().rstrip("\r\n")
        bad.append(BadLine(line, miscounted(count, layout) if raw else "", raw))
    return bad


def line_ends(data: bytes) -> Ints:
    """Return where each line ends: at its LF, or the end of the text."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LF)
    return ends if data.endswith(b"\n") or not data else np.append(ends, len(data))


def _look(data: bytes, ends: Ints, layout: Layout) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """How many cells each line has if it has no quotes, and which lines need more than that."""
    cells = np.frombuffer(data, np.uint8)
    delimiters = np.flatnonzero(cells == ord(layout.delimiter))
    counts = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    strange = np.zeros(len(ends), np.bool_)

    def note(places: npt.NDArray[np.bool_]) -> None:
        strange[np.searchsorted(ends, np.flatnonzero(places))] = True

    if b'"' in data:
        note(cells == _QUOTE)
    if b"\0" in data:
        note(cells == _NUL)
    if not _is_text(data):
        note(cells > _LAST_ASCII)
    return counts, strange


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
