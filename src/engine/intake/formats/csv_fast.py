"""Delimited text by pyarrow's parallel reader, wherever that provably reads as `csv_slow` does.

The proof. Both split a line into cells by the same rules (a quote opens a cell only at its
start, two quotes inside are one, what follows a closing quote is taken literally), so they can
only differ in where records begin and end, in limits, and in what they refuse. The bytes are
watched as pyarrow reads them:

- every line end is LF or CRLF, and there are as many records as lines: a record takes at least
  one line, so each takes exactly one; neither a blank line (told to skip them, pyarrow makes no
  record of it; told not to, it would make one of empty cells) nor a quoted line end was met,
  unless at the very end of a block that was not made to end outside quotes, whose last cell holds
  the line end then;
- pyarrow itself leaves out what has a wrong number of cells; if it did, or left out blank lines,
  `csv_damage` finds as many of them as there are records too few;
- the text is UTF-8 as it stands: without its quotes a cell may be where the text is not;
- there is no NUL, and no line is long enough for the limit of the csv module on a cell.

A text with many such lines, or with NUL or bytes that are no text, is read through a sieve
(`csv_sieve`) if the caller asks for that, which takes all that is damaged out of it.

Whatever is not proved is left to `csv_slow`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from engine.intake.formats.builder import column_type, row_numbers
from engine.intake.formats.csv_damage import find_damage
from engine.intake.formats.csv_layout import Layout
from engine.intake.formats.csv_sieve import Sieve, UnprovenError
from engine.intake.formats.csv_watch import Watch
from engine.intake.rows import RawTable
from engine.intake.streams import Bytes

__all__ = ["DamagedError", "read_fast", "read_sieved"]

_BLOCK: Final = 4 << 20
"""Measured on 1 M and 10 M rows: smaller blocks make more dictionaries, larger ones leave cores
idle and leave the cache."""

_MOST_OMITTED: Final = 5_000
"""Lines that pyarrow is asked to leave out, at 10 to 30 µs each, before the sieve pays."""


_LF: Final = ord("\n")


class DamagedError(Exception):
    """Many lines of the text are no records."""


def read_fast(
    opened: Callable[[], Bytes], layout: Layout, file: str, *, quoted: bool = True
) -> RawTable | None:
    """Read delimited UTF-8 text in parallel, or None where the result is not proved.

    Parameters
    ----------
    opened:
        Opens the text, without byte order mark; a damaged one is read twice.
    quoted:
        Whether blocks are to end outside quotes. Without, it is a fifth faster, and a text with
        quotes is proved only if every cell is there to be looked at for line ends.

    Raises
    ------
    DamagedError
        If so many lines are no records that `read_sieved` is faster.
    InputError
        Only what reading the stream itself raises.
    """
    if not _may_read(layout):
        return None
    with closing(opened()) as stream:
        watch = Watch(stream)
        table = _parsed(watch, layout, quoted=quoted)
    if table is None or not watch.sound:
        return None
    missing = watch.lines - 1 - table.num_rows
    if watch.quoted and not quoted and (missing or not _ends_unquoted(table, layout)):
        return None
    if not missing:
        return RawTable(file, _columns(table, layout), unknown_columns=layout.header.unknown)
    if missing < 0:
        return None
    blocks = watch.blocks([len(chunk) for chunk in table.column(0).chunks])
    with closing(opened()) as stream:
        damage = find_damage(stream, blocks, layout, file, missing)
    if damage is None:
        return None
    rows = row_numbers(np.delete(np.arange(2, watch.lines + 1), damage.rows - 2))
    return RawTable(file, _columns(table, layout), rows, damage.rejects, layout.header.unknown)


def read_sieved(opened: Callable[[], Bytes], layout: Layout, file: str) -> RawTable | None:
    """Read as `read_fast` does, but judge every line before pyarrow sees it.

    Raises
    ------
    InputError
        Only what reading the stream itself raises.
    """
    if not _may_read(layout):
        return None
    with closing(opened()) as stream:
        watch = Watch(stream, sieved=True)
        sieve = Sieve(watch.read, layout, file)
        table = _parsed(sieve, layout, quoted=True)
    if table is None or not watch.sound:
        return None
    rows = sieve.rows
    if len(rows) != table.num_rows:
        return None
    return RawTable(
        file,
        _columns(table, layout),
        row_numbers(rows),
        sieve.rejects.finish(),
        layout.header.unknown,
    )


def _ends_unquoted(table: pa.Table, layout: Layout) -> bool:
    """Whether no block ended within quotes: the line end would be in the last cell of the block."""
    return len(layout.header.columns) == len(layout.names) and not any(
        _holds_line_end(chunk) for column in table.columns for chunk in column.chunks
    )


def _holds_line_end(chunk: pa.Array) -> bool:
    texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
    body = texts.buffers()[2]
    return body is not None and bool((np.frombuffer(body, np.uint8) == _LF).any())


def _may_read(layout: Layout) -> bool:
    return layout.simple and layout.header_row == 1 and len(layout.names) > 1


def _columns(table: pa.Table, layout: Layout) -> dict[str, pa.ChunkedArray]:
    return {field: table.column(str(i)) for field, i in layout.header.columns.items()}


class _Omit:
    """Tells pyarrow to leave out a damaged line, up to a number of them."""

    def __init__(self) -> None:
        self._left = _MOST_OMITTED

    def __call__(self, row: pc.InvalidRow) -> str:
        self._left -= 1
        return "skip" if self._left >= 0 else "error"

    @property
    def too_many(self) -> bool:
        """Whether there were more."""
        return self._left < 0


def _parsed(stream: Watch | Sieve, layout: Layout, *, quoted: bool) -> pa.Table | None:
    omit = _Omit()
    every = [str(i) for i in range(len(layout.names))]
    fields = layout.header.columns
    try:
        return pc.read_csv(
            pa.PythonFile(stream, mode="r"),
            pc.ReadOptions(column_names=every, skip_rows=1, block_size=_BLOCK),
            pc.ParseOptions(
                delimiter=layout.delimiter,
                ignore_empty_lines=True,
                newlines_in_values=quoted,
                invalid_row_handler=omit,
            ),
            pc.ConvertOptions(
                column_types={str(i): column_type(field) for field, i in fields.items()},
                null_values=[],
                strings_can_be_null=False,
                include_columns=[str(i) for i in fields.values()],
            ),
        )
    except (pa.ArrowException, UnicodeError, UnprovenError):
        if omit.too_many:
            raise DamagedError from None
        return None
