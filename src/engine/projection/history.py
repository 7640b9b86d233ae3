"""A replayed report: records, their order and what each event did, with the few views of it that
every read model needs."""

from __future__ import annotations

import sys
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import lists, texts
from engine.columns.frame import Coded
from engine.columns.slices import each, gather, parts
from engine.lifecycle.belief import MAX_ORDERED
from engine.lifecycle.configuration import Status
from engine.records import Records
from engine.replay.columnar import Replay, replay
from engine.replay.streams import Streams
from engine.replay.table import STATUS_MASK, TransitionTable, statuses_of_mask

__all__ = ["POSSIBLE", "STATUS_LABELS", "UNCERTAIN", "History", "classified", "replayed"]

Ints = npt.NDArray[np.int64]

_FINDING_BYTE = 0 if sys.byteorder == "little" else 3
"""Where the finding number (:data:`FINDING_MASK`) is in the memory of an outcome."""

UNCERTAIN = len(Status)
STATUS_LABELS = texts([*(status.label for status in Status), "uncertain"])
"""Texts of :attr:`History.status_of_mask`."""

POSSIBLE = lists(
    [status.label for status in statuses_of_mask(mask)] for mask in range(STATUS_MASK + 1)
)
"""The list of statuses that each bit set stands for."""

_STATUS_OF_MASK = np.full(STATUS_MASK + 1, UNCERTAIN, np.int32)
for _status in Status:
    _STATUS_OF_MASK[1 << _status] = _status


class History:
    """Records in the order of their replay.

    Positions are positions in ``replay.streams.events``.

    Attributes
    ----------
    pair:
        Shape (events,): the (Type, Source) of each event, as a position in ``records.pairs``.
    action:
        Shape (events,): the action of each event.
    """

    def __init__(
        self,
        records: Records,
        replay: Replay,
        pair: npt.NDArray[np.unsignedinteger],
        action: npt.NDArray[np.uint8],
        *,
        partial: bool,
    ) -> None:
        self.records = records
        self.replay = replay
        self.streams = replay.streams
        self.pair = pair
        self.action = action
        self.partial = partial

    @cached_property
    def finding(self) -> npt.NDArray[np.uint8]:
        """The finding number of each event (0: none)."""
        return self.replay.outcome.view(np.uint8)[_FINDING_BYTE::4]

    @cached_property
    def at(self) -> Ints:
        """The time of each event."""
        return self.streams.at

    @cached_property
    def position_of_record(self) -> Ints:
        """The position of each record, −1 for records that are no events."""
        positions = np.full(len(self.records), -1, np.int64)
        positions[self.streams.events] = np.arange(len(self.streams.events))
        return positions

    @cached_property
    def first_record(self) -> Ints:
        """The record of each stream's first event."""
        return gather(self.streams.events, self.streams.starts[:-1])

    @cached_property
    def learner_of_stream(self) -> npt.NDArray[np.int32]:
        """The learner of each stream, ascending."""
        return gather(self.records.learner, self.first_record)

    @cached_property
    def content_of_stream(self) -> npt.NDArray[np.int32]:
        """The content of each stream."""
        return gather(self.records.content, self.first_record)

    @cached_property
    def stream_of_instant(self) -> npt.NDArray[np.int32]:
        """The stream of each instant."""
        first = self.streams.first_instants
        return np.repeat(np.arange(len(self.streams), dtype=np.int32), np.diff(first))

    @cached_property
    def changes(self) -> Ints:
        """The instants after which other statuses are possible than just before.

        The first instant of a stream is one.
        """
        after, stream = self.replay.after, self.stream_of_instant
        change = np.ones(len(after), np.bool_)
        np.not_equal(after[1:], after[:-1], out=change[1:])
        change[1:] |= stream[1:] != stream[:-1]
        return np.flatnonzero(change)

    @cached_property
    def searched(self) -> Ints:
        """The first events of the instants whose orders are searched (§6)."""
        first, sizes = self.streams.tied()
        return first[sizes <= MAX_ORDERED]

    @cached_property
    def stamp(self) -> Ints:
        """The time of each instant: that of its earliest event (§6)."""
        return self.streams.stamps

    @cached_property
    def final_mask(self) -> npt.NDArray[np.uint8]:
        """The statuses possible at the end of each stream, as a bit set."""
        return self.replay.after[self.streams.first_instants[1:] - 1]


def replayed(
    records: Records, streams: Streams, *, partial: bool, table: TransitionTable
) -> History:
    """Replay these streams; the arguments are those of :func:`engine.replay.columnar.replay`."""
    pair, action = classified(records, streams.events)
    result = replay(streams, action, partial=partial, table=table)
    events = result.streams.events
    if events is not streams.events:
        # Tied events may stand in another order now. To fetch these alone is several times cheaper.
        moved = np.concatenate(
            each(
                lambda part: np.flatnonzero(events[part] != streams.events[part]) + part.start,
                parts(len(events)),
            )
        )
        pair[moved] = records.pair[events[moved]]
        action[moved] = records.pair_actions[pair[moved]]
    return History(records, result, pair, action, partial=partial)


def classified(
    records: Records, events: Ints
) -> tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.uint8]]:
    """Return the pair (in the fewest bytes, mostly one) and the action of each of these records."""
    pair = gather(records.pair, events, np.min_scalar_type(len(records.pairs)))
    return pair, gather(records.pair_actions, pair)


def status_column(masks: npt.NDArray[np.uint8]) -> Coded:
    """Return the status, ``uncertain`` if several are possible."""
    return Coded(_STATUS_OF_MASK[masks], STATUS_LABELS)


def possible_column(masks: npt.NDArray[np.integer]) -> Coded:
    """Return the possible statuses as lists."""
    return Coded(masks, POSSIBLE)


def pair_texts(records: Records) -> tuple[pa.Array, pa.Array]:
    """Return the type and the source of each pair of the vocabulary of these records."""
    return (
        texts(pair.type for pair in records.pairs),
        texts(pair.source for pair in records.pairs),
    )
