"""One record a stream: its status and the facts it rests on.

Source: semantics.md §9 (facts, as of), interface.md (fields and order).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import numbers
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.findings.catalogue import CATALOGUE, Severity
from engine.projection.actions import ENROLS, FINISHES, GRANTS, REVOKES, STARTS
from engine.projection.findings import CODES, Findings
from engine.projection.history import History, pair_texts, possible_column, status_column
from engine.replay.table import BEFORE_SHIFT, BEGAN_CYCLE, IN_CYCLE

__all__ = ["FACTS", "changes", "facts", "learner_order", "status_frame", "stream_columns"]

Ints = npt.NDArray[np.int64]

_ACTIVE_MASK = 0b011110


def status_frame(history: History, findings: Findings) -> Frame:
    """Return one row a stream, ordered by learner and content."""
    records, streams = history.records, history.streams
    last = streams.starts[1:] - 1
    order = learner_order(history, streams.events[last])
    types, sources = pair_texts(records)
    final = streams.events[last]
    change = changes(history)
    opened = _last_of(history.stream_of_instant[change], np.flatnonzero(change), len(streams))
    found = facts(history)
    columns: dict[str, Column] = {
        **stream_columns(history, final),
        "status": status_column(history.final_mask),
        "possible": possible_column(history.final_mask),
        "since": Instants(history.stamp[opened]),
        **{name: _instants(history, event) for name, event in found.items()},
        "cycles": Numbers(_cycles(history)),
        "events": Numbers(np.diff(streams.starts)),
        "errors": Numbers(_count(history, findings, Severity.ERROR)),
        "warnings": Numbers(_count(history, findings, Severity.WARNING)),
        "last_type": Coded(records.pair[final], types),
        "last_source": Coded(records.pair[final], sources),
        "last_at": Instants(records.at[final]),
    }
    return Frame(columns, len(streams)).take(order)


def stream_columns(history: History, record: Ints) -> dict[str, Column]:
    """Return who and what the streams are about, as these records of theirs have it."""
    records = history.records
    return {
        "learner": Coded(records.learner[record], records.learners),
        "panorama": Coded(records.panorama[record], records.panoramas),
        "content_type": Coded(records.content_type[record], records.content_types),
        "content_title": Coded(records.content_title[record], records.content_titles),
    }


def learner_order(history: History, record: Ints) -> Ints:
    """Return the streams' order by learner, content title, content type, panorama."""
    records = history.records
    keys = [
        records.content[record],
        _ranks(records.panorama[record], records.panoramas),
        _ranks(records.content_type[record], records.content_types),
        _ranks(records.content_title[record], records.content_titles),
        _ranks(records.learner[record], records.learners),
    ]
    return np.lexsort(keys)


def _ranks(codes: npt.NDArray[np.int32], texts: pa.Array) -> npt.NDArray[np.int32]:
    if not len(texts):
        return codes
    import pyarrow.compute as pc

    ranks = np.empty(len(texts), np.int32)
    ranks[numbers(pc.sort_indices(texts).cast(pa.int32()))] = np.arange(len(texts), dtype=np.int32)
    return ranks[codes]


def changes(history: History) -> npt.NDArray[np.bool_]:
    """Return for each instant whether the possible statuses differ from those just before it.

    The first instant of a stream counts as a change.
    """
    after, stream = history.replay.after, history.stream_of_instant
    change = np.ones(len(after), np.bool_)
    change[1:] = (after[1:] != after[:-1]) | (stream[1:] != stream[:-1])
    return change


def _last_of(owner: npt.NDArray[np.int32], value: Ints, owners: int) -> Ints:
    """The last value of each owner; both arrays are in ascending order and no owner lacks one."""
    return value[np.searchsorted(owner, np.arange(owners), side="right") - 1]


def facts(history: History) -> dict[str, Ints]:
    """Return the event (position, −1 if none) that each fact of a record is from (§9).

    Enrolled, started and completed are of the latest cycle, and stay visible after its revocation;
    certified and revoked are the last ever.
    """
    outcome, action, starts = history.replay.outcome, history.action, history.streams.starts
    if not len(action):
        nothing = np.empty(0, np.int64)
        return dict.fromkeys(FACTS, nothing)
    position = np.arange(len(action))
    first = starts[:-1]
    began = np.maximum.reduceat(np.where(outcome & BEGAN_CYCLE, position, -1), first)
    cycle = np.repeat(np.maximum(began, first), np.diff(starts))
    current = (position >= cycle) & (outcome & IN_CYCLE != 0)

    def earliest(mask: npt.NDArray[np.bool_]) -> Ints:
        found = np.minimum.reduceat(np.where(mask, position, len(action)), first)
        return np.where(found == len(action), -1, found)

    def latest(mask: npt.NDArray[np.bool_]) -> Ints:
        return np.maximum.reduceat(np.where(mask, position, -1), first)

    found = (
        earliest(ENROLS[action] & current),
        earliest(STARTS[action] & current),
        latest(FINISHES[action] & current),
        latest(GRANTS[action]),
        latest(REVOKES[action]),
    )
    return dict(zip(FACTS, found, strict=True))


FACTS = ("enrolled_at", "started_at", "completed_at", "certified_at", "revoked_at")


def _instants(history: History, event: Ints) -> Instants:
    known = event >= 0
    if not len(history.at):
        return Instants(event)
    return Instants(history.at[np.maximum(event, 0)], known)


def _cycles(history: History) -> Ints:
    """How many cycles a stream had: those it saw begin, and one that was open before it began."""
    outcome, first = history.replay.outcome, history.streams.starts[:-1]
    if not len(outcome):
        return np.empty(0, np.int64)
    began = (outcome & BEGAN_CYCLE != 0).astype(np.int64)
    was_open = (outcome[first] >> BEFORE_SHIFT & _ACTIVE_MASK != 0).astype(np.int64)
    cycles: Ints = np.add.reduceat(began, first) + was_open
    return cycles


def _count(history: History, findings: Findings, severity: Severity) -> Ints:
    """Findings of this severity on each stream's events."""
    of_severity = np.array([CATALOGUE[code].severity is severity for code in CODES])
    positions = findings.position[of_severity[findings.code] & (findings.position >= 0)]
    stream = np.searchsorted(history.streams.starts, positions, side="right") - 1
    return np.bincount(stream, minlength=len(history.streams)).astype(np.int64)
