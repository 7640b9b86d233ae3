"""What the imports of a store say of each other about a few streams alone."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.projection.between.differences import BETWEEN_CODES
from engine.projection.between.imports import BetweenImports
from engine.projection.findings import CODES, Findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History

__all__ = ["told_of"]

Ints = npt.NDArray[np.int64]
Told = dict[int, list[dict[str, Any]]]

_CODE: Final = np.array([CODES.index(code) for code in BETWEEN_CODES], np.int32)


def told_of(history: History, imports: BetweenImports, row: int | None = None) -> Told:
    """Return the findings (C codes) on rows of these streams: stream → findings by file and row.

    A finding has the fields of :func:`findings_frame`. With ``row`` only those on rows of that
    number are returned. A learner's content in several Panoramas may be several streams; they
    share what is found, and the first of them has it.
    """
    records, about = history.records, imports.record
    first = history.streams.events[history.streams.starts[:-1]]
    who, stream = np.unique(_who(history, first), return_index=True)
    if not len(who):
        return {}
    place = np.minimum(np.searchsorted(who, _who(history, about)), len(who) - 1)
    keep = who[place] == _who(history, about)
    if row is not None:
        keep &= records.row[about] == row
    code = _CODE[imports.differences.code]
    chosen = np.flatnonzero(keep)
    # Records are numbered by file and row.
    chosen = chosen[np.lexsort((code[chosen], about[chosen]))]
    nowhere = np.full(len(chosen), -1, np.int64)
    found = Findings(code[chosen], about[chosen], nowhere, entry=chosen, imports=imports)
    told: Told = {}
    for number, each in zip(
        stream[place[chosen]].tolist(), findings_frame(history, found).rows(), strict=True
    ):
        told.setdefault(number, []).append(each)
    return told


def _who(history: History, rows: Ints) -> Ints:
    records = history.records
    return records.learner[rows].astype(np.int64) * (records.contents + 1) + records.content[rows]
