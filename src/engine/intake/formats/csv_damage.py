"""The few lines of a delimited text that pyarrow left out, found again.

It leaves out what has the wrong number of cells, and blank lines, and does not say where they
were. Here the blocks in which lines are missing are read a second time and judged.

The proof is a count. Every line is a record (the caller has found no other line ends, and no
judged line leaves a quote open), and as many lines were found to be none as pyarrow left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.slices import each, workers
from engine.intake.formats.csv_judge import BadLine, judge
from engine.intake.formats.csv_layout import Layout
from engine.intake.rejects import RejectBuilder, Rejects
from engine.intake.streams import Bytes

__all__ = ["Block", "Damage", "find_damage"]


class Block(msgspec.Struct, frozen=True):
    """Bytes that pyarrow got at once.

    Attributes
    ----------
    size:
        How many.
    lines:
        Lines that end in it.
    suspicious:
        Whether it is worth a second look.
    """

    size: int
    lines: int
    suspicious: bool


class Damage(msgspec.Struct, frozen=True):
    """The rows of the lines that are no records, ascending; those not blank are rejects too."""

    rows: npt.NDArray[np.int64]
    rejects: Rejects


def find_damage(
    stream: Bytes, blocks: Sequence[Block], layout: Layout, file: str, missing: int
) -> Damage | None:
    """Read the suspicious blocks again, or return None where the result is not proved.

    ``missing`` is how many lines after the header are none of pyarrow's records.
    """
    rows: list[int] = []
    rejects = RejectBuilder()
    for first, bad in _judged_blocks(stream, blocks, layout, file):
        if bad is None:
            return None
        for line in bad:
            rows.append(first + line.line)
            if line.fault:
                rejects.add(first + line.line, line.fault, line.raw)
    if len(rows) != missing:
        return None
    return Damage(np.array(rows, np.int64), rejects.finish())


def _judged_blocks(
    stream: Bytes, blocks: Sequence[Block], layout: Layout, file: str
) -> Iterator[tuple[int, list[BadLine] | None]]:
    """Judge the suspicious blocks, as many at a time as there are cores."""

    def work(lines: tuple[int, bytes]) -> tuple[int, list[BadLine] | None]:
        return lines[0], judge(lines[1], layout, file)

    waiting: list[tuple[int, bytes]] = []
    for lines in _suspicious_lines(stream, blocks):
        waiting.append(lines)
        if len(waiting) == workers():
            yield from each(work, waiting)
            waiting.clear()
    yield from each(work, waiting)


def _suspicious_lines(stream: Bytes, blocks: Sequence[Block]) -> Iterator[tuple[int, bytes]]:
    """The lines that end in each suspicious block, and the row of the first of them."""
    row, rest = 1, b""
    for number, block in enumerate(blocks):
        data = _exactly(stream, block.size)
        end = len(data) if number == len(blocks) - 1 else data.rfind(b"\n") + 1
        if block.suspicious and end:
            lines = rest + data[:end]
            # The header is no record.
            yield (row, lines) if row > 1 else (2, lines[lines.find(b"\n") + 1 :])
        rest = data[end:] if end else rest + data
        row += block.lines


def _exactly(stream: Bytes, size: int) -> bytes:
    parts = []
    while size > 0 and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)
