"""The timeline: intervals of equal status, without gap or overlap. Source: semantics.md §9."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import texts
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.projection.history import History, pair_texts, possible_column, status_column
from engine.projection.status import changes, learner_order, stream_columns
from engine.replay.table import AFTER_SHIFT, STATUS_MASK

__all__ = ["intervals_frame", "openers"]


def openers(history: History) -> npt.NDArray[np.int64]:
    """Return for each instant the event from which on its statuses were those after the instant.

    That is the last event where the statuses after the instant are a union over several orders.
    """
    streams = history.streams
    last = streams.instants[1:] - 1
    if streams.untied:
        return last
    final = np.repeat(history.replay.after, np.diff(streams.instants))
    other = (history.replay.outcome >> AFTER_SHIFT & STATUS_MASK) != final
    position = np.where(other, np.arange(len(other)), -1)
    first = streams.instants[:-1]
    settled = np.maximum(np.maximum.reduceat(position, first) + 1, first)
    openers: npt.NDArray[np.int64] = np.minimum(settled, last)
    return openers


def intervals_frame(history: History) -> Frame:
    """Return the status intervals of every stream, ordered by learner, content and time.

    ``valid_from`` is inclusive, ``valid_to`` exclusive and null for the interval that is open. The
    event is the one that opened the interval: of several at one instant, in the order replayed,
    the one from which on the status was that.
    """
    records, streams = history.records, history.streams
    opening = np.flatnonzero(changes(history))
    stream = history.stream_of_instant[opening]
    valid_from = history.stamp[opening]
    closed = np.zeros(len(opening), np.bool_)
    closed[:-1] = stream[1:] == stream[:-1]
    valid_to = np.zeros(len(opening), np.int64)
    valid_to[:-1] = valid_from[1:]

    last_of_stream = streams.events[streams.starts[1:] - 1]
    place = np.empty(len(streams), np.int64)
    place[learner_order(history, last_of_stream)] = np.arange(len(streams))
    order = np.argsort(place[stream], kind="stable")

    event = streams.events[openers(history)[opening]]
    types, sources = pair_texts(records)
    masks = history.replay.after[opening]
    columns: dict[str, Column] = {
        **stream_columns(history, last_of_stream[stream]),
        "status": status_column(masks),
        "possible": possible_column(masks),
        "valid_from": Instants(valid_from),
        "valid_to": Instants(valid_to, closed),
        "type": Coded(records.pair[event], types),
        "source": Coded(records.pair[event], sources),
        "file": Coded(records.file[event], texts(records.files)),
        "row": Numbers(records.row[event]),
    }
    return Frame(columns, len(opening)).take(order)
