"""One record a stream: its status and the facts it rests on.

Source: semantics.md §9 (facts, as of), interface.md (fields and order).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import numbers
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.columns.slices import each, parts
from engine.projection.actions import ENROLS, FINISHES, GRANTS, REVOKES, STARTS
from engine.projection.findings import CODES, Findings
from engine.projection.history import History, pair_texts, possible_column, status_column
from engine.replay.streams import ranks as ranks_of_some
from engine.replay.table import BEFORE_SHIFT, BEGAN_CYCLE, IN_CYCLE
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = [
    "FACTS",
    "fact_columns",
    "facts",
    "last_changes",
    "learner_order",
    "status_columns",
    "status_frame",
    "stream_columns",
]

Ints = npt.NDArray[np.int64]

_ACTIVE_MASK = 0b011110

_STREAMS: Final = 1 << 16
"""Streams whose facts are found at a time: their events stay in the cache."""


def status_frame(
    history: History, findings: Findings, more: Mapping[str, Column] = MappingProxyType({})
) -> Frame:
    """Return one row a stream, ordered by learner and content; ``more`` are further columns."""
    streams = history.streams
    order = learner_order(history, streams.events[streams.starts[1:] - 1])
    columns = {**status_columns(history, findings), **more}
    return Frame(columns, len(streams)).take(order)


def status_columns(history: History, findings: Findings) -> dict[str, Column]:
    """Return the same, in the order of the streams."""
    records, streams = history.records, history.streams
    types, sources = pair_texts(records)
    final = streams.events[streams.starts[1:] - 1]
    return {
        **stream_columns(history, final),
        "status": status_column(history.final_mask),
        "possible": possible_column(history.final_mask),
        **fact_columns(history, findings),
        "last_type": Coded(records.pair[final], types),
        "last_source": Coded(records.pair[final], sources),
        "last_at": Instants(records.at[final]),
    }


def fact_columns(history: History, findings: Findings) -> dict[str, Instants | Numbers]:
    """Return of each stream only the times and counts, in the order of the streams."""
    return {
        "since": Instants(history.stamp[last_changes(history)]),
        **{name: _instants(history, event) for name, event in facts(history).items()},
        "cycles": Numbers(_cycles(history)),
        "events": Numbers(np.diff(history.streams.starts)),
        "errors": Numbers(_count(history, findings, Severity.ERROR)),
        "warnings": Numbers(_count(history, findings, Severity.WARNING)),
    }


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
    """Return the streams' order by learner, content title, content type, panorama, content id."""
    records = history.records
    # Not by the content's number: that depends on which row comes first.
    keys = (
        []
        if records.content_id is None
        else [_ranks(records.content_id[record], records.content_ids)]
    )
    keys += [
        _ranks(records.panorama[record], records.panoramas),
        _ranks(records.content_type[record], records.content_types),
        _ranks(records.content_title[record], records.content_titles),
        _ranks(records.learner[record], records.learners),
    ]
    return np.lexsort(keys)


def _ranks(codes: npt.NDArray[np.int32], texts: pa.Array) -> npt.NDArray[np.int32]:
    if bool((codes == codes[:1]).all()):
        return np.zeros(len(codes), np.int32)
    if len(codes) < len(texts):
        return ranks_of_some(codes, texts)
    if not len(texts):
        return codes
    import pyarrow.compute as pc

    ranks = np.empty(len(texts), np.int32)
    ranks[numbers(pc.sort_indices(texts).cast(pa.int32()))] = np.arange(len(texts), dtype=np.int32)
    return ranks[codes]


def last_changes(history: History) -> Ints:
    """Return the instant from which on each stream has had the statuses of its end."""
    change = history.changes
    found = np.empty(len(history.streams), np.int64)
    # Every stream has a change; of several the last is written last.
    found[history.stream_of_instant[change]] = change
    return found


def facts(history: History) -> dict[str, Ints]:
    """Return the event (position, −1 if none) that each fact of a record is from (§9).

    Enrolled, started and completed are of the latest cycle, and stay visible after its revocation;
    certified and revoked are the last ever.
    """
    outcome, action, starts = history.replay.outcome, history.action, history.streams.starts
    found = np.full((len(FACTS), len(starts) - 1), -1, np.int64)

    def work(streams: slice) -> None:
        low, high = int(starts[streams.start]), int(starts[streams.stop])
        bounds = starts[streams.start : streams.stop + 1] - low
        places = _places(outcome[low:high], action[low:high], bounds)
        for each_fact, (stream, place) in zip(found, places, strict=True):
            each_fact[streams][stream] = place + low

    each(work, parts(found.shape[1], _STREAMS))
    return dict(zip(FACTS, found, strict=True))


def _places(
    outcome: npt.NDArray[np.uint32], action: npt.NDArray[np.uint8], bounds: Ints
) -> Iterator[tuple[Ints, Ints]]:
    """Yield for each fact streams and the place of an event in each.

    Of what is yielded for one stream the last counts. The events of some streams are given, and
    where each stream begins among them, then their number.
    """
    owner = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    began = np.flatnonzero(outcome & BEGAN_CYCLE)
    cycle = bounds[:-1].copy()
    cycle[owner[began]] = began
    # One byte an event says of which facts it may be: each is looked for there, and nowhere else.
    may_be = _FACTS_OF.take(action)
    may_be &= (outcome & IN_CYCLE != 0).view(np.uint8) * _OF_CYCLE | _EVER

    for fact in FACTS:
        place = np.flatnonzero(may_be & _BIT[fact])
        stream = owner[place]
        if _BIT[fact] & _OF_CYCLE:
            latest = place >= cycle[stream]
            stream, place = stream[latest], place[latest]
        yield (stream[::-1], place[::-1]) if fact in _FIRST else (stream, place)


_KINDS: Final = {
    "enrolled_at": ENROLS,
    "started_at": STARTS,
    "completed_at": FINISHES,
    "certified_at": GRANTS,
    "revoked_at": REVOKES,
}
"""Fact → the actions that it may be from."""

FACTS: Final = tuple(_KINDS)

_FIRST: Final = FACTS[:2]
"""Facts that are from the first such event; the others are from the last."""

_BIT: Final = {fact: np.uint8(1 << place) for place, fact in enumerate(FACTS)}
_OF_CYCLE: Final = np.uint8(_BIT["enrolled_at"] | _BIT["started_at"] | _BIT["completed_at"])
_EVER: Final = np.uint8(_BIT["certified_at"] | _BIT["revoked_at"])

_FACTS_OF: Final = np.zeros(256, np.uint8)
for _fact, _actions in _KINDS.items():
    _FACTS_OF[_actions] |= _BIT[_fact]


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
    began = np.cumsum(outcome & BEGAN_CYCLE != 0, dtype=np.int64)
    cycles: Ints = np.diff(began[history.streams.starts[1:] - 1], prepend=0)
    cycles += outcome[first] >> BEFORE_SHIFT & _ACTIVE_MASK != 0
    return cycles


def _count(history: History, findings: Findings, severity: Severity) -> Ints:
    """Findings of this severity on each stream's events."""
    of_severity = np.array([CATALOGUE[code].severity is severity for code in CODES])
    positions = findings.position[of_severity[findings.code] & (findings.position >= 0)]
    stream = np.searchsorted(history.streams.starts, positions, side="right") - 1
    return np.bincount(stream, minlength=len(history.streams)).astype(np.int64)
