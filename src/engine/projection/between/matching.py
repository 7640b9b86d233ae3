"""Which event of the later report is which of the earlier one. Source: semantics.md §11.

Everything here is exact and in columns; the slow twin is in tests/properties.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.kernels import position
from engine.projection.between.merged import Merged, dense
from engine.records import Records
from engine.replay.streams import Streams, arrange, pair_ranks, ranks

__all__ = ["Matching", "match"]

Ints = npt.NDArray[np.int64]
Column = tuple[npt.NDArray[np.integer], int]


class Matching(msgspec.Struct, frozen=True):
    """What became of the events; all are record numbers in the merged table.

    Attributes
    ----------
    old, new:
        The events of each report, in ascending order.
    same:
        How many events both have, unchanged.
    rewritten_old, rewritten_new:
        The two forms of each event that was rewritten, side by side.
    gone:
        The earlier report's events that the later one has in no form.
    added:
        The later report's events that the earlier one has in no form.
    """

    old: Ints
    new: Ints
    same: int
    rewritten_old: Ints
    rewritten_new: Ints
    gone: Ints
    added: Ints


def match(merged: Merged) -> Matching:
    """Pair the events of two reports, each with one at most."""
    records = merged.records
    old, new = (_events(merged, kept) for kept in (merged.of_old(), merged.of_new()))
    fields, count = _fields(records)
    identity = _identity(records, fields, count) if merged.by_event_id else fields
    place = np.full(int(identity.max(initial=-1)) + 1, -1, np.int64)
    place[identity[old]] = old
    earlier = place[identity[new]]
    met = earlier >= 0
    both_old, both_new = earlier[met], new[met]
    altered = fields[both_old] != fields[both_new]
    found = np.zeros(len(records), np.bool_)
    found[both_old] = True
    gone, added = old[~found[old]], new[~met]

    pairs = [(both_old[altered], both_new[altered])]
    keys = [fields.astype(np.int64)] if merged.by_event_id else []
    keys += _keys(records, np.concatenate([gone, added]))
    for key in keys:
        first, second = _pair(records, gone, added, key)
        pairs.append((first, second))
        taken = np.zeros(len(records), np.bool_)
        taken[first] = taken[second] = True
        gone, added = gone[~taken[gone]], added[~taken[added]]
    return Matching(
        old=old,
        new=new,
        same=int(np.count_nonzero(~altered)),
        rewritten_old=np.concatenate([first for first, _ in pairs]),
        rewritten_new=np.concatenate([second for _, second in pairs]),
        gone=gone,
        added=added,
    )


def _events(merged: Merged, kept: npt.NDArray[np.bool_]) -> Ints:
    """The kept records without those that repeat an earlier one of the same report."""
    if not kept.any():
        return np.empty(0, np.int64)
    streams: Streams = arrange(
        msgspec.structs.replace(merged.records, kept=kept), key="email,content", tolerance=0
    )
    return np.sort(streams.events)


def _columns(records: Records) -> list[Column]:
    columns: list[Column] = [
        (records.pair, len(records.pairs)),
        (records.content_type, len(records.content_types)),
        (records.panorama, len(records.panoramas)),
        (records.content_title, len(records.content_titles)),
        (records.learner, len(records.learners)),
    ]
    if records.content_id is not None:
        columns.append((records.content_id, len(records.content_ids)))
    return columns


def _instants(at: Ints) -> Column:
    instants, number = np.unique(at, return_inverse=True)
    return number, len(instants)


def _fields(records: Records) -> tuple[npt.NDArray[np.int32], int]:
    """A number that two records share if they have every field in common but the event id."""
    return dense(*_columns(records), _instants(records.at))


def _identity(records: Records, fields: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    """The event id, or all fields of a record that has none."""
    assert records.event_id is not None
    unnamed = records.event_id == position(records.event_ids, "")
    return np.where(unnamed, fields, np.int64(count) + records.event_id)


def _keys(records: Records, rows: Ints) -> list[npt.NDArray[np.int64]]:
    """What the two forms of a rewritten event share, if not all but the id; the closest first.

    Learner, content, type and instant always; the source too where something else was rewritten.
    Arrays have shape (records,), and hold −1 for records that are not among ``rows``.
    """
    types = {pair.type: number for number, pair in enumerate(records.pairs)}
    type_of_pair = np.array([types[pair.type] for pair in records.pairs], np.int32)
    pair = records.pair[rows]
    shared: tuple[Column, ...] = (
        (records.content[rows], records.contents),
        (records.learner[rows], len(records.learners)),
        _instants(records.at[rows]),
    )
    keys = []
    for kind in (pair, type_of_pair[pair]) if len(rows) else ():
        key = np.full(len(records), -1, np.int64)
        key[rows] = dense((kind, len(records.pairs)), *shared)[0]
        keys.append(key)
    return keys


def _pair(records: Records, old: Ints, new: Ints, key: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """Pair records of equal key, one with one, in the order of their fields."""
    size = int(max(key[old].max(initial=-1), key[new].max(initial=-1))) + 1
    olds, news = (np.bincount(key[rows], minlength=size) for rows in (old, new))
    shared = (olds > 0) & (news > 0)
    old, new = old[shared[key[old]]], new[shared[key[new]]]
    if not len(old):
        return old, new
    several = (olds > 1) | (news > 1)
    old, new = (_in_order(records, rows, key, several) for rows in (old, new))
    # Each record's place among those of its key; equal places meet.
    width = int(max(olds.max(), news.max()))
    slot_old, slot_new = (key[rows] * width + _places(key[rows]) for rows in (old, new))
    _, first, second = np.intersect1d(slot_old, slot_new, assume_unique=True, return_indices=True)
    return old[first], new[second]


def _places(keys: npt.NDArray[np.int64]) -> Ints:
    """The place of each entry among its equals; the keys are in ascending order."""
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return np.arange(len(keys)) - np.repeat(begins, np.diff(np.append(begins, len(keys))))


def _in_order(
    records: Records, rows: Ints, key: npt.NDArray[np.int64], several: npt.NDArray[np.bool_]
) -> Ints:
    """The records by key, and those that share one by their fields, whatever the order of rows."""
    crowded = several[key[rows]]
    alone, crowd = rows[~crowded], rows[crowded]
    keys: list[npt.NDArray[np.integer]] = [
        ranks(codes[crowd], texts)
        for codes, texts in _texts(records)
        if codes is not None and len(crowd)
    ]
    crowd = crowd[np.lexsort([*keys, pair_ranks(records)[records.pair[crowd]], key[crowd]])]
    together = np.concatenate([alone, crowd])
    return together[np.argsort(key[together], kind="stable")]


def _texts(records: Records) -> Sequence[tuple[npt.NDArray[np.int32] | None, object]]:
    return (
        (records.event_id, records.event_ids),
        (records.content_id, records.content_ids),
        (records.content_title, records.content_titles),
        (records.content_type, records.content_types),
        (records.panorama, records.panoramas),
    )
