"""What a user says about a report's timestamps, refused where it cannot be meant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from engine.arguments import choice, optional, text
from engine.errors import UsageError

__all__ = ["DateOrder", "TimestampRules", "zone_named"]

DateOrder = Literal["dmy", "mdy"]


class TimestampRules(msgspec.Struct, frozen=True):
    """How a report's timestamps are to be read.

    Attributes
    ----------
    timezone:
        IANA zone of timestamps that carry none.
    date_order:
        Order of dates such as 3/1/2024; None: a column's values decide.
    timestamp_format:
        A strptime format; if given, nothing else is understood.

    Raises
    ------
    UsageError
        The zone is unknown, or the format is not one that fixes a date.
    """

    timezone: str = "UTC"
    date_order: DateOrder | None = None
    timestamp_format: str | None = None

    def __post_init__(self) -> None:
        """Refuse at the door: a bad option is not a bad cell."""
        zone_named(text(self.timezone, "timezone"))
        optional(choice("dmy", "mdy"))(self.date_order, "date_order")
        if self.timestamp_format is not None:
            _check_format(text(self.timestamp_format, "timestamp_format"))


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, or raise `UsageError`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder of zones ("Europe")
        raise UsageError(
            f"There is no time zone {name!r}; give an IANA name such as UTC or Europe/Paris."
        ) from None


def _check_format(form: str) -> None:
    """Raise `UsageError` unless a date survives being written and read with `form`."""
    if "%Z" in form.replace("%%", ""):
        # strptime reads the name and drops it: 10:00 UTC would silently become 10:00 local.
        raise UsageError(
            f"The timestamp format {form!r} has %Z, which is not honoured; use %z for offsets, "
            "or write the zone's name as plain text and give --timezone."
        )
    probe = datetime(2024, 11, 25, 13, 45, 56, tzinfo=UTC)
    try:
        survives = datetime.strptime(probe.strftime(form), form).date() == probe.date()
    except (ValueError, re.error) as fault:
        raise UsageError(f"The timestamp format {form!r} is not understood: {fault}.") from None
    if not survives:
        raise UsageError(f"The timestamp format {form!r} does not settle year, month and day.")
