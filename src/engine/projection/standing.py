"""Where each stream stands at the end of a replay: its statuses, since when, and by which row."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from engine.projection.history import History
from engine.projection.intervals import openers
from engine.projection.status import last_changes

__all__ = ["Standing", "standing"]

Ints = npt.NDArray[np.int64]


class Standing(msgspec.Struct, frozen=True):
    """One entry a stream.

    Attributes
    ----------
    mask:
        The possible statuses, as a bit set.
    since:
        From when on they have been these, in microseconds since 1970.
    decided:
        The record that made them so.
    last:
        The record of the last event.
    """

    mask: npt.NDArray[np.uint8]
    since: Ints
    decided: Ints
    last: Ints


def standing(history: History) -> Standing:
    """Return where the streams of a replay stand."""
    streams = history.streams
    opened = last_changes(history)
    return Standing(
        mask=history.final_mask,
        since=history.stamp[opened],
        decided=streams.events[openers(history, opened)],
        last=streams.events[streams.starts[1:] - 1],
    )
