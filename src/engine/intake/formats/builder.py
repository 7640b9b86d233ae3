"""Rows of text cells → Arrow columns, a batch at a time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.intake.limits import BATCH_CHARS, BATCH_ROWS
from engine.intake.rejects import RejectBuilder
from engine.intake.rows import RawTable

__all__ = ["DICTIONARY", "NUMBERED_FIELDS", "PLAIN_FIELDS", "Builder", "column_type", "row_numbers"]

DICTIONARY: Final = pa.dictionary(pa.int32(), pa.string())

PLAIN_FIELDS: Final = frozenset({"email", "timestamp", "id", "content_id"})
"""Fields whose cells seldom repeat within a block of rows: a dictionary of each block costs more
than it saves."""

NUMBERED_FIELDS: Final = PLAIN_FIELDS - {"timestamp"}
"""Those of them that records are told apart by."""


def column_type(field: str) -> pa.DataType:
    """The Arrow type in which `field` is handed on."""
    return pa.string() if field in PLAIN_FIELDS else DICTIONARY


def row_numbers(rows: array[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """`rows` as RawTable wants them: None for 2, 3, 4, …."""
    numbers = np.frombuffer(rows, dtype=np.int64) if len(rows) else np.empty(0, np.int64)
    return None if bool((numbers == np.arange(2, len(rows) + 2)).all()) else numbers


class Builder:
    """Gathers the records of one file and its rejects."""

    def __init__(self, file: str, fields: Sequence[str]) -> None:
        """Of the cells, `fields` says in which order they will come."""
        self._file = file
        self._fields = list(fields)
        self._chunks: dict[str, list[pa.Array]] = {field: [] for field in fields}
        self._pending: list[Sequence[str | None]] = []
        self._chars = 0
        self._rows = array("q")
        self.rejects = RejectBuilder()

    def add(self, row: int, cells: Sequence[str | None], chars: int) -> None:
        """A record: a cell for each field, in the fields' order; `chars` is about its length."""
        self._pending.append(cells)
        self._rows.append(row)
        self._chars += chars
        if len(self._pending) >= BATCH_ROWS or self._chars >= BATCH_CHARS:
            self._flush()

    def reject(self, row: int, reason: str, raw: str) -> None:
        """A record that is none."""
        self.rejects.add(row, reason, raw)

    def _flush(self) -> None:
        for field, cells in zip(self._fields, zip(*self._pending, strict=True), strict=False):
            made = pa.array(cells, pa.string())
            self._chunks[field].append(made if field in PLAIN_FIELDS else made.dictionary_encode())
        self._pending.clear()
        self._chars = 0

    def finish(self, unknown: list[str]) -> RawTable:
        """The table of everything added."""
        self._flush()
        columns = {
            field: pa.chunked_array(chunks, type=column_type(field))
            for field, chunks in self._chunks.items()
        }
        rejects = self.rejects.finish()
        return RawTable(self._file, columns, row_numbers(self._rows), rejects, unknown)
