"""A replayed report as the rules across streams look at it: by learner, content and pair."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import IntEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.projection.history import History
from engine.replay.streams import pair_ranks, ranks
from engine.vocabulary import Action

__all__ = ["NOTHING", "Kind", "View", "among", "parts"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOTHING: Final = np.empty(0, np.int64)
_PART: Final = 1 << 15


class Kind(IntEnum):
    """What the (Type, Source) of an event says that its action alone does not."""

    OTHER = 0
    MOVED_AWAY = 1
    MOVED_HERE = 2
    CONTENT_DELETED = 3
    ACCOUNT_CREATED = 4
    WEBINAR = 5
    LEARNING_PATH = 6


_KINDS: Final = {
    ("revoked_access", "reschedule"): Kind.MOVED_AWAY,
    ("enrollment", "reschedule"): Kind.MOVED_HERE,
    ("revoked_access", "course_deletion"): Kind.CONTENT_DELETED,
    ("enrollment", "manager_created_user"): Kind.ACCOUNT_CREATED,
    ("enrollment", "manager_bulk_user_creation"): Kind.ACCOUNT_CREATED,
    ("enrollment", "registration"): Kind.ACCOUNT_CREATED,
    ("status_change", "webinar_attended"): Kind.WEBINAR,
    ("status_change", "recertify_learning_path"): Kind.LEARNING_PATH,
}


class View:
    """Look-ups that several rules share, each computed when first asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.records = history.records
        self.streams = history.streams

    @cached_property
    def _kinds(self) -> tuple[Ints, npt.NDArray[np.uint8]]:
        """The events that have a kind, and their kinds."""
        pairs = self.records.pairs
        of_pair = np.array([_KINDS.get((each.type, each.source), 0) for each in pairs], np.uint8)
        actions = {
            pair.action
            for pair, kind in zip(pairs, of_pair.tolist(), strict=True)
            if kind and pair.action is not None
        }
        positions, kinds = [NOTHING], [np.empty(0, np.uint8)]
        for part in parts(len(self.history.action)):
            position = np.flatnonzero(among(self.history.action[part], actions)) + part.start
            kind = self.of(of_pair, self.records.pair, position)
            positions.append(position[kind > 0])
            kinds.append(kind[kind > 0])
        return np.concatenate(positions), np.concatenate(kinds)

    def of_kind(self, *kinds: Kind) -> Ints:
        """Return the positions of the events of these kinds, ascending."""
        position, kind = self._kinds
        found: Ints = position[among(kind, kinds)]
        return found

    def of(
        self, values: npt.NDArray[Any], codes: npt.NDArray[np.integer], position: Ints
    ) -> npt.NDArray[Any]:
        """Return ``values[codes]`` of the records of these events."""
        found: npt.NDArray[Any] = values[codes[self.streams.events[position]]]
        return found

    def record(self, position: Ints) -> Ints:
        """Return the record numbers of these events."""
        return self.streams.events[position]

    def stream_of(self, position: Ints) -> Ints:
        """Return the streams of these events."""
        return np.searchsorted(self.streams.starts, position, side="right") - 1

    def events_of(self, streams: Ints) -> Ints:
        """Return the positions of all events of these streams, ascending if the streams are."""
        low = self.streams.starts[streams]
        sizes = self.streams.starts[streams + 1] - low
        ends = np.cumsum(sizes)
        return np.repeat(low - (ends - sizes), sizes) + np.arange(int(sizes.sum()))

    @cached_property
    def last_of_stream(self) -> Mask:
        """Whether each event is the last of its stream."""
        last = np.zeros(len(self.streams.events), np.bool_)
        last[self.streams.starts[1:] - 1] = True
        return last

    @cached_property
    def first(self) -> Ints:
        """The record of each stream's first event."""
        return self.streams.events[self.streams.starts[:-1]]

    @cached_property
    def learner(self) -> npt.NDArray[np.int32]:
        """The learner of each stream."""
        return self.records.learner[self.first]

    @cached_property
    def content(self) -> npt.NDArray[np.int32]:
        """The content of each stream."""
        return self.records.content[self.first]

    @cached_property
    def began(self) -> Ints:
        """The time of each stream's earliest event."""
        streams = self.streams
        return (
            streams.at[streams.starts[:-1]]
            if streams.untied
            else streams.stamps[streams.first_instants[:-1]]
        )

    @cached_property
    def ended(self) -> Ints:
        """The time of each stream's latest event."""
        streams = self.streams
        if streams.tolerance:
            # Within an instant the events stand in another order than that of their times.
            return np.maximum.reduceat(streams.at, streams.starts[:-1])
        return streams.at[streams.starts[1:] - 1]

    def stamp(self, position: Ints) -> Ints:
        """Return the times of the instants of these events."""
        streams = self.streams
        if streams.untied:
            return streams.at[position]
        return streams.stamps[np.searchsorted(streams.instants, position, side="right") - 1]

    def in_order(self, record: Ints, *major: npt.NDArray[Any]) -> Ints:
        """Return the order of these records by the ``major`` keys (the last counts most).

        Records equal in those follow by what they say, never by where they stand, so that the
        order of the rows never shows.
        """
        records = self.records
        keys: list[npt.NDArray[Any]] = []
        for codes, texts in (
            (records.event_id, records.event_ids),
            (records.content_id, records.content_ids),
            (records.panorama, records.panoramas),
            (records.content_type, records.content_types),
            (records.content_title, records.content_titles),
            (records.learner, records.learners),
        ):
            if codes is not None and len(record):
                keys.append(ranks(codes[record], texts))
        keys.append(pair_ranks(records)[records.pair[record]] if len(record) else record)
        return np.lexsort([*keys, *major])


def parts(count: int) -> Iterator[slice]:
    """Yield slices of so many rows: what is computed of one stays in the cache, and its memory is
    used again. Fresh memory for whole columns costs more than the work itself."""
    for low in range(0, count, _PART):
        yield slice(low, min(low + _PART, count))


def among(values: npt.NDArray[np.uint8], members: Collection[int | Action]) -> Mask:
    """Return where ``values`` are members, by comparisons: a look-up table is several times slower.

    Neighbouring members make one comparison of two bounds.
    """
    found = np.zeros(len(values), np.bool_)
    wanted = sorted({int(each) for each in members})
    while wanted:
        low = high = wanted.pop(0)
        while wanted and wanted[0] == high + 1:
            high = wanted.pop(0)
        if low == high:
            found |= values == low
        elif low == 0:
            found |= values <= high
        else:
            found |= (values - np.uint8(low)) <= high - low
    return found
