"""The timeline: intervals of equal status, without gap or overlap. Source: semantics.md §9."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import texts
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.projection.history import History, pair_texts, possible_column, status_column
from engine.projection.status import learner_order, stream_columns
from engine.replay.table import AFTER_SHIFT, STATUS_MASK

__all__ = ["Intervals", "intervals", "intervals_frame", "openers"]

Ints = npt.NDArray[np.int64]


def openers(history: History, instant: Ints) -> Ints:
    """Return for these instants the event from which on the statuses were those after them.

    That is the last event where the statuses after the instant are a union over several orders.
    """
    bounds = history.streams.instants
    opener = bounds[1:] - 1
    several = np.flatnonzero(opener > bounds[:-1])
    if len(several):
        opener[several] = _settled(history, several)
    found: Ints = opener[instant]
    return found


def _settled(history: History, instant: Ints) -> Ints:
    """Return the same of instants of several events; there is at least one."""
    bounds, replay = history.streams.instants, history.replay
    first, sizes = bounds[instant], bounds[instant + 1] - bounds[instant]
    offsets = np.cumsum(sizes) - sizes
    event = np.arange(int(sizes.sum())) + np.repeat(first - offsets, sizes)
    after = replay.outcome[event] >> AFTER_SHIFT & STATUS_MASK
    other = np.where(after != np.repeat(replay.after[instant], sizes), event, -1)
    settled: Ints = np.clip(np.maximum.reduceat(other, offsets) + 1, first, first + sizes - 1)
    return settled


class Intervals(NamedTuple):
    """The status intervals in the order of the streams; all arrays have shape (intervals,).

    ``mask`` holds the possible statuses as a bit set, ``closed`` whether ``valid_to`` is known,
    ``opener`` the position of the event that opened the interval.
    """

    stream: npt.NDArray[np.int32]
    mask: npt.NDArray[np.uint8]
    valid_from: Ints
    valid_to: Ints
    closed: npt.NDArray[np.bool_]
    opener: Ints


def intervals(history: History) -> Intervals:
    """Return the status intervals of every stream.

    The event that opened an interval is, of several at one instant, in the order replayed, the one
    from which on the status was that.
    """
    opening = history.changes
    stream = history.stream_of_instant[opening]
    valid_from = history.stamp[opening]
    closed = np.zeros(len(opening), np.bool_)
    closed[:-1] = stream[1:] == stream[:-1]
    valid_to = np.zeros(len(opening), np.int64)
    valid_to[:-1] = valid_from[1:]
    opener = openers(history, opening)
    return Intervals(stream, history.replay.after[opening], valid_from, valid_to, closed, opener)


def intervals_frame(history: History) -> Frame:
    """Return the status intervals of every stream, ordered by learner, content and time.

    ``valid_from`` is inclusive, ``valid_to`` exclusive and null for the interval that is open.
    """
    records, streams = history.records, history.streams
    found = intervals(history)
    last_of_stream = streams.events[streams.starts[1:] - 1]
    place = np.empty(len(streams), np.int64)
    place[learner_order(history, last_of_stream)] = np.arange(len(streams))
    order = np.argsort(place[found.stream], kind="stable")

    event = streams.events[found.opener]
    types, sources = pair_texts(records)
    columns: dict[str, Column] = {
        **stream_columns(history, last_of_stream[found.stream]),
        "status": status_column(found.mask),
        "possible": possible_column(found.mask),
        "valid_from": Instants(found.valid_from),
        "valid_to": Instants(found.valid_to, found.closed),
        "type": Coded(records.pair[event], types),
        "source": Coded(records.pair[event], sources),
        "file": Coded(records.file[event], texts(records.files)),
        "row": Numbers(records.row[event]),
    }
    return Frame(columns, len(event)).take(order)
