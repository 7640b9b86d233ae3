"""Delimited text by pyarrow, block by block on all cores, wherever that is proved to be right.

`csv_block` reads a block and has the proof. A text of which one block is not proved is left to
`csv_slow` as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import coded
from engine.columns.parted import Numbering
from engine.columns.slices import each, workers
from engine.intake.formats.builder import NUMBERED_FIELDS, column_type, row_numbers
from engine.intake.formats.csv_block import BlockReader, BlockRows
from engine.intake.formats.csv_blocks import Blocks, UnprovenError, new_buffer
from engine.intake.formats.csv_layout import Layout
from engine.intake.rejects import Rejects
from engine.intake.rows import RawTable
from engine.intake.streams import Bytes

__all__ = ["read_fast"]

_FIRST_ROW = 2


def read_fast(
    opened: Callable[[], Bytes], layout: Layout, file: str, *, damaged: bool = False
) -> RawTable | None:
    """Read delimited UTF-8 text in parallel, or None where the result is not proved.

    Parameters
    ----------
    opened:
        Opens the text, without byte order mark.
    damaged:
        Whether lines with bytes that are no text are judged one by one; without, a text that has
        some is not read.

    Raises
    ------
    InputError
        Only what reading the stream itself raises.
    """
    if not (layout.simple and layout.header_row == 1 and len(layout.names) > 1):
        return None
    reader = BlockReader(layout, file, damaged=damaged)
    with closing(opened()) as stream:
        blocks = Blocks(stream)
        read: dict[int, BlockRows] = {}
        fields = layout.header.columns
        numbered = {field: Numbering() for field in fields if field in NUMBERED_FIELDS}

        def work(_: int) -> None:
            buffer = new_buffer()
            try:
                while (block := blocks.fill(buffer)) is not None:
                    start = 0
                    if not block.number:
                        start = _end_of_header(buffer, block.size, damaged=damaged)
                    rows = reader.read(buffer, start, block.size)
                    for field, numbering in numbered.items():
                        numbering.add(block.number, rows.parted.get(field, ()))
                    read[block.number] = rows._replace(parted={})
            finally:
                blocks.stop()

        try:
            each(work, range(workers()), halt=blocks.stop)
        except (UnprovenError, UnicodeError):
            return None
    return _table([read[number] for number in sorted(read)], numbered, layout, file)


def _end_of_header(text: bytearray, size: int, *, damaged: bool) -> int:
    """Where the first line ends, in LF or CRLF or with the text."""
    end = text.find(b"\n", 0, size) + 1 or size
    header = text[:end]
    if b"\r" in header.removesuffix(b"\r\n"):
        raise UnprovenError
    if not damaged:
        # Names that are no UTF-8 may be all that tells the encoding.
        header.decode()
    return end


def _table(
    blocks: list[BlockRows], numbered: dict[str, Numbering], layout: Layout, file: str
) -> RawTable:
    columns = {
        field: pa.chunked_array([coded(*numbered[field].finish())])
        if field in numbered
        else _column(blocks, field)
        for field in layout.header.columns
    }
    starts = np.cumsum([_FIRST_ROW, *(block.lines for block in blocks)]).tolist()
    rejects = Rejects.joined(
        [(start, each.rejects) for start, each in zip(starts, blocks, strict=False) if each.rejects]
    )
    return RawTable(file, columns, _rows(blocks, starts), rejects, layout.header.unknown)


def _column(blocks: list[BlockRows], field: str) -> pa.ChunkedArray:
    return pa.chunked_array(
        [chunk for block in blocks if block.columns for chunk in block.columns[field].chunks],
        column_type(field),
    )


def _rows(blocks: list[BlockRows], starts: list[int]) -> npt.NDArray[np.int64] | None:
    left_out = [
        start + block.left_out
        for start, block in zip(starts, blocks, strict=False)
        if block.left_out is not None
    ]
    if not left_out:
        return None
    rows = np.arange(_FIRST_ROW, starts[-1])
    return row_numbers(np.delete(rows, np.concatenate(left_out) - _FIRST_ROW))
