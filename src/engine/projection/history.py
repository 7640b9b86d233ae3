"""A replayed report: records, their order and what each event did, with the few views of it that
every read model needs."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arrow import lists, texts
from engine.frame import Coded
from engine.lifecycle.configuration import Status
from engine.records import Records
from engine.replay.columnar import Replay
from engine.replay.table import FINDING_MASK, STATUS_MASK, statuses_of_mask

__all__ = ["POSSIBLE", "STATUS_LABELS", "UNCERTAIN", "History"]

Ints = npt.NDArray[np.int64]

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
    """

    def __init__(self, records: Records, replay: Replay, *, partial: bool) -> None:
        self.records = records
        self.replay = replay
        self.streams = replay.streams
        self.partial = partial

    @cached_property
    def action(self) -> npt.NDArray[np.uint8]:
        """The action of each event."""
        return self.records.pair_actions[self.records.pair[self.streams.events]]

    @cached_property
    def finding(self) -> npt.NDArray[np.uint8]:
        """The finding number of each event (0: none)."""
        return (self.replay.outcome & FINDING_MASK).astype(np.uint8)

    @cached_property
    def at(self) -> Ints:
        """The time of each event."""
        return self.records.at[self.streams.events]

    @cached_property
    def position_of_record(self) -> Ints:
        """The position of each record, −1 for records that are no events."""
        positions = np.full(len(self.records), -1, np.int64)
        positions[self.streams.events] = np.arange(len(self.streams.events))
        return positions

    @cached_property
    def stream_of_instant(self) -> npt.NDArray[np.int32]:
        """The stream of each instant."""
        first = np.searchsorted(self.streams.instants, self.streams.starts)
        return np.repeat(np.arange(len(self.streams), dtype=np.int32), np.diff(first))

    @cached_property
    def stamp(self) -> Ints:
        """The time of each instant: that of its earliest event (§6)."""
        streams = self.streams
        if len(streams.instants) - 1 == len(streams.events):
            return self.at
        if not len(streams.events):
            return np.empty(0, np.int64)
        return np.minimum.reduceat(self.at, streams.instants[:-1])

    @cached_property
    def final_mask(self) -> npt.NDArray[np.uint8]:
        """The statuses possible at the end of each stream, as a bit set."""
        last = np.searchsorted(self.streams.instants, self.streams.starts[1:]) - 1
        return self.replay.after[last]


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
