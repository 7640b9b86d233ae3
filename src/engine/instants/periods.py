"""Lengths of time in days, months or years, added to instants: calendar arithmetic in columns.

Source: semantics.md §14. Months are counted by numpy's calendar, offsets are zoneinfo's.
"""

from __future__ import annotations

import re
from typing import Final, Literal, cast

import msgspec
import numpy as np
import numpy.typing as npt

from engine.instants.text import FIRST_INSTANT, LAST_INSTANT
from engine.instants.zones import DAY, from_utc, to_utc

__all__ = ["NO_PERIOD", "Period", "add_period", "read_period"]

Ints = npt.NDArray[np.int64]
Unit = Literal["day", "month", "year"]

_SECOND: Final = 1_000_000
_LAST_DAY: Final = LAST_INSTANT // _SECOND // DAY
_FIRST_DAY: Final = FIRST_INSTANT // _SECOND // DAY
_WRITTEN: Final = re.compile(r"\s*(\d{1,5})\s*(day|month|year)s?\s*", re.ASCII)


class Period(msgspec.Struct, frozen=True):
    """A number of days, months or years."""

    count: int
    unit: Unit


NO_PERIOD: Final = Period(0, "day")


def read_period(text: str) -> Period | None:
    """Return what a text such as ``12 months`` names, None if it names no length of time."""
    found = _WRITTEN.fullmatch(text)
    return None if found is None else Period(int(found[1]), cast(Unit, found[2]))


def add_period(at: Ints, period: Period, zone: str) -> Ints:
    """Return instants (microseconds since 1970) that much later.

    A day is 24 hours. Months and years are the zone's calendar: the same local time on the same
    day of the month, or on the month's last day where there is none. A local time that comes
    twice is its first, and one that the clock skips counts with the offset before, as everywhere
    here (:func:`engine.instants.text.zone_offset`). What lies beyond the year 9999 is that year's
    last instant.
    """
    if period.unit == "day" or not len(at):
        return np.minimum(at + period.count * DAY * _SECOND, LAST_INSTANT)
    distinct, which = np.unique(at, return_inverse=True)
    months = period.count * (12 if period.unit == "year" else 1)
    seconds, fraction = np.divmod(distinct, _SECOND)
    local = from_utc(seconds, zone)
    day, second = np.divmod(local, DAY)
    days = day.astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    of_month = days - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    moved = np.minimum(target.astype("datetime64[D]") + of_month, last).astype(np.int64)
    beyond = moved > _LAST_DAY
    # The last day, and the day before the first, may lie outside the calendar in some zones.
    within = np.clip(moved, _FIRST_DAY + 1, _LAST_DAY - 1)
    ends = to_utc(within, second, np.ones(len(within), np.bool_), zone) + (moved - within) * DAY
    ends = np.where(beyond, LAST_INSTANT, ends * _SECOND + fraction)
    result: Ints = np.minimum(ends, LAST_INSTANT)[which]
    return result
