"""The findings of a reconciliation, one a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import lists, texts
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.instants import format_utc
from engine.projection.against.differences import Difference, Differences
from engine.projection.against.entries import WITH, Entries
from engine.projection.history import History
from engine.replay.table import statuses_of_mask
from engine.rules.catalogue import STATUSES_RULES
from engine.rules.rule import Disagreement

__all__ = ["findings_frame"]

Ints = npt.NDArray[np.int64]


def findings_frame(history: History, entries: Entries, result: Differences) -> Frame:
    """Return the findings, ordered by learner, content, code and field."""
    records, export = history.records, entries.export
    found = result.found
    row_of = [_named(history, export.cells, each, result) for each in found]
    order = sorted(
        range(len(found)),
        key=lambda n: (row_of[n], found[n].code, found[n].field, found[n].entry),
    )
    found = [found[n] for n in order]
    who = [row_of[n] for n in order]
    told = [_told(history, entries, result, each) for each in found]
    stream = np.array([each.stream for each in found], np.int64)
    event = np.array([each.event for each in found], np.int64)
    entry = np.array([each.entry for each in found], np.int64)
    pair = [records.pairs[records.pair[n]] if n >= 0 else None for n in event.tolist()]
    columns: dict[str, Column] = {
        "code": _texts([each.code for each in found]),
        "name": _texts([STATUSES_RULES[each.code].name for each in found]),
        "severity": _texts([STATUSES_RULES[each.code].severity.value for each in found]),
        "learner": _texts([learner for learner, _, _ in who]),
        "content_type": _texts([type_ for _, _, type_ in who]),
        "content_title": _texts([title for _, title, _ in who]),
        "field": _texts([each.field or None for each in found]),
        "ours": _texts([each[0] for each in told]),
        "possible": Coded(
            np.arange(len(found)), lists(_possible(result, n) for n in stream.tolist())
        ),
        "theirs": _texts([each[1] for each in told]),
        "since": _instants(result.stood.since, stream),
        "type": _texts([None if each is None else each.type for each in pair]),
        "source": _texts([None if each is None else each.source for each in pair]),
        "at": _instants(records.at, event),
        "file": _texts([records.files[records.file[n]] if n >= 0 else None for n in event]),
        "row": _numbers(records.row, event),
        "their_file": _texts([export.file if n >= 0 else None for n in entry]),
        "their_row": _numbers(export.row, entry),
        "message": _texts([each[2] for each in told]),
    }
    return Frame(columns, len(found))


def _named(
    history: History, cells: dict[str, list[str]], found: Difference, result: Differences
) -> tuple[str, str, str]:
    """Whom and what a finding is about: learner, title, type; as the report has them if it does."""
    records = history.records
    if found.stream >= 0:
        last = int(result.stood.last[found.stream])
        return (
            records.learners[int(records.learner[last])].as_py(),
            records.content_titles[int(records.content_title[last])].as_py(),
            records.content_types[int(records.content_type[last])].as_py(),
        )
    title, id_, type_ = (
        cells[field][found.entry] if field in cells else ""
        for field in ("content_title", "content_id", "content_type")
    )
    return cells["learner"][found.entry], title or id_, type_


def _told(
    history: History, entries: Entries, result: Differences, found: Difference
) -> tuple[str | None, str | None, str]:
    """What the report comes to, what the export says, and both in a sentence."""
    cells, there = entries.export.cells, found.entry >= 0
    column = found.field or "status"
    if column not in cells:  # A date that is read from the column of the certificate.
        column = "certificate"
    at = int(history.records.at[found.event]) if found.event >= 0 else None
    disagreement = Disagreement(
        field=found.field,
        ours=tuple(_possible(result, found.stream)),
        at=None if at is None else format_utc(at),
        theirs=cells[column][found.entry] if there else "",
        certified=there and bool(entries.certificate[found.entry] == WITH),
    )
    return STATUSES_RULES[found.code].tell(disagreement)


def _possible(result: Differences, stream: int) -> list[str]:
    if stream < 0:
        return []
    return [status.label for status in statuses_of_mask(int(result.stood.mask[stream]))]


def _texts(cells: Sequence[str | None]) -> Coded:
    return Coded(np.arange(len(cells)), texts(cells))


def _instants(values: Ints, where: Ints) -> Instants:
    known = where >= 0
    if not len(values):
        return Instants(np.zeros(len(where), np.int64), known)
    return Instants(np.where(known, values[np.maximum(where, 0)], 0), known)


def _numbers(values: npt.NDArray[np.integer], where: Ints) -> Numbers:
    known = where >= 0
    if not len(values):
        return Numbers(np.zeros(len(where), np.int64), known)
    return Numbers(np.where(known, values[np.maximum(where, 0)], 0), known)
