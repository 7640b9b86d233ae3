"""A replayed report as the rules across streams look at it: by learner, content and pair."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from engine.columns import slices
from engine.lifecycle.action import Action
from engine.replay.streams import pair_ranks, ranks

if TYPE_CHECKING:
    from engine.projection.history import History

__all__ = ["NOTHING", "Kind", "View", "among", "by_parts", "parts"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOTHING: Final = np.empty(0, np.int64)
_BYTES: Final = 1 << 20


class Kind(IntEnum):
    """What the (Type, Source) of an event says beyond its action: its role in the dialect."""

    OTHER = 0
    MOVED_AWAY = 1
    MOVED_HERE = 2
    CONTENT_DELETED = 3
    ACCOUNT_CREATED = 4
    WEBINAR = 5
    LEARNING_PATH = 6


def _kind(role: str | None) -> Kind:
    return Kind.OTHER if role is None else Kind[role.upper()]


class View:
    """Look-ups that several rules share. Threads may share it.

    ``window`` is how far apart the two halves of a move may be, in microseconds.
    """

    def __init__(self, history: History, *, window: int) -> None:
        self.history = history
        self.window = window
        self.records = history.records
        self.streams = history.streams
        self.learner = history.learner_of_stream
        self.content = history.content_of_stream
        self._position, self._kind = self._kinds()

    def _kinds(self) -> tuple[Ints, npt.NDArray[np.uint8]]:
        """The events that have a kind, and their kinds."""
        pairs, pair = self.records.pairs, self.history.pair
        of_pair = np.array([_kind(each.role) for each in pairs], np.uint8)
        telling = np.flatnonzero(of_pair).tolist()

        def work(part: slice) -> Ints:
            found: Ints = np.flatnonzero(among(pair[part], telling)) + part.start
            return found

        position = by_parts(len(pair), work, width=2 * pair.itemsize)
        return position, of_pair[pair[position]]

    def of_kind(self, kind: Kind) -> Ints:
        """Return the positions of the events of this kind, ascending."""
        found: Ints = self._position[self._kind == kind]
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

    def began(self, streams: Ints | slice) -> Ints:
        """Return the time of the earliest event of each of these streams."""
        if self.streams.tolerance:
            return self._of_each(streams, np.minimum)
        return self.streams.at[self.streams.starts[:-1][streams]]

    def ended(self, streams: Ints | slice) -> Ints:
        """Return the time of the latest event of each of these streams."""
        if self.streams.tolerance:
            return self._of_each(streams, np.maximum)
        return self.streams.at[self.streams.starts[1:][streams] - 1]

    def _of_each(self, streams: Ints | slice, choose: np.ufunc) -> Ints:
        # Within an instant the events stand in another order than that of their times.
        begins, ends = self.streams.starts[:-1][streams], self.streams.starts[1:][streams]
        if not len(begins):
            return NOTHING
        position = self.events_of(np.arange(len(self.streams))[streams])
        sizes = ends - begins
        found: Ints = choose.reduceat(self.streams.at[position], np.cumsum(sizes) - sizes)
        return found

    def stamp(self, position: Ints) -> Ints:
        """Return the times of the instants of these events."""
        streams = self.streams
        if not streams.tolerance:
            return streams.at[position]
        return self.history.stamp[np.searchsorted(streams.instants, position, side="right") - 1]

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

    def first_of_each(
        self, codes: npt.NDArray[np.integer], record: Ints
    ) -> tuple[npt.NDArray[np.integer], Ints]:
        """Return the codes that these records have, and the first record (see :meth:`in_order`)
        of each."""
        known, first = np.unique(codes[record], return_index=True)
        if len(known) < len(record):
            record = record[self.in_order(record, codes[record])]
            _, first = np.unique(codes[record], return_index=True)
        return known, record[first]


def by_parts(
    count: int, work: Callable[[slice], npt.NDArray[Any]], *, width: int = 8
) -> npt.NDArray[Any]:
    """Return what is found in the parts of so many rows, one after another; cores share them."""
    found = slices.each_column(work, parts(count, width=width), count)
    return np.concatenate([NOTHING, *found])


def parts(count: int, *, width: int = 8) -> list[slice]:
    """Return slices of so many rows, for work on ``width`` bytes of each.

    What is computed of one slice stays in the cache, and its memory is used again. Fresh memory
    for whole columns costs more than the work itself.
    """
    return slices.parts(count, _BYTES // width)


def among(values: npt.NDArray[np.unsignedinteger], members: Collection[int | Action]) -> Mask:
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
            found |= (values - values.dtype.type(low)) <= high - low
    return found
