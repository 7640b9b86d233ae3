"""A column of timestamps → instants: the fast twin of `parse_text`, a million texts at once.

Blocks of rows are split by length, lengths by shape (shapes.py); rows whose shape is
rare in their block go through the scalar reader, each distinct text once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import room
from engine.columns.slices import SLICE, each_column
from engine.instants.fields import evidence_of, instants_of
from engine.instants.iso import iso_instants
from engine.instants.rules import DateOrder, TimestampRules
from engine.instants.shapes import MIN_WIDTH, Digits, compile_layout, shape_of
from engine.instants.text import (
    DAY_FIRST,
    EITHER,
    MONTH_FIRST,
    decide_order,
    first_sightings,
    order_evidence_of_text,
    parse_text,
)

__all__ = ["parse_column"]

Instants = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BLOCK: Final = 32_768
"""Rows read together: few enough that a block's arrays stay in a core's cache."""
_MAX_WIDTH: Final = 64
_POOR_ROUNDS: Final = 16
_MEMO_LIMIT: Final = 65_536
_FEWEST_DIGITS: Final = len("112024")  # of 1/1/2024


def parse_column(
    column: pa.ChunkedArray,
    rules: TimestampRules,
    *,
    file: str,
    rows: npt.NDArray[np.integer] | None = None,
) -> tuple[Instants, Flags]:
    """Return each cell's instant (microseconds since 1970 UTC; 0 if invalid) and its validity.

    Parameters
    ----------
    column:
        Strings; a null is invalid.
    file:
        The name as the user gave it, for the message.
    rows:
        The cells' rows in the file, for the message too; None: 2, 3, 4, ….

    Raises
    ------
    InputError
        The column holds dates that could be day-first or month-first and nothing decides.
    """
    instants: Instants = room(len(column), np.int64)
    valid: Flags = room(len(column), np.bool_)

    def read_iso(block: tuple[int, pa.Array]) -> bool:
        at, cells = block
        found = iso_instants(cells, rules)
        if found is None:
            return False
        instants[at : at + len(cells)] = found
        valid[at : at + len(cells)] = True
        return True

    large = list(_blocks(column, SLICE))
    done = each_column(read_iso, large, len(column))
    # One thread: at 14 ns a text the blocks' many short numpy calls only fight for the GIL
    # (10 M texts measured at 0.14 s on one core, 0.14–0.5 s with two or three threads).
    blocks = [
        (at + start, cells.slice(start, BLOCK))
        for (at, cells), ready in zip(large, done, strict=True)
        if not ready
        for start in range(0, len(cells), BLOCK)
    ]
    tentative: DateOrder = rules.date_order or "mdy"
    readers = {order: _Reader(rules, order) for order in ("dmy", "mdy")}

    def read(block: tuple[int, pa.Array], order: DateOrder) -> int:
        at, cells = block
        part = slice(at, at + len(cells))
        return readers[order].read(cells, instants[part], valid[part])

    evidence = [read(block, tentative) for block in blocks]
    if rules.date_order is None and any(evidence):
        # Cells with evidence are the only ones that the order changes: a first reading under a
        # guess stands, and only the blocks that have some are read again if it was wrong.
        marked = [block for block, found in zip(blocks, evidence, strict=True) if found]
        united = int(np.bitwise_or.reduce(np.array(evidence)))
        order: DateOrder = "dmy" if united & DAY_FIRST else "mdy"
        if united == EITHER or (united & DAY_FIRST and united & MONTH_FIRST):
            order = decide_order(first_sightings(_in_rows(marked, rows)), file=file)
        if order != tentative:
            for block in marked:
                read(block, order)
    return instants, valid


def _blocks(column: pa.ChunkedArray, size: int) -> Iterator[tuple[int, pa.Array]]:
    at = 0
    for chunk in column.chunks:
        if not (pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type)):
            chunk = chunk.cast(pa.string())
        for start in range(0, len(chunk), size):
            cells = chunk.slice(start, size)
            yield at, cells
            at += len(cells)


def _in_rows(
    blocks: list[tuple[int, pa.Array]], rows: npt.NDArray[np.integer] | None
) -> Iterator[tuple[int, str | None]]:
    """Yield the cells with their rows."""
    for at, cells in blocks:
        for number, text in enumerate(cells.to_pylist(), at):
            yield (number + 2 if rows is None else int(rows[number])), text


class _Reader:
    """Reads blocks under one date order."""

    def __init__(self, rules: TimestampRules, order: DateOrder) -> None:
        self._rules = rules
        self._order: DateOrder = order
        self._memo: dict[bytes, tuple[int | None, int]] = {}

    def read(self, cells: pa.Array, instants: Instants, valid: Flags) -> int:
        """Fill the two arrays for a block; return its evidence for the date order."""
        rows: npt.NDArray[np.intp] | None = None
        instants[:] = 0
        valid[:] = False
        if cells.null_count:
            rows = np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False))
            cells = cells.drop_null()  # a null's bytes may be anything
        if not len(cells):
            return 0
        data, offsets = _buffers(cells)
        widths = np.diff(offsets)
        evidence = 0
        width = int(widths[0])
        if (widths == width).all():
            matrix = data[int(offsets[0]) : int(offsets[-1])].reshape(len(widths), width)
            return self._read_width(matrix, rows, instants, valid)
        for width in np.flatnonzero(np.bincount(np.minimum(widths, _MAX_WIDTH + 1))).tolist():
            if width > _MAX_WIDTH:
                continue  # one by one, below
            chosen = np.flatnonzero(widths == width)
            matrix = data[offsets[:-1][chosen][:, None] + np.arange(width)]
            target = chosen if rows is None else rows[chosen]
            evidence |= self._read_width(matrix, target, instants, valid)
        for index in np.flatnonzero(widths > _MAX_WIDTH):
            text = data[int(offsets[index]) : int(offsets[index + 1])].tobytes()
            row = int(index if rows is None else rows[index])
            evidence |= self._read_one(text, row, instants, valid)
        return evidence

    def _read_width(
        self,
        matrix: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.intp] | None,
        instants: Instants,
        valid: Flags,
    ) -> int:
        """Read texts of one length; `rows` are their places in the block (None: all of it)."""
        if matrix.shape[1] < MIN_WIDTH and self._rules.timestamp_format is None:
            return 0  # no form is that short; empty cells are the usual case
        evidence = 0
        poor = 0
        while len(matrix) and MIN_WIDTH <= matrix.shape[1] <= _MAX_WIDTH and poor < _POOR_ROUNDS:
            layout = compile_layout(shape_of(matrix[0].tobytes()), self._rules.timestamp_format)
            if layout.by_value:
                break
            digits = Digits(matrix, layout)
            alike = digits.alike
            whole = bool(alike.all())
            if layout.fields:
                found, good, proof = instants_of(digits, layout, self._order, self._rules.timezone)
                good &= alike
                found *= good
                evidence |= evidence_of(proof, alike) if proof else 0
                if whole and rows is None:
                    instants[:] = found
                    valid[:] = good
                    return evidence
                target = np.arange(len(matrix)) if rows is None else rows
                instants[target[alike]] = found[alike]
                valid[target[alike]] = good[alike]
            if whole:
                return evidence
            rest = np.flatnonzero(~alike)
            # A shape that takes few rows costs a pass over all of them: afford some, not all.
            poor += len(matrix) - len(rest) < max(32, len(matrix) // 64)
            rows = rest if rows is None else rows[rest]
            matrix = matrix[rest]
        for index in self._worth_reading(matrix):
            row = int(index if rows is None else rows[index])
            evidence |= self._read_one(matrix[index].tobytes(), row, instants, valid)
        return evidence

    def _worth_reading(self, matrix: npt.NDArray[np.uint8]) -> list[int]:
        """Return the rows that may be timestamps: a column of words costs no scalar reading."""
        if self._rules.timestamp_format is not None:
            return list(range(len(matrix)))
        digits = np.count_nonzero((matrix - np.uint8(ord("0"))) <= 9, axis=1)
        return np.flatnonzero(digits >= _FEWEST_DIGITS).tolist()

    def _read_one(self, raw: bytes, row: int, instants: Instants, valid: Flags) -> int:
        known = self._memo.get(raw)
        if known is None:
            text = raw.decode("utf-8", errors="replace")
            evidence = 0
            if self._rules.timestamp_format is None:
                evidence = order_evidence_of_text(text)
            known = (parse_text(text, self._rules, self._order), evidence)
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[raw] = known
        instant, evidence = known
        if instant is not None:
            instants[row] = instant
            valid[row] = True
        return evidence


def _buffers(cells: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[Any]]:
    """Return the bytes and the n + 1 offsets of a string array without nulls, sliced or not."""
    _, raw_offsets, raw_data = cells.buffers()
    kind = np.int64 if pa.types.is_large_string(cells.type) else np.int32
    offsets = np.frombuffer(raw_offsets, kind)[cells.offset : cells.offset + len(cells) + 1]
    data = np.frombuffer(raw_data, np.uint8) if raw_data is not None else np.empty(0, np.uint8)
    return data, offsets
