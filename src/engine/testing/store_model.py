"""What a store has to answer, in plain Python: lists, dictionaries and the pure core.

Written from semantics.md §1, §6, §7 and §9 alone. It keeps every row that was ever imported and
works everything out anew at each question, so nothing in it can go stale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from engine.dialects.dialect import RowFault, canonical
from engine.dialects.usual import TYPES, classify
from engine.event import Event
from engine.lifecycle.belief import ORDER_NOT_SEARCHED, statuses
from engine.replay.scalar import replay
from engine.testing.report import fold, tidy

__all__ = ["Counts", "Rejected", "Row", "Status", "StoreModel"]


class Counts(NamedTuple):
    """What came of a report: ``rows`` is the sum of the others."""

    rows: int
    new_events: int
    already_known: int
    duplicates: int
    quarantined: int


class Rejected(NamedTuple):
    """A row that becomes no event: the cells as they stand in the file, and its code."""

    code: str
    cells: tuple[str, ...]


Row = Event | Rejected

Status = tuple[str, str, str, tuple[str, ...]]
"""Learner, content type, content title, and the statuses that are possible, in their order."""

_Identity = tuple[Any, ...]


class _Known(NamedTuple):
    """An event, normalised, and when it was recorded."""

    event: Event
    recorded_at: datetime


class _Import(NamedTuple):
    recorded_at: datetime
    counts: Counts
    new: list[Event]
    rejected: list[str]


class StoreModel:
    """All imports so far, in the order in which they came.

    Attributes
    ----------
    imports:
        What came of each.
    """

    def __init__(self) -> None:
        self._imports: list[_Import] = []

    @property
    def imports(self) -> list[tuple[datetime, Counts]]:
        """The recorded time of each import, and what came of its rows."""
        return [(each.recorded_at, each.counts) for each in self._imports]

    def add(self, rows: Sequence[Row], now: datetime) -> Counts:
        """Import a report at a time; one is never recorded before the one before it."""
        seen = {_identity(event) for each in self._imports for event in each.new}
        carried: set[_Identity] = set()
        new: list[Event] = []
        known = repeated = 0
        rejected = [row.code for row in rows if isinstance(row, Rejected)]
        for row in rows:
            if isinstance(row, Rejected):
                continue
            identity = _identity(row)
            if identity in carried:
                repeated += 1
            elif identity in seen:
                known += 1
            else:
                new.append(row)
            carried.add(identity)
        counts = Counts(len(rows), len(new), known, repeated, len(rejected))
        recorded_at = max([now, *(each.recorded_at for each in self._imports[-1:])])
        self._imports.append(_Import(recorded_at, counts, new, rejected))
        return counts

    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        """Return the status of every record that has an event by ``as_of``."""
        found: Counter[Status] = Counter()
        for stream in self._streams(known_on):
            past = [known for known in stream if as_of is None or known.event.at <= as_of]
            if past:
                belief = replay(_instants(past), partial=False)[1][-1].belief
                event = past[0].event
                possible = tuple(status.label for status in statuses(belief))
                found[event.learner, event.content_type, event.content_title, possible] += 1
        return found

    def findings(self, known_on: datetime | None) -> Counter[str]:
        """Return how often each code is found: all R and S codes."""
        found: Counter[str] = Counter()
        for each in self._until(known_on):
            found.update(each.rejected)
            found[RowFault.DUPLICATE_ROW.code] += each.counts.already_known + each.counts.duplicates
        for stream in self._streams(known_on):
            for known in stream:
                code = classify(known.event.type, known.event.source).code
                found[code or ""] += 1
                found[RowFault.FUTURE_TIMESTAMP.code] += known.event.at > known.recorded_at
            for outcome in replay(_instants(stream), partial=False)[1]:
                found.update(event.finding or "" for event in outcome.events)
                found[ORDER_NOT_SEARCHED] += outcome.unsearched
        del found[""]
        return +found

    def _until(self, known_on: datetime | None) -> list[_Import]:
        return [each for each in self._imports if known_on is None or each.recorded_at <= known_on]

    def _streams(self, known_on: datetime | None) -> Iterable[list[_Known]]:
        streams: dict[_Identity, list[_Known]] = {}
        for each in self._until(known_on):
            for event in map(_normalised, each.new):
                content = event.content_id or (event.content_type, event.content_title)
                streams.setdefault((event.learner, content), []).append(
                    _Known(event, each.recorded_at)
                )
        for stream in streams.values():
            yield sorted(stream, key=lambda known: known.event.at)


def _normalised(event: Event) -> Event:
    return Event(
        type=canonical(event.type),
        source=canonical(event.source),
        at=event.at,
        learner=fold(event.learner),
        panorama=tidy(event.panorama),
        content_type=tidy(event.content_type),
        content_title=tidy(event.content_title),
        content_id=tidy(event.content_id),
        id=event.id.strip(),
    )


def _identity(event: Event) -> _Identity:
    """The report's id, else all fields. Source: semantics.md §7."""
    plain = _normalised(event)
    assert plain.type in TYPES
    return (plain.id,) if plain.id else (plain,)


def _instants(stream: Sequence[_Known]) -> list[tuple[Any, ...]]:
    return list(_tied(stream))


def _tied(stream: Sequence[_Known]) -> Iterator[tuple[Any, ...]]:
    for _, tied in groupby(stream, key=lambda known: known.event.at):
        yield tuple(
            sorted(classify(known.event.type, known.event.source).action or 0 for known in tied)
        )
