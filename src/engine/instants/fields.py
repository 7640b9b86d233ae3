"""Fields of a shape's rows → instants: the calendar and the clock, a block at a time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.instants.rules import DateOrder
from engine.instants.shapes import Digits, Ints, Layout
from engine.instants.text import (
    DAY_FIRST,
    EITHER,
    FIRST_INSTANT,
    LAST_INSTANT,
    MONTH_FIRST,
)
from engine.instants.zones import DAY, to_utc

__all__ = ["evidence_of", "instants_of"]

Instants = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@lru_cache(maxsize=1)
def _months() -> npt.NDArray[np.int32]:
    """Return year·100 + month → first day since 1970 · 32 + days of the month; 0 if there is none.

    One gather gives both; 4 MB of which a report touches a few cache lines.
    """
    table = np.zeros(1_000_000, np.int32)
    firsts = np.arange("0001-01", "10000-01", dtype="datetime64[M]")
    days = firsts.astype("datetime64[D]").astype(np.int64)
    lengths = (firsts + 1).astype("datetime64[D]").astype(np.int64) - days
    serial = firsts.astype(np.int64) + 1970 * 12
    table[serial // 12 * 100 + serial % 12 + 1] = days * 32 + lengths
    return table


Proof = tuple[Ints, Ints]


def instants_of(
    digits: Digits, layout: Layout, order: DateOrder, zone: str
) -> tuple[Instants, Flags, Proof | None]:
    """Return instants, validity and the two parts of a date with slashes, of rows of the shape."""
    fields = layout.fields
    micros: Ints | None = None
    if "fraction" in fields:
        micros = digits.number("fraction", 6) * np.int32(10 ** max(0, 6 - fields["fraction"][1]))
    if "epoch" in fields or "epoch_ms" in fields:
        name, unit = ("epoch", 1_000_000) if "epoch" in fields else ("epoch_ms", 1_000)
        found = digits.number(name).astype(np.int64) * unit
        good = np.ones(len(found), np.bool_)
        return found if micros is None else found + micros, good, None
    proof = None
    if "part1" in fields:
        proof = digits.number("part1"), digits.number("part2")
        date, month = proof if order == "dmy" else (proof[1], proof[0])
    else:
        date, month = digits.number("day"), digits.number("month")
    months = digits.number("year").astype(np.intp)
    months *= 100
    months += month
    # Garbage rows have garbage numbers: keep them in the table instead of failing.
    packed = _months().take(months, mode="clip")
    good = (date >= 1) & (date <= (packed & 31))
    day = (packed >> 5).astype(np.int64)
    day += date
    day -= 1
    second, clock_good = _second_of_day(digits, layout)
    good &= clock_good
    if "zone" in layout.literals or "sign" in layout.literals:
        seconds = day * DAY + second
        if "sign" in layout.literals:
            offset, offset_good = _offset(digits, layout)
            good &= offset_good
            seconds -= offset
    else:
        seconds = to_utc(day, second, good, zone)
    seconds *= 1_000_000
    if micros is not None:
        seconds += micros
    good &= (seconds >= FIRST_INSTANT) & (seconds <= LAST_INSTANT)
    return seconds, good, proof


def _second_of_day(digits: Digits, layout: Layout) -> tuple[Ints, Flags]:
    """Return the wall clock's second since midnight, and whether a clock shows it."""
    if "hour" not in layout.fields:
        return np.zeros(1, np.int32), np.ones(1, np.bool_)
    hour, minute = digits.number("hour"), digits.number("minute")
    if half := layout.literals.get("half"):
        good = (hour >= 1) & (hour <= 12)
        hour = hour % 12 + (12 if half in "Pp" else 0)
    else:
        good = hour < 24
    good &= minute < 60
    total = np.multiply(hour, 3600, dtype=np.int32)
    total += np.multiply(minute, 60, dtype=np.int32)
    if "second" in layout.fields:
        second = digits.number("second")
        good &= second < 60
        total += second
    return total, good


def _offset(digits: Digits, layout: Layout) -> tuple[Ints, Flags]:
    """Return the written offset in seconds, and whether a clock has it."""
    hours = digits.number("off_hour")
    total = np.multiply(hours, 3600, dtype=np.int32)
    good = hours < 24
    if "off_minute" in layout.fields:
        minutes = digits.number("off_minute")
        good &= minutes < 60
        total += np.multiply(minutes, 60, dtype=np.int32)
    return (-total if layout.literals["sign"] == "-" else total), good


def evidence_of(proof: Proof, alike: Flags) -> int:
    """Return the united `order_evidence` of the rows of the shape."""
    part1, part2 = proof
    month1, month2 = (part1 >= 1) & (part1 <= 12), (part2 >= 1) & (part2 <= 12)
    found = 0
    if (alike & month2 & (part1 >= 13) & (part1 <= 31)).any():
        found |= DAY_FIRST
    if (alike & month1 & (part2 >= 13) & (part2 <= 31)).any():
        found |= MONTH_FIRST
    if (alike & month1 & month2 & (part1 != part2)).any():
        found |= EITHER
    return found
