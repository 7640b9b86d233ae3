"""The rejected rows as a table, so that somebody can mend them at their source."""

from __future__ import annotations

import numpy as np

from engine.columns import arrow
from engine.columns.frame import Coded, Column, Frame, Numbers
from engine.projection.findings import reasons
from engine.records import ROW_CODES, Quarantine

__all__ = ["quarantine_frame"]


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
