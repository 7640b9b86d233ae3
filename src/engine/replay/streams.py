"""Streams and instants: the events in the one order that the replay takes them in.

Source: semantics.md §1 (streams), §6 (order), §7 (duplicates).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import int32, numbers
from engine.columns.kernels import ascending, position, take
from engine.columns.order import by_group_and_time, near
from engine.columns.slices import gather, numbers_to, paired, places_of, positions, sliced
from engine.dialects.dialect import canonical
from engine.records import Records

__all__ = ["Key", "Streams", "arrange", "first_of_each_id", "pair_ranks", "ranks"]

Key = Literal["email,content", "email,panorama,content"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Streams(msgspec.Struct):
    """Events by stream, then instant, then the order of semantics.md §6 within an instant.

    Attributes
    ----------
    events:
        Shape (events,): the record number of each event.
    at:
        Shape (events,): the time of each event, in microseconds since 1970.
    starts:
        Shape (streams + 1,): where each stream's events begin, then the number of events.
    instants:
        Shape (instants + 1,): where each instant's events begin, then the number of events.
    duplicates:
        Record numbers of the rows that repeat an earlier one.
    tolerance:
        In microseconds: events no further apart than this are tied.
    """

    events: Ints
    at: Ints
    starts: Ints
    instants: Ints
    duplicates: Ints
    tolerance: int = 0

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def untied(self) -> bool:
        """Whether each instant is one event."""
        return len(self.instants) == len(self.events) + 1

    def tied(self) -> tuple[Ints, Ints]:
        """Return the first events, and the sizes, of the instants of several events."""
        if self.untied:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        several = np.empty(len(self.instants) - 1, np.bool_)

        def work(part: slice) -> None:
            ends = self.instants[part.start + 1 : part.stop + 1]
            np.greater(ends - self.instants[part], 1, out=several[part])

        sliced(len(several), work)
        found = positions(several)
        first = self.instants[found]
        return first, self.instants[found + 1] - first

    @property
    def first_instants(self) -> Ints:
        """Shape (streams + 1,): the first instant of each stream, then the number of instants."""
        return self.starts if self.untied else places_of(self.starts, self.instants)

    @property
    def stamps(self) -> Ints:
        """Shape (instants,): the time of each instant, that of its earliest event (§6)."""
        if self.untied:
            return self.at
        return np.minimum.reduceat(self.at, self.instants[:-1])

    def only(self, keep: Mask) -> Streams:
        """Return these streams alone; ``keep`` has shape (streams,)."""
        return self._where(np.repeat(keep, np.diff(self.first_instants)))

    def until(self, moment: int) -> Streams:
        """Return what had happened by ``moment``, in whole instants (semantics.md §6, §9).

        Streams without an event by then are left out.
        """
        return self._where(self.stamps <= moment)

    def _where(self, keep: Mask) -> Streams:
        """Return the streams made of these instants; those without any are left out."""
        sizes = np.diff(self.instants)
        owner = np.repeat(np.arange(len(self)), np.diff(self.first_instants))[keep]
        instants = np.concatenate([[0], np.cumsum(sizes[keep])])
        begins = np.ones(len(owner), np.bool_)
        begins[1:] = owner[1:] != owner[:-1]
        chosen = np.repeat(keep, sizes)
        return Streams(
            events=self.events[chosen],
            at=self.at[chosen],
            starts=np.append(instants[:-1][begins], instants[-1]),
            instants=instants,
            duplicates=self.duplicates,
            tolerance=self.tolerance,
        )


def arrange(records: Records, *, key: Key, tolerance: int) -> Streams:
    """Put the kept records in order, and tell duplicates from events.

    ``tolerance`` is in microseconds: an event no further than this from the one before it is
    tied with it. The result does not depend on the order of the rows.
    """
    rows = None if bool(records.kept.all()) else np.flatnonzero(records.kept)
    if records.event_id is not None:
        rows = first_of_each_id(records, np.flatnonzero(records.kept))
    stream, at = _stream_keys(records, key), records.at
    if rows is not None:
        stream, at = gather(stream, rows), gather(at, rows)
    order, stream = by_group_and_time(stream, at)
    at = gather(at, order)
    order = order if rows is None else gather(rows, order)

    same = near(stream, at, 0)
    repeated = _repeated_rows(records, order, same)
    if len(repeated):
        order, stream, at = (np.delete(each, repeated) for each in (order, stream, at))
        same = near(stream, at, 0)

    tied = near(stream, at, tolerance) if tolerance else same
    end = len(order)
    if tied.any():
        _canonical_ties(records, order, at, tied)
        instants = positions(tied, np.logical_not, end=True)
    else:
        instants = numbers_to(end + 1)
    return Streams(
        events=order,
        at=at,
        starts=_starts(stream),
        instants=instants,
        duplicates=_duplicates(records, order),
        tolerance=tolerance,
    )


def _duplicates(records: Records, events: Ints) -> Ints:
    """The kept records that are no events."""
    if len(events) == len(records):
        return np.empty(0, np.int64)
    repeated = records.kept.copy()
    repeated[events] = False
    return np.flatnonzero(repeated)


def _stream_keys(records: Records, key: Key) -> Ints:
    """A number for each record that is equal exactly where the stream is."""
    keys = paired(records.learner, records.content, records.contents)
    if key == "email,panorama,content":
        _, dense = np.unique(keys, return_inverse=True)
        keys = dense.astype(np.int64) * len(records.panoramas) + records.panorama
    return keys


def _starts(stream: Ints) -> Ints:
    """Where each stream begins, then the number of events."""
    begins = np.ones(len(stream), np.bool_)

    def work(part: slice) -> None:
        low, high = max(part.start, 1), part.stop
        np.not_equal(stream[low:high], stream[low - 1 : high - 1], out=begins[low:high])

    sliced(len(stream), work)
    return positions(begins, end=True)


def first_of_each_id(records: Records, rows: Ints) -> Ints:
    """The rows without those whose id an earlier one has: pages that were sent again."""
    assert records.event_id is not None
    ids = records.event_id[rows]
    named = ids != position(records.event_ids, "")
    _, first = np.unique(ids[named], return_index=True)
    keep = ~named
    keep[np.flatnonzero(named)[first]] = True
    kept: Ints = rows[keep]
    return kept


def _fields(records: Records, rows: Ints) -> list[npt.NDArray[Any]]:
    """What distinguishes two events of one stream and instant besides (Type, Source)."""
    fields = [
        column[rows] for column in (records.event_id, records.content_id) if column is not None
    ]
    fields += [
        column[rows] for column in (records.panorama, records.content_type, records.content_title)
    ]
    return fields


def _repeated_rows(records: Records, order: Ints, same: Mask) -> Ints:
    """Positions in ``order`` of the rows that equal an earlier one in every field."""
    places = _with_the_one_before(same)
    if not len(places):
        return places
    group = np.cumsum(~same[places])
    rows = order[places]
    columns = [*_fields(records, rows), records.pair[rows], group]
    # Of equal rows the first in the file stays.
    by_content = np.lexsort([rows, *columns])
    equal = np.ones(len(places) - 1, np.bool_)
    for column in columns:
        ordered = column[by_content]
        equal &= ordered[1:] == ordered[:-1]
    return np.sort(places[by_content[1:][equal]])


def _with_the_one_before(flags: Mask) -> Ints:
    """The positions of these events and of those before them."""
    flagged = positions(flags)
    both = np.zeros(len(flags), np.bool_)
    both[flagged] = True
    both[flagged - 1] = True
    return positions(both) if len(flagged) else flagged


def _canonical_ties(records: Records, order: Ints, at: Ints, tied: Mask) -> None:
    """Put the events of each instant in the order of §6: action, Source, event id.

    Events without an id follow by their remaining fields, so that the order of rows never shows.
    """
    places = _with_the_one_before(tied)
    instant = np.cumsum(~tied[places])
    rows = order[places]
    keys: list[npt.NDArray[Any]] = [at[places]]
    for codes, texts in (
        (records.content_title, records.content_titles),
        (records.content_type, records.content_types),
        (records.panorama, records.panoramas),
        (records.event_id, records.event_ids),
    ):
        if codes is not None:
            keys.append(ranks(codes[rows], texts))
    keys += [pair_ranks(records)[records.pair[rows]], instant]
    arranged = np.lexsort(keys)
    order[places] = rows[arranged]
    at[places] = at[places[arranged]]


def ranks(codes: npt.NDArray[np.int32], texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """The rank of each cell's text among the texts that these cells have."""
    dense, values = np.unique(codes, return_inverse=True)
    order = numbers(ascending(take(texts, int32(dense))))
    ranks = np.empty(len(dense), np.int32)
    ranks[order] = np.arange(len(dense), dtype=np.int32)
    return ranks[values]


def pair_ranks(records: Records) -> Ints:
    """The rank of each pair by action, then Source."""
    keys = [
        (-1 if pair.action is None else int(pair.action), canonical(pair.source), pair.type)
        for pair in records.pairs
    ]
    ranks = np.empty(len(keys), np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks
