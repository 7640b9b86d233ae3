"""The read models as a store keeps them: statuses, intervals and findings in plain numbers.

They hold what :mod:`engine.projection.status`, ``intervals`` and ``findings_frame`` hold, but
in the order of the streams, and texts by their number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow
from engine.columns.frame import Instants
from engine.columns.kernels import take
from engine.projection.findings import CODES, Findings
from engine.projection.findings_frame import masks, messages
from engine.projection.history import History
from engine.projection.intervals import intervals
from engine.projection.status import fact_columns
from engine.rules.catalogue import CATALOGUE

__all__ = ["catalogue_rows", "finding_rows", "interval_rows", "status_rows"]

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


def catalogue_rows() -> list[tuple[str, str, str]]:
    """Return code, name and severity of every finding."""
    return [(rule.code, rule.name, rule.severity.value) for rule in CATALOGUE.values()]


def status_rows(history: History, findings: Findings, event: Ints, import_: Codes) -> pa.Table:
    """Return one row a stream.

    Parameters
    ----------
    event, import_:
        Of each record the store's number, and the last import of its learner and content.
    """
    streams = history.streams
    final = streams.events[streams.starts[1:] - 1]
    cells: dict[str, Any] = {
        "event": arrow.int64(event[final]),
        "possible": _int8(history.final_mask),
    }
    for name, column in fact_columns(history, findings).items():
        if isinstance(column, Instants):
            cells[name] = arrow.int64(column.at, column.known)
        else:
            cells[name] = arrow.int32(column.values)
    cells["import"] = arrow.int32(import_[final])
    return pa.table(cells)


def interval_rows(history: History, event: Ints, label: Codes, import_: Codes) -> pa.Table:
    """Return one row a status interval; arrays as for :func:`status_rows`."""
    records, streams = history.records, history.streams
    found = intervals(history)
    final = streams.events[streams.starts[1:] - 1][found.stream]
    return pa.table(
        {
            "event": arrow.int64(event[streams.events[found.opener]]),
            "panorama": arrow.int32(records.panorama[final]),
            "label": arrow.int32(label[final]),
            "possible": _int8(found.mask),
            "valid_to": arrow.int64(found.valid_to, found.closed),
            "import": arrow.int32(import_[final]),
        }
    )


def finding_rows(history: History, findings: Findings, event: Ints, import_: Codes) -> pa.Table:
    """Return one row a finding on an event; arrays as for :func:`status_rows`."""
    found = findings.take(np.flatnonzero(findings.position >= 0))
    before, after = masks(history, found)
    follows = found.root >= 0
    root = np.zeros(len(found), np.int64)
    root[follows] = event[history.streams.events[found.root[follows]]]
    codes = arrow.texts(CODES)
    return pa.table(
        {
            "event": arrow.int64(event[found.record]),
            "code": take(codes, arrow.int32(found.code)),
            "before": _int8(before),
            "after": _int8(after),
            "root": arrow.int64(root, follows),
            "message": messages(history, found).arrow(),
            "import": arrow.int32(import_[found.record]),
        }
    )


def _int8(values: npt.NDArray[Any]) -> pa.Array:
    body = np.ascontiguousarray(values, np.int8)
    return pa.Array.from_buffers(pa.int8(), len(body), [None, pa.py_buffer(body)])
