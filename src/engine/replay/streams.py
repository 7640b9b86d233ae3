"""Streams and instants: the events in the one order that the replay takes them in.

Source: semantics.md §1 (streams), §6 (order), §7 (R007 duplicates).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrow import int32, numbers, text
from engine.records import Records
from engine.vocabulary import canonical

__all__ = ["Key", "Streams", "arrange"]

Key = Literal["email,content", "email,panorama,content"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Streams(msgspec.Struct):
    """Events by stream, then instant, then the order of semantics.md §6 within an instant.

    Attributes
    ----------
    events:
        Shape (events,): the record number of each event.
    starts:
        Shape (streams + 1,): where each stream's events begin, then the number of events.
    instants:
        Shape (instants + 1,): where each instant's events begin, then the number of events.
    duplicates:
        Record numbers of the rows that repeat an earlier one (R007).
    """

    events: Ints
    starts: Ints
    instants: Ints
    duplicates: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    def only(self, keep: Mask) -> Streams:
        """Return these streams alone; ``keep`` has shape (streams,)."""
        first = np.searchsorted(self.instants, self.starts)
        return self._where(np.repeat(keep, np.diff(first)))

    def until(self, at: npt.NDArray[np.int64], moment: int) -> Streams:
        """Return what had happened by ``moment``, in whole instants (semantics.md §6, §9).

        ``at`` holds the records' times, all in microseconds since 1970. Streams without an event
        by then are left out.
        """
        if not len(self.events):
            return self
        stamp = np.minimum.reduceat(at[self.events], self.instants[:-1])
        return self._where(stamp <= moment)

    def _where(self, keep: Mask) -> Streams:
        """Return the streams made of these instants; those without any are left out."""
        sizes = np.diff(self.instants)
        first = np.searchsorted(self.instants, self.starts)
        owner = np.repeat(np.arange(len(self)), np.diff(first))[keep]
        kept = sizes[keep]
        instants = np.concatenate([[0], np.cumsum(kept)])
        begins = np.ones(len(owner), np.bool_)
        begins[1:] = owner[1:] != owner[:-1]
        return Streams(
            events=self.events[np.repeat(keep, sizes)],
            starts=np.append(instants[:-1][begins], instants[-1]),
            instants=instants,
            duplicates=self.duplicates,
        )


def arrange(records: Records, *, key: Key, tolerance: int) -> Streams:
    """Put the kept records in order, and tell duplicates from events.

    ``tolerance`` is in microseconds: an event no further than this from the one before it is
    tied with it. The result does not depend on the order of the rows.
    """
    stream = _stream_keys(records, key)
    order = _sorted(stream, records.at, records.kept)
    duplicates = _repeated_ids(records, order)
    if len(duplicates):
        order = order[~np.isin(order, duplicates)]

    new_stream, gap = _boundaries(stream[order], records.at[order])
    same = ~new_stream & (gap == 0)
    if same.any():
        repeated = _repeated_rows(records, order, same)
        if len(repeated):
            duplicates = np.concatenate([duplicates, order[repeated]])
            order = np.delete(order, repeated)
            new_stream, gap = _boundaries(stream[order], records.at[order])

    tied = ~new_stream & (gap <= tolerance)
    if tied.any():
        order = _canonical_ties(records, order, tied)
    end = len(order)
    return Streams(
        events=order,
        starts=np.append(np.flatnonzero(new_stream), end),
        instants=np.append(np.flatnonzero(~tied), end),
        duplicates=np.sort(duplicates),
    )


def _stream_keys(records: Records, key: Key) -> Ints:
    """A number for each record that is equal exactly where the stream is."""
    keys = records.learner.astype(np.int64) * max(1, records.contents) + records.content
    if key == "email,panorama,content":
        _, dense = np.unique(keys, return_inverse=True)
        keys = dense.astype(np.int64) * max(1, len(records.panoramas)) + records.panorama
    return keys


def _sorted(stream: Ints, at: Ints, kept: Mask) -> Ints:
    """Record numbers by stream, then time, then row."""
    rows = None if bool(kept.all()) else np.flatnonzero(kept)
    if rows is not None:
        stream, at = stream[rows], at[rows]
    if len(at) < 2:
        order = np.arange(len(at))
    else:
        falling = bool((at[1:] <= at[:-1]).all())
        if falling and not bool((at[1:] == at[:-1]).any()):
            by_time = np.arange(len(at) - 1, -1, -1)
        elif bool((at[1:] >= at[:-1]).all()):
            by_time = None
        else:
            by_time = stable_argsort(at - at.min())
        if by_time is None:
            order = stable_argsort(stream)
        else:
            order = by_time[stable_argsort(stream[by_time])]
    return order if rows is None else rows[order]


_POSITION_BITS_LIMIT: Final = 64


def stable_argsort(keys: Ints) -> Ints:
    """Return the stable order of non-negative keys.

    Where key and position fit into 64 bits together, sorting that number by value is several
    times faster than sorting positions by key, and is stable by construction.
    """
    if not len(keys):
        return np.empty(0, np.int64)
    shift = (len(keys) - 1).bit_length()
    if int(keys.max()).bit_length() + shift > _POSITION_BITS_LIMIT:
        return np.argsort(keys, kind="stable")
    packed = keys.astype(np.uint64)
    packed <<= np.uint64(shift)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= np.uint64((1 << shift) - 1)
    return packed.view(np.int64)


def _boundaries(stream: Ints, at: Ints) -> tuple[Mask, Ints]:
    """Whether each event begins a stream, and its distance from the one before it."""
    new_stream = np.ones(len(stream), np.bool_)
    gap = np.zeros(len(stream), np.int64)
    np.not_equal(stream[1:], stream[:-1], out=new_stream[1:])
    np.subtract(at[1:], at[:-1], out=gap[1:])
    return new_stream, gap


def _repeated_ids(records: Records, order: Ints) -> Ints:
    """Records whose id an earlier row has: a page that was sent again (domain.md)."""
    if records.event_id is None:
        return np.empty(0, np.int64)
    rows = np.sort(order)
    ids = records.event_id[rows]
    blank = records.event_ids.index(text("")).as_py()
    named = rows[ids != blank]
    _, first = np.unique(records.event_id[named], return_index=True)
    return np.delete(named, first)


def _fields(records: Records, rows: Ints) -> list[npt.NDArray[np.integer]]:
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
    candidate = same.copy()
    candidate[:-1] |= same[1:]
    positions = np.flatnonzero(candidate)
    group = np.cumsum(~same[positions])
    rows = order[positions]
    columns = [*_fields(records, rows), records.pair[rows], group]
    # The rows of a group are in file order, and the sort is stable: the first of a run stays.
    by_content = np.lexsort(columns)
    equal = np.ones(max(0, len(positions) - 1), np.bool_)
    for column in columns:
        ordered = column[by_content]
        equal &= ordered[1:] == ordered[:-1]
    return np.sort(positions[by_content[1:][equal]])


def _canonical_ties(records: Records, order: Ints, tied: Mask) -> Ints:
    """Put the events of each instant in the order of §6: action, Source, event id.

    Events without an id follow by their remaining fields, so that the order of rows never shows.
    """
    member = tied.copy()
    member[:-1] |= tied[1:]
    positions = np.flatnonzero(member)
    instant = np.cumsum(~tied[positions])
    rows = order[positions]
    keys: list[npt.NDArray[np.integer]] = [records.at[rows]]
    for codes, texts in (
        (records.content_title, records.content_titles),
        (records.content_type, records.content_types),
        (records.panorama, records.panoramas),
        (records.event_id, records.event_ids),
    ):
        if codes is not None:
            keys.append(_ranks(codes[rows], texts))
    keys += [_pair_ranks(records)[records.pair[rows]], instant]
    arranged = order.copy()
    arranged[positions] = rows[np.lexsort(keys)]
    return arranged


def _ranks(codes: npt.NDArray[np.int32], texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """The rank of each cell's text among the texts that these cells have."""
    dense, values = np.unique(codes, return_inverse=True)
    order = numbers(pc.sort_indices(texts.take(int32(dense))).cast(pa.int32()))
    ranks = np.empty(len(dense), np.int32)
    ranks[order] = np.arange(len(dense), dtype=np.int32)
    return ranks[values]


def _pair_ranks(records: Records) -> Ints:
    """The rank of each pair by action, then Source."""
    keys = [
        (-1 if pair.action is None else int(pair.action), canonical(pair.source), pair.type)
        for pair in records.pairs
    ]
    ranks = np.empty(len(keys), np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks
