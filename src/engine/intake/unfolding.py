"""How much a small file may become when it is read: one rule for every format.

A file may unfold to 256 MB, or to 128 times its size if that is more. What it unfolds to is
counted before it is unfolded: the bytes that come out of a compressed file, 32 for each row, and,
where a format can repeat a cell without writing it again, 8 for each cell and the length of its
text. A list of statuses is held as single objects and counts four times. docs/commands.md states
the rule.
"""

from __future__ import annotations

from typing import Final

from engine.errors import InputError
from engine.intake.wanted import Wanted

__all__ = ["CELL_BYTES", "FREE_BYTES", "MOST_TIMES", "ROW_BYTES", "Unfolding"]

FREE_BYTES: Final = 256 << 20
"""No file is refused before it unfolds to this."""

MOST_TIMES: Final = 128
"""Counted bytes for a byte of the file. Compressed CSV comes to 10 to 40, Parquet to 20 to 100."""

ROW_BYTES: Final = 32
"""What a row counts beside its cells: an empty line is a row too."""

CELL_BYTES: Final = 8
"""What a cell counts beside its text."""


class Unfolding:
    """Counts what one file unfolds to, and refuses it when that is too much."""

    def __init__(self, file: str, size: int, wanted: Wanted, remedy: str) -> None:
        """Count for a file of ``size`` bytes, which the user calls ``file``."""
        self._file = file
        self._wanted = wanted
        self._remedy = remedy
        self._most = max(FREE_BYTES, MOST_TIMES * size) // wanted.weight
        self._counted = 0

    @property
    def left(self) -> int:
        """Bytes that may still come."""
        return self._most - self._counted

    def count(self, size: int, *, rows: int = 0, cells: int = 0) -> None:
        """Count bytes, rows and cells.

        Raises
        ------
        InputError
            If the file unfolds to more than any report does.
        """
        self._counted += size + rows * ROW_BYTES + cells * CELL_BYTES
        if self._counted > self._most:
            raise InputError(
                self._file,
                f"it unfolds to more than {MOST_TIMES} times its size, "
                f"as no {self._wanted.noun} does",
                self._remedy,
            )
