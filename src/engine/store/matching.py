"""Which rows of a report are new events, which carry an event that is known, and which repeat one.

An event is known by the report's id, else by all its fields, normalised as semantics.md §1 says
(§7). Exact: fields are compared by number, and a number stands for one text.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.kernels import index_in, position
from engine.columns.order import by_group_and_time, near
from engine.columns.slices import gather, paired
from engine.records import Records
from engine.store.numbering import Numbered
from engine.store.stored import Events

__all__ = ["Matched", "match"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Matched(msgspec.Struct):
    """What became of each record that was not quarantined.

    Attributes
    ----------
    members:
        Stored events (by position in those given) and new events (``len(stored)`` + record), in
        the order of stream and time; of one time stored events first, then by row.
    stream:
        Shape (members,): ``learner * contents + content``.
    at:
        Shape (members,): the time of each, in microseconds since 1970.
    again:
        The records that are no new events, ascending.
    target:
        For each of them the event, numbered as in ``members``.
    repeated:
        For each of them whether an earlier record of the same report carries the event.
    """

    members: Ints
    stream: Ints
    at: Ints
    again: Ints
    target: Ints
    repeated: Mask


def match(records: Records, rows: Numbered, stored: Events) -> Matched:
    """Tell new events from known ones.

    Parameters
    ----------
    stored:
        At least the events of the store that have an id of the report, or an instant of a stream
        of it.
    """
    offset = len(stored)
    kept = None if bool(records.kept.all()) else np.flatnonzero(records.kept)
    again_by_id, target_by_id = np.empty((2, 0), np.int64)
    stored_id = np.full(offset, -1, np.int64)
    row_id = None
    if records.event_id is not None:
        row_id = records.event_id.astype(np.int64)
        row_id[row_id == position(records.event_ids, "")] = -1
        stored_id = _ids_of(stored, records)
        if kept is None:
            kept = np.arange(len(records))
        kept, again_by_id, target_by_id = _by_id(kept, row_id, stored_id)

    stream = paired(rows.learner, rows.content, max(1, rows.contents))
    at = records.at
    if offset:
        stream = np.concatenate([stored.stream(rows.contents), stream])
        at = np.concatenate([stored.at, at])
    if kept is None:
        members, stream = by_group_and_time(stream, at)
        at = gather(at, members)
    else:
        members = _joined(offset, kept)
        order, stream = by_group_and_time(stream[members], at[members])
        members = members[order]
        at = at[members]

    same = near(stream, at, 0)
    again, target = again_by_id, target_by_id
    if same.any():
        gone, heads = _equal(members, same, rows, stored, row_id)
        if len(gone):
            again = np.concatenate([again, members[gone] - offset])
            target = np.concatenate([target, members[heads]])
            keep = np.ones(len(members), np.bool_)
            keep[gone] = False
            members, stream, at = members[keep], stream[keep], at[keep]
    order = np.argsort(again, kind="stable")
    again, target = again[order], target[order]
    return Matched(members, stream, at, again, target, _repeats(target, offset))


def _joined(offset: int, kept: Ints) -> Ints:
    return np.concatenate([np.arange(offset), kept + offset])


def _ids_of(stored: Events, records: Records) -> Ints:
    """The report's code of each stored event's id, −1 where the report has none of it."""
    if stored.id is None or not len(stored):
        return np.full(len(stored), -1, np.int64)
    found = index_in(stored.id, records.event_ids)
    codes: Ints = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    codes[codes == position(records.event_ids, "")] = -1
    return codes


def _by_id(kept: Ints, row_id: Ints, stored_id: Ints) -> tuple[Ints, Ints, Ints]:
    """The records that are left, those that have the id of an earlier event, and these events."""
    offset = len(stored_id)
    named = kept[row_id[kept] >= 0]
    known = np.flatnonzero(stored_id >= 0)
    ids = np.concatenate([stored_id[known], row_id[named]])
    owner = np.concatenate([known, named + offset])
    _, first, which = np.unique(ids, return_index=True, return_inverse=True)
    head = owner[first[which]]
    again = np.flatnonzero(head != owner)
    # Two stored events never have the same id.
    again = again[owner[again] >= offset]
    gone = owner[again] - offset
    left = np.ones(int(kept.max(initial=-1)) + 1, np.bool_)
    left[gone] = False
    return kept[left[kept]], gone, head[again]


def _equal(
    members: Ints,
    same: Mask,
    rows: Numbered,
    stored: Events,
    row_id: Ints | None,
) -> tuple[Ints, Ints]:
    """Places of the members that equal an earlier one in every field, and the earlier ones."""
    offset = len(stored)
    candidate = same.copy()
    candidate[:-1] |= same[1:]
    places = np.flatnonzero(candidate)
    group = np.cumsum(~same[places])
    member = members[places]
    old = member < offset
    record, event = np.maximum(member - offset, 0), np.where(old, member, 0)

    def fields(of_rows: npt.NDArray[Any], of_stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
        cells: npt.NDArray[Any] = of_rows[record] if len(of_rows) else np.zeros(len(record), int)
        return np.where(old, of_stored[event], cells) if offset else cells

    columns = [
        fields(rows.label, stored.label),
        fields(rows.panorama, stored.panorama),
        rows.classes[fields(rows.pair, stored.pair)],
        group,
    ]
    if row_id is not None or stored.id is not None:
        columns.append(_identified(member, offset, row_id, stored))
    order = np.lexsort([member, *columns])
    equal = np.ones(max(0, len(places) - 1), np.bool_)
    for column in columns:
        ordered = column[order]
        equal &= ordered[1:] == ordered[:-1]
    begins = np.ones(len(places), np.bool_)
    begins[1:] = ~equal
    head = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    gone = np.flatnonzero(~begins)
    return places[order[gone]], places[head[gone]]


def _identified(member: Ints, offset: int, row_id: Ints | None, stored: Events) -> Ints:
    """−1 for a member without an id, else a number that no other member of its kind has."""
    named = np.zeros(len(member), np.bool_)
    old = member < offset
    if stored.id is not None and offset:
        named[old] = stored.named[member[old]]
    if row_id is not None:
        named[~old] = row_id[member[~old] - offset] >= 0
    # By now no two members have one id, so that each is told apart by itself.
    return np.where(named, member, -1)


def _repeats(target: Ints, offset: int) -> Mask:
    """Whether a record carries an event that an earlier record of the report carries too."""
    repeated = np.ones(len(target), np.bool_)
    known = np.flatnonzero(target < offset)
    _, first = np.unique(target[known], return_index=True)
    repeated[known[first]] = False
    return repeated
