"""The rejected rows as a table, so that somebody can mend them at their source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.columns import arrow
from engine.columns.frame import Coded, Column, Frame, Numbers
from engine.findings.wording import row_sentence
from engine.records import Quarantined

__all__ = ["quarantine_frame", "unread_frame"]


def quarantine_frame(rejects: Sequence[Quarantined], files: Sequence[str]) -> Frame:
    """Return one row a rejected row: where it stood, why it was rejected, and its text.

    They are ordered by file, as ``files`` are, and row.
    """
    order = {file: position for position, file in enumerate(files)}
    rejected = sorted(rejects, key=lambda each: (order[each.file], each.row))
    numbers = np.arange(len(rejected))

    def texts(cells: list[str]) -> Coded:
        return Coded(numbers, arrow.texts(cells))

    columns: dict[str, Column] = {
        "file": texts([each.file for each in rejected]),
        "row": Numbers(np.array([each.row for each in rejected], np.int64)),
        "code": texts([each.code for each in rejected]),
        "reason": texts([row_sentence(each.code, each.detail) for each in rejected]),
        "raw": texts([each.raw for each in rejected]),
    }
    return Frame(columns, len(rejected))


def unread_frame(rejects: Sequence[Quarantined]) -> Frame:
    """Return one row a row of a status export that was not understood, in their order."""
    numbers = np.arange(len(rejects))
    columns: dict[str, Column] = {
        "file": Coded(numbers, arrow.texts([each.file for each in rejects])),
        "row": Numbers(np.array([each.row for each in rejects], np.int64)),
        "reason": Coded(numbers, arrow.texts([each.detail for each in rejects])),
        "raw": Coded(numbers, arrow.texts([each.raw for each in rejects])),
    }
    return Frame(columns, len(rejects))
