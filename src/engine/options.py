"""How reports are read and replayed, as a caller says it; and the moments that a caller names.

Source: interface.md ("Words shared by all commands" and "Python").
"""

from __future__ import annotations

import time
from datetime import date
from typing import Final, Literal, get_args

import msgspec
from msgspec.structs import force_setattr, replace

from engine.arguments import Kind, choice, flag, number, optional, text, whole
from engine.dialects.dialect import Dialect
from engine.errors import UsageError
from engine.instants import FIRST_INSTANT, DateOrder, TimestampRules, parse_instant
from engine.projection.across import RESCHEDULE_WINDOW
from engine.replay.streams import Key

__all__ = [
    "By",
    "DateOrder",
    "HistoryKind",
    "Key",
    "Options",
    "as_written",
    "instant_of",
    "refuse_times",
    "with_clock",
]

HistoryKind = Literal["complete", "partial"]

By = Literal["content", "panorama", "content_type", "month"]
"""What records are summed up by."""

_HOUR: Final = 3_600_000_000

_LONGEST: Final = 1_000_000
"""Hours; more than a century, and yet far below what a sum of instants can hold."""

_KINDS: Final[dict[str, Kind]] = {
    "history": choice(*get_args(HistoryKind)),
    "tolerance": number(0, _LONGEST * 3600, "seconds"),
    "key": choice(*get_args(Key)),
    "timezone": text,
    "date_order": optional(choice("dmy", "mdy")),
    "timestamp_format": optional(text),
    "across": optional(flag),
    "reschedule_window": number(0, _LONGEST, "hours"),
    "now": optional(whole(FIRST_INSTANT, 2**62)),
}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How reports are read and replayed (interface.md, "Words shared by all commands").

    ``tolerance`` is in seconds, ``reschedule_window`` in hours. ``across`` is about what only
    several records together show (X codes): None counts all of it and lists the earliest
    thousand findings of each code, True lists every one, False does not look. ``dialect`` None:
    that which the columns of each report tell. ``now`` is the moment of the audit in microseconds
    since 1970, None for the clock's.
    """

    history: HistoryKind = "complete"
    tolerance: float = 0.0
    key: Key = "email,content"
    timezone: str = "UTC"
    date_order: DateOrder | None = None
    timestamp_format: str | None = None
    dialect: Dialect | None = None
    across: bool | None = None
    reschedule_window: float = RESCHEDULE_WINDOW / _HOUR
    now: int | None = None

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            called = f"{name} (--{name.replace('_', '-')})" if "_" in name else name
            force_setattr(self, name, kind(getattr(self, name), called))

    @property
    def tolerance_us(self) -> int:
        """The tolerance in microseconds."""
        return round(self.tolerance * 1_000_000)

    @property
    def window_us(self) -> int:
        """The reschedule window in microseconds."""
        return round(self.reschedule_window * _HOUR)

    @property
    def timestamps(self) -> TimestampRules:
        """How the times of a report are understood."""
        return TimestampRules(
            timezone=self.timezone,
            date_order=self.date_order,
            timestamp_format=self.timestamp_format,
        )


def with_clock(options: Options) -> Options:
    """Return the options with the clock's time where no moment of the audit is given."""
    return options if options.now is not None else replace(options, now=time.time_ns() // 1000)


def as_written(moment: str | date) -> str:
    """Return a moment that a caller names as a command would be given it: in ISO 8601, or as is."""
    return moment.isoformat() if isinstance(moment, date) else moment


def instant_of(moment: str | date, timezone: str) -> int:
    """Return the instant of a date (its end in the zone) or a date and time, in microseconds.

    Raises
    ------
    UsageError
        If it is neither.
    """
    return parse_instant(as_written(moment), timezone)


def refuse_times(options: Options) -> None:
    """Refuse what a store need not be told: how the times of its reports were written.

    Raises
    ------
    UsageError
        Naming the option.
    """
    for name in ("date_order", "timestamp_format", "dialect"):
        if getattr(options, name) is not None:
            raise UsageError(
                f"{name} says how a report is read; a store was told so when it was imported."
            )
