"""What this program makes of a report in memory: each record's status, and why."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import pyarrow as pa

from engine.auditor import Audit, Options
from engine.columns import arrow
from engine.instants import TimestampRules
from engine.intake.encode import encode
from engine.intake.rows import RawTable
from engine.testing.report import COLUMNS, Report

__all__ = ["HistoryKind", "Key", "Record", "audit_of", "expected"]

HistoryKind = Literal["complete", "partial"]

Key = tuple[str, str]
"""Learner and content title, as semantics.md §1 normalises them."""

_FIELDS: Final = dict(zip(COLUMNS, ("email", "panorama", *COLUMNS[2:]), strict=True))

_NEVER: Final = 2**62
"""A moment after all events: nothing here may hang on the clock."""


class Record(msgspec.Struct, frozen=True):
    """What one record comes to: the possible statuses, one if it is certain."""

    learner: str
    content_title: str
    possible: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Whether there is one status that a model can be held to."""
        return len(self.possible) == 1


def audit_of(report: Report, history: HistoryKind = "complete") -> Audit:
    """Return the audit of a report, as the command would make it of the file."""
    table = report.to_arrow()
    columns = {_FIELDS[name]: table.column(name) for name in COLUMNS[:-1]}
    stamps = pa.chunked_array([arrow.texts(event.at.isoformat() for event in report)])
    raw = RawTable(file="report.csv", columns={**columns, "timestamp": stamps})
    return Audit(encode([raw], TimestampRules(), now=_NEVER), Options(history=history, now=_NEVER))


def expected(audit: Audit) -> list[Record]:
    """Return the records of a report, by learner and content."""
    return [
        Record(row["learner"], row["content_title"], tuple(row["possible"]))
        for row in audit.status().rows()
    ]
