"""Wall-clock times of a zone ↔ UTC, a block at a time, through zoneinfo once for each day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.instants.rules import zone_named
from engine.instants.text import EPOCH, FIRST_INSTANT, LAST_INSTANT, zone_offset

__all__ = ["DAY", "from_utc", "to_utc"]

Ints = npt.NDArray[Any]

DAY: Final = 86_400
"""Seconds of a day."""
_MOST_DAYS: Final = 65_536
_FIRST: Final = FIRST_INSTANT // 1_000_000
_LAST: Final = LAST_INSTANT // 1_000_000


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
    index, before, switch, after = _switches(day, zone, _switch)
    offset = np.where(second >= switch[index], after[index], before[index])
    seconds: npt.NDArray[np.int64] = day * DAY + second - offset
    return seconds


def from_utc(seconds: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Return the wall-clock time of instants, both in seconds since 1970-01-01T00:00:00."""
    if zone in ("UTC", "Etc/UTC") or not len(seconds):
        return seconds
    # On the first and the last day of the calendar a local time may lie outside it; no zone
    # switches there.
    within = np.clip(seconds, _FIRST + DAY, _LAST - 2 * DAY)
    day, second = np.divmod(within, DAY)
    index, before, switch, after = _switches(day, zone, _switch_in_utc)
    local: npt.NDArray[np.int64] = seconds + np.where(
        second >= switch[index], after[index], before[index]
    )
    return local


def _switches(
    day: npt.NDArray[np.int64], zone: str, switch_of: Callable[[str, int], tuple[int, int, int]]
) -> tuple[Ints, Ints, Ints, Ints]:
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
    table = np.array([switch_of(zone, one) for one in distinct.tolist()], np.int64)
    return index, table[:, 0], table[:, 1], table[:, 2]


@lru_cache(maxsize=_MOST_DAYS)
def _switch(zone: str, day: int) -> tuple[int, int, int]:
    """Return a local day's offset at its start, the second from which another holds, and that one.

    Seconds throughout. A day has at most one switch: no zone of tzdata ever had two within days
    of each other (a test asks all of them), and a first reading's offset changes once a switch.
    """
    midnight = EPOCH + timedelta(days=day)
    return _only_switch(lambda second: zone_offset(midnight + timedelta(seconds=second), zone))


@lru_cache(maxsize=_MOST_DAYS)
def _switch_in_utc(zone: str, day: int) -> tuple[int, int, int]:
    """Return the same of a day in UTC."""
    midnight, named = EPOCH.replace(tzinfo=UTC) + timedelta(days=day), zone_named(zone)

    def offset(second: int) -> int:
        local = (midnight + timedelta(seconds=second)).astimezone(named)
        return (local.utcoffset() or timedelta(0)) // timedelta(seconds=1)

    return _only_switch(offset)


def _only_switch(offset: Callable[[int], int]) -> tuple[int, int, int]:
    before, after = offset(0), offset(DAY - 1)
    if before == after:
        return before, DAY, after
    low, high = 0, DAY - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return before, high, after
