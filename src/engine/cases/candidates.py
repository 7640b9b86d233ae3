"""For each finding of a code, the rows of the report among which the smallest case lies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from engine.auditor import Audit
from engine.cases.smallest import smallest
from engine.dialects.dialect import RowFault
from engine.projection.findings import Findings
from engine.records import Quarantine, Records
from engine.rules.catalogue import CATALOGUE
from engine.rules.rule import AcrossRule, SequenceRule

__all__ = ["candidates"]

Ints = npt.NDArray[np.int64]

_LOOKED_AT: Final = 20_000
"""Findings that are looked at for a different history; of a million most are alike."""

_LOOKED_AT_ACROSS: Final = 100
"""The same for findings across records, whose evidence is found for all of them at once."""


def candidates(audit: Audit, findings: Findings, code: str) -> Iterator[list[int]]:
    """Yield record numbers (−1 − n: the n-th reject), the most promising first.

    ``findings`` are those of ``code``. Histories that do the same are yielded once.
    """
    rule = CATALOGUE[code]
    if isinstance(rule, SequenceRule):
        yield from _histories(audit, findings)
    elif rule.of_report:
        yield _shifted(audit, code)
    elif isinstance(rule, AcrossRule):
        yield from _streams_of(audit, findings)
    elif code == RowFault.DUPLICATE_ROW.code:
        yield from (_copies(audit.records, number) for number in findings.record.tolist())
    else:
        yield from ([number] for number in findings.record.tolist())


def _histories(audit: Audit, findings: Findings) -> Iterator[list[int]]:
    """The events of each record up to the finding's instant: what is later has no say in it."""
    streams, records = audit.history.streams, audit.records
    stream = np.searchsorted(streams.starts, findings.position, side="right") - 1
    begin = streams.starts[stream]
    end = streams.instants[np.searchsorted(streams.instants, findings.position, side="right")]
    pairs = records.pair[streams.events]
    seen: set[tuple[bytes, bytes]] = set()
    for number in islice(np.argsort(end - begin, kind="stable").tolist(), _LOOKED_AT):
        span = slice(int(begin[number]), int(end[number]))
        ties = np.diff(streams.at[span]) <= streams.tolerance
        history = pairs[span].tobytes(), ties.tobytes()
        if history not in seen:
            seen.add(history)
            yield streams.events[span].tolist()


def _streams_of(audit: Audit, findings: Findings) -> Iterator[list[int]]:
    """For each of the first findings the records of the event and of those it is at odds with."""
    across = findings.across
    assert across is not None
    streams, position_of = audit.history.streams, audit.history.position_of_record
    findings = findings.take(np.arange(min(len(findings), _LOOKED_AT_ACROSS)))
    _, entry = findings.beyond()
    because = across.because(entry)
    ends = np.cumsum(because.counts).tolist()
    for record, begin, end in zip(findings.record.tolist(), [0, *ends], ends, strict=False):
        named = np.append(because.records[begin:end], record)
        chosen = np.unique(np.searchsorted(streams.starts, position_of[named], side="right") - 1)
        spans = [streams.events[streams.starts[each] : streams.starts[each + 1]] for each in chosen]
        events: list[int] = np.concatenate(spans).tolist()
        yield events


def _copies(records: Records, number: int) -> list[int]:
    """The row and those that it may repeat."""
    same = (
        (records.learner == records.learner[number])
        & (records.content == records.content[number])
        & (records.at == records.at[number])
    )
    if records.event_id is not None:
        event = records.event_id[number]
        if records.event_ids[event].as_py():
            same |= records.event_id == event
    rows: list[int] = np.flatnonzero(same & records.kept).tolist()
    return rows


def _shifted(audit: Audit, code: str) -> list[int]:
    """The fewest streams that show a shifted clock: the whole report has one such finding."""
    streams = audit.history.streams

    def events(chosen: npt.NDArray[np.integer]) -> Ints:
        keep = np.zeros(len(streams), np.bool_)
        keep[chosen] = True
        return streams.events[np.repeat(keep, np.diff(streams.starts))]

    def shows(chosen: Any) -> bool:
        part = Audit(_part(audit.records, events(np.array(chosen))), audit.options)
        return bool(len(part.found([code])))

    # By learner and content: which streams are left does not depend on the order of rows.
    chosen = smallest(range(len(streams)), shows)
    rows: list[int] = events(np.array(chosen)).tolist()
    return rows


def _part(records: Records, numbers: Ints) -> Records:
    """These events as all there is."""
    columns = {
        name: values[numbers]
        for name in records.__struct_fields__
        if isinstance(values := getattr(records, name), np.ndarray)
    }
    return replace(records, **columns, rejects=Quarantine.none(), row_findings=[])
