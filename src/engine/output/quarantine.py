"""The rejected rows as a table, so that somebody can mend them at their source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from engine.frame import Coded, Column, Frame, Numbers
from engine.records import Quarantined

__all__ = ["quarantine_frame"]


def quarantine_frame(rejected: Sequence[Quarantined]) -> Frame:
    """Return one row a rejected row: where it stood, why it was rejected, and its text."""
    numbers = np.arange(len(rejected))

    def texts(cells: list[str]) -> Coded:
        return Coded(numbers, pa.array(cells, pa.string()))

    columns: dict[str, Column] = {
        "file": texts([each.file for each in rejected]),
        "row": Numbers(np.array([each.row for each in rejected], np.int64)),
        "code": texts([each.code for each in rejected]),
        "reason": texts([each.reason for each in rejected]),
        "raw": texts([each.raw for each in rejected]),
    }
    return Frame(columns, len(rejected))
