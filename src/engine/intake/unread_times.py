"""A report none of whose times can be read is refused: it has a format, not damaged rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.errors import InputError
from engine.instants import TimestampRules
from engine.intake.rows import RawTable
from engine.intake.wording import plain

__all__ = ["FEWEST_CELLS", "refuse_unread_times"]

FEWEST_CELLS: Final = 20
"""Fewer cells than this may all be damaged; that the rows are listed then says more."""


def refuse_unread_times(table: RawTable, rules: TimestampRules) -> None:
    """Refuse a file of which no time could be read, if enough were there.

    Raises
    ------
    InputError
        If at least :data:`FEWEST_CELLS` cells of the column of times are not empty.
    """
    first, row, count = "", 0, 0
    for at, cell in enumerate(_cells(table)):
        if cell is not None and cell.strip():
            if not count:
                first, row = cell.strip(), at
            count += 1
            if count == FEWEST_CELLS:
                break
    if count < FEWEST_CELLS:
        return
    raise InputError(
        table.file,
        f"no timestamp in it can be read as a time: {plain(first)!r} here, and every other one",
        "say how they are written with --timestamp-format, for example '%d.%m.%Y %H:%M'"
        if rules.timestamp_format is None
        else f"they are not written as --timestamp-format {rules.timestamp_format!r} says",
        row=row + 2 if table.rows is None else int(table.rows[row]),
    )


def _cells(table: RawTable) -> Iterator[str | None]:
    for chunk in table.columns["timestamp"].chunks:
        for low in range(0, len(chunk), 1 << 12):
            yield from chunk.slice(low, 1 << 12).to_pylist()
