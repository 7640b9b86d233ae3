"""One block of a delimited text by pyarrow, wherever that provably reads as `csv_slow` does.

The proof. Both split a line into cells by the same rules (a quote opens a cell only at its
start, two quotes inside are one, what follows a closing quote is taken literally), so they can
only differ in where records begin and end, in limits, and in what they refuse. A block is read
if

- it is whole lines of UTF-8 text that end in LF or CRLF, none long enough for the limit of the
  csv module on a cell, and without NUL;
- there are as many records as lines. A record takes at least one line, so each takes exactly one:
  pyarrow refused none and met no blank line (it makes no record of one);
- if there are quotes, every cell is looked at and none holds a line end, so that none was left
  open where the block ends.

A block in which lines are damaged is judged line by line (`csv_judge`), and what is left of it
must pass the same proof.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from engine.columns.parted import Parted, part_texts
from engine.intake.formats.builder import NUMBERED_FIELDS, column_type
from engine.intake.formats.csv_blocks import LONGEST_LINE, UnprovenError
from engine.intake.formats.csv_judge import judge, line_ends
from engine.intake.formats.csv_layout import Layout
from engine.intake.rejects import RejectBuilder, Rejects

__all__ = ["BlockReader", "BlockRows"]

_STEP: Final = LONGEST_LINE // 2
_STEPS: Final = 8
"""Steps looked at together: few enough to stay in the cache between the looks."""
_JUDGED: Final = 1 << 18
"""Bytes judged together."""
_LF, _CR, _LAST_ASCII = 10, 13, 127
_MARK: Final = b"\xef\xbb\xbf"


class BlockRows(NamedTuple):
    """What became of the lines of a block.

    Attributes
    ----------
    columns:
        Field → its cells, one for each record; of the fields whose cells repeat.
    parted:
        The same of the others, ready to be numbered together.
    lines:
        How many there were.
    left_out:
        Which of them are no records, ascending from 0; None for none.
    rejects:
        Those of them that are not blank; their rows count from 0 too.
    """

    columns: dict[str, pa.ChunkedArray]
    parted: dict[str, list[Parted]]
    lines: int
    left_out: npt.NDArray[np.int64] | None
    rejects: Rejects | None


class BlockReader:
    """Reads blocks of one text."""

    def __init__(self, layout: Layout, file: str, *, damaged: bool) -> None:
        """With ``damaged``, lines with bytes that are no text are judged, not refused."""
        self._layout = layout
        self._file = file
        self._damaged = damaged
        self._names = [str(number) for number in range(len(layout.names))]
        self._wanted = {field: str(i) for field, i in layout.header.columns.items()}
        self._parse = pc.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=False, ignore_empty_lines=True
        )
        types = {number: column_type(field) for field, number in self._wanted.items()}
        self._convert, self._convert_all = (
            pc.ConvertOptions(
                column_types={name: types.get(name, pa.string()) for name in names},
                # All of it is known to be UTF-8, so its cells are.
                check_utf8=False,
                null_values=[],
                strings_can_be_null=False,
                include_columns=names,
            )
            for names in (list(self._wanted.values()), self._names)
        )

    def read(self, text: bytearray, start: int, end: int) -> BlockRows:
        """Return the records of a block of whole lines, a part of ``text``.

        Raises
        ------
        UnprovenError
            If it may not read as the slow reader would have it.
        """
        if start == end:
            return BlockRows({}, {}, 0, None, None)
        look = _Look(text, start, end)
        if look.strange or not (look.text or self._damaged):
            raise UnprovenError
        table = None
        if look.text and not look.nul:
            table = self._parsed(pa.py_buffer(text).slice(start, end - start), quoted=look.quoted)
        if table is None or table.num_rows != look.lines:
            return self._sifted(bytes(text[start:end]), look.lines, quoted=look.quoted)
        return BlockRows(*self._columns(table), look.lines, None, None)

    def _sifted(self, data: bytes, lines: int, *, quoted: bool) -> BlockRows:
        """Take out what is no record first."""
        rejects = RejectBuilder()
        numbers = self._judged(data, rejects)
        if not len(numbers):
            raise UnprovenError
        columns: tuple[dict[str, pa.ChunkedArray], dict[str, list[Parted]]] = ({}, {})
        if len(numbers) < lines:
            table = self._parsed(pa.py_buffer(_without(data, numbers)), quoted=quoted)
            if table is None or table.num_rows != lines - len(numbers):
                raise UnprovenError
            columns = self._columns(table)
        return BlockRows(*columns, lines, numbers, rejects.finish())

    def _judged(self, data: bytes, rejects: RejectBuilder) -> npt.NDArray[np.int64]:
        """Which lines are no records; a block may have millions, and each is an object at first."""
        numbers = [np.empty(0, np.int64)]
        low = lines = 0
        while low < len(data):
            high = data.find(b"\n", low + _JUDGED) + 1 or len(data)
            bad = judge(data[low:high], self._layout, self._file)
            if bad is None:
                raise UnprovenError
            numbers.append(np.array([lines + line.line for line in bad], np.int64))
            for line in bad:
                if line.fault:
                    rejects.add(lines + line.line, line.fault, line.raw)
            lines += data.count(b"\n", low, high)
            low = high
        return np.concatenate(numbers)

    def _parsed(self, text: pa.Buffer, *, quoted: bool) -> pa.Table | None:
        """The records as pyarrow reads them, or None if it refuses or may have merged some."""
        if text[: len(_MARK)].to_pybytes() == _MARK:
            # Where one report was appended to another; pyarrow leaves out the first mark it meets.
            text = pa.py_buffer(_MARK + text.to_pybytes())
        try:
            table = pc.read_csv(
                pa.BufferReader(text),
                pc.ReadOptions(
                    column_names=self._names, block_size=len(text) + 1, use_threads=False
                ),
                self._parse,
                self._convert_all if quoted else self._convert,
            )
        except pa.ArrowException:
            return None
        cells = (chunk for column in table.columns for chunk in column.chunks)
        return None if quoted and any(map(_holds_line_end, cells)) else table

    def _columns(
        self, table: pa.Table
    ) -> tuple[dict[str, pa.ChunkedArray], dict[str, list[Parted]]]:
        """The cells of each field, and the parted ones of those that seldom repeat."""
        columns, parted = {}, {}
        for field, name in self._wanted.items():
            column = table.column(name)
            if field in NUMBERED_FIELDS:
                parted[field] = [part_texts(chunk) for chunk in column.chunks]
            else:
                columns[field] = column
        return columns, parted


class _Look:
    """What there is to know of a block before it is split into cells.

    Attributes
    ----------
    lines:
        How many, the last included if it has no end.
    strange:
        Whether a line ends in CR, or may be too long for the csv module.
    text:
        Whether all is UTF-8 as it stands: without its quotes a cell may be where this is not.
    nul, quoted:
        Whether there are NUL bytes, and quotes.
    """

    def __init__(self, text: bytearray, start: int, end: int) -> None:
        cells = np.frombuffer(text, np.uint8, end - start, start)
        least, ends = _LAST_ASCII, 0
        self.strange = False
        for low in range(0, len(cells), _STEPS * _STEP):
            step = cells[low : low + _STEPS * _STEP]
            is_end = step == _LF
            whole = len(step) // _STEP * _STEP
            # Two steps with a line end each: no line between them is longer than both.
            self.strange |= not is_end[:whole].reshape(-1, _STEP).any(axis=1).all()
            ends += int(np.count_nonzero(is_end))
            # As signed numbers, NUL and all that is not ASCII are the least.
            least = min(least, int(step.view(np.int8).min()))
        self.lines = ends + int(cells[-1] != _LF)
        self.strange |= text.find(b"\r", start, end) >= 0 and _ends_in_cr(cells)
        self.quoted = text.find(b'"', start, end) >= 0
        self.text = least >= 0 or _is_utf8(cells)
        self.nul = least <= 0 and text.find(b"\0", start, end) >= 0


def _ends_in_cr(cells: npt.NDArray[np.uint8]) -> bool:
    return bool(cells[-1] == _CR or ((cells[:-1] == _CR) & (cells[1:] != _LF)).any())


def _is_utf8(cells: npt.NDArray[np.uint8]) -> bool:
    """Whether the bytes are UTF-8; Arrow looks without making a text of them."""
    bounds = np.array([0, len(cells)], np.int32)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(cells)]
    try:
        pa.Array.from_buffers(pa.string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _without(data: bytes, lines: npt.NDArray[np.int64]) -> bytes:
    """The text without these lines."""
    ends = line_ends(data)
    after = (ends[lines] + 1).tolist()
    before = np.append(0, ends[:-1] + 1)[lines].tolist()
    parts = zip([0, *after], [*before, len(data)], strict=True)
    return b"".join([data[low:high] for low, high in parts])


def _holds_line_end(chunk: pa.Array) -> bool:
    texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
    body = texts.buffers()[2]
    return body is not None and bool((np.frombuffer(body, np.uint8) == _LF).any())
