"""Wall-clock times of a zone → UTC, a block at a time, through zoneinfo once for each local day."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.instants.text import EPOCH, zone_offset

__all__ = ["DAY", "to_utc"]

Ints = npt.NDArray[Any]

DAY: Final = 86_400
"""Seconds of a day."""
_MOST_DAYS: Final = 65_536


def to_utc(
    day: npt.NDArray[np.int64], second: Ints, good: npt.NDArray[np.bool_], zone: str
) -> npt.NDArray[np.int64]:
    """Return seconds since 1970 UTC of wall-clock times; garbage where not `good`.

    Parameters
    ----------
    day:
        Local days since 1970-01-01.
    second:
        Local seconds since midnight.
    """
    if zone in ("UTC", "Etc/UTC"):
        return day * DAY + second
    day = day * good  # garbage may lie outside the calendar
    index, before, switch, after = _switches(day, zone)
    offset = np.where(second >= switch[index], after[index], before[index])
    seconds: npt.NDArray[np.int64] = day * DAY + second - offset
    return seconds


def _switches(day: npt.NDArray[np.int64], zone: str) -> tuple[Ints, Ints, Ints, Ints]:
    """Return each row's index into (offset before, second of the switch, offset after) by day."""
    low = int(day.min())
    span = int(day.max()) - low + 1
    if span <= _MOST_DAYS:
        relative = day - low
        seen = np.zeros(span, np.bool_)
        seen[relative] = True
        distinct = np.flatnonzero(seen)
        places = np.zeros(span, np.intp)
        places[distinct] = np.arange(len(distinct))
        index: Ints = places[relative]
        distinct += low
    else:
        distinct, index = np.unique(day, return_inverse=True)
    table = np.array([_switch(zone, one) for one in distinct.tolist()], np.int64)
    return index, table[:, 0], table[:, 1], table[:, 2]


@lru_cache(maxsize=_MOST_DAYS)
def _switch(zone: str, day: int) -> tuple[int, int, int]:
    """Return a local day's offset at its start, the second from which another holds, and that one.

    Seconds throughout. A day has at most one switch: no zone of tzdata ever had two within days
    of each other (a test asks all of them), and a first reading's offset changes once a switch.
    """
    midnight = EPOCH + timedelta(days=day)

    def offset(second: int) -> int:
        return zone_offset(midnight + timedelta(seconds=second), zone)

    before, after = offset(0), offset(DAY - 1)
    if before == after:
        return before, DAY, after
    low, high = 0, DAY - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return before, high, after
