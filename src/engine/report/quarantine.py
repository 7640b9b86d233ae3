"""The rejected rows as a table, so that somebody can mend them at their source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.columns import arrow
from engine.columns.frame import Coded, Column, Frame, Numbers
from engine.projection.findings_frame import reasons
from engine.records import ROW_CODES, Quarantine, Quarantined

__all__ = ["quarantine_frame", "unread_frame"]


def quarantine_frame(quarantine: Quarantine) -> Frame:
    """Return one row a rejected row: where it stood, why it was rejected, and its text.

    They are ordered by file, in the order in which the files were named, and row.
    """
    rows = np.lexsort((quarantine.row, quarantine.file))
    said, sentences = reasons(quarantine, rows)
    columns: dict[str, Column] = {
        "file": Coded(quarantine.file[rows], arrow.texts(quarantine.files)),
        "row": Numbers(quarantine.row[rows]),
        "code": Coded(quarantine.code[rows], arrow.texts(ROW_CODES)),
        "reason": Coded(said, sentences),
        "raw": Coded(np.arange(len(rows)), arrow.long_texts(quarantine.raw(rows))),
    }
    return Frame(columns, len(rows))


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
