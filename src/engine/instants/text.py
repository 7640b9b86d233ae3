"""One timestamp's text → an instant: the grammar, and the slow obvious reader.

An instant is an int: microseconds since 1970-01-01T00:00:00Z. The columnar reader
(columns.py) takes the grammar from here and must agree with `parse_text` on every cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from engine.errors import InputError, UsageError
from engine.instants.rules import DateOrder, TimestampRules, zone_named

__all__ = [
    "DAY_FIRST",
    "EITHER",
    "FIRST_INSTANT",
    "LAST_INSTANT",
    "MONTH_FIRST",
    "column_date_order",
    "decide_order",
    "first_sightings",
    "match_timestamp",
    "order_evidence",
    "order_evidence_of_text",
    "parse_instant",
    "parse_text",
    "zone_named",
    "zone_offset",
]

EPOCH: Final = datetime(1970, 1, 1)
MICROSECOND: Final = timedelta(microseconds=1)
FIRST_INSTANT: Final = (datetime.min - EPOCH) // MICROSECOND
"""0001-01-01T00:00:00Z in microseconds."""
LAST_INSTANT: Final = (datetime.max - EPOCH) // MICROSECOND
"""9999-12-31T23:59:59.999999Z in microseconds."""

# What a date says about its order; a column's evidence is the union over its cells.
DAY_FIRST: Final = 1
MONTH_FIRST: Final = 2
EITHER: Final = 4
"""Two different dates, both of the calendar: the order matters and this cell does not tell it."""

# Every digit is [0-9] and no alternative depends on *which* digit: so two texts that differ in
# digits alone match alike, and the columnar reader may match one text for a whole shape. `\d`
# would let other scripts' digits in; a `1[0-2]` for months would break the argument.
_OFFSET = r" ?(?:Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2})(?::?(?P<off_minute>[0-9]{2}))?)"
_ISO = (
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?P<time>[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    rf"(?P<zone>{_OFFSET}| (?i:UTC|GMT))?)?"
)
_BASIC = (
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?P<time>T(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>Z)?)?"
)
# Browsers write a no-break or narrow no-break space before AM/PM (ICU since 72).
_SLASH = (
    r"(?P<part1>[0-9]{1,2})(?P<mark>[/.-])(?P<part2>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    r"(?P<time>,? (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?:[ \u00a0\u202f]?(?P<half>[AaPp])(?:[Mm]|\.[Mm]\.))?)?"
)
_EPOCH_TEXT = r"(?P<epoch>[0-9]{9,10})(?:\.(?P<fraction>[0-9]{1,9}))?|(?P<epoch_ms>[0-9]{12,13})"
_FORMS: Final = tuple(re.compile(form) for form in (_ISO, _SLASH, _EPOCH_TEXT, _BASIC))


def match_timestamp(text: str) -> re.Match[str] | None:
    """Match a text without surrounding white space against the forms understood."""
    for form in _FORMS:
        if found := form.fullmatch(text):
            return found
    return None


def order_evidence(part1: int, part2: int) -> int:
    """Return what part1/part2/year says about the order: a flag, or 0 if nothing.

    A part above 31 or of zero is damage and proves nothing; 31/02 still is day-first.
    """
    if 13 <= part1 <= 31 and 1 <= part2 <= 12:
        return DAY_FIRST
    if 13 <= part2 <= 31 and 1 <= part1 <= 12:
        return MONTH_FIRST
    if part1 != part2 and 1 <= part1 <= 12 and 1 <= part2 <= 12:
        return EITHER
    return 0


def order_evidence_of_text(text: str) -> int:
    """Return the evidence of one cell (0 if it is no date with slashes)."""
    found = match_timestamp(text.strip())
    parts = found.groupdict() if found else {}
    return order_evidence(int(parts["part1"]), int(parts["part2"])) if "part1" in parts else 0


class Sighting(NamedTuple):
    """The first cell of a column with some evidence: its text, and its row."""

    text: str
    row: int

    def __str__(self) -> str:
        return f"row {self.row} has {self.text!r}"


def first_sightings(cells: Iterable[tuple[int, str | None]]) -> dict[int, Sighting]:
    """Return the first cell for each kind of evidence; cells come with their rows."""
    found: dict[int, Sighting] = {}
    for row, text in cells:
        evidence = 0 if text is None else order_evidence_of_text(text)
        if text is not None and evidence and evidence not in found:
            found[evidence] = Sighting(text.strip(), row)
    return found


def decide_order(sightings: Mapping[int, Sighting], *, file: str) -> DateOrder:
    """Return the order that the evidence found in a column allows.

    Raises
    ------
    InputError
        Nothing decides though it matters, or the cells contradict each other.
    """
    unsure = "the timestamps could be day-first or month-first"
    if DAY_FIRST in sightings and MONTH_FIRST in sightings:
        raise InputError(
            file,
            f"{unsure}: {sightings[DAY_FIRST]}, which can only be day-first, and "
            f"{sightings[MONTH_FIRST]}, which can only be month-first",
            "give --date-order dmy or mdy: rows that do not fit it are quarantined",
        )
    if set(sightings) == {EITHER}:
        raise InputError(
            file,
            f"{unsure}: {sightings[EITHER]}, and no value decides it",
            "give --date-order dmy or mdy",
        )
    return "dmy" if DAY_FIRST in sightings else "mdy"


def column_date_order(
    texts: Iterable[str | None], rules: TimestampRules, *, file: str
) -> DateOrder | None:
    """Return the order for `parse_text` over a whole column: the slow twin of that decision."""
    if rules.date_order is not None or rules.timestamp_format is not None:
        return rules.date_order
    return decide_order(first_sightings(enumerate(texts, 2)), file=file)


def parse_text(text: str, rules: TimestampRules, date_order: DateOrder | None) -> int | None:
    """Return the instant of one cell in microseconds, or None if it is not understood.

    `date_order` is the column's; None: a date that could be both is not understood.
    """
    text = text.strip()
    if rules.timestamp_format is not None:
        return _parse_with_format(text, rules.timestamp_format.strip(), rules.timezone)
    found = match_timestamp(text)
    if found is None:
        return None
    parts = found.groupdict()
    fraction = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    if parts.get("epoch"):
        return int(parts["epoch"]) * 1_000_000 + fraction
    if parts.get("epoch_ms"):
        return int(parts["epoch_ms"]) * 1_000
    local = _local_time(parts, date_order)
    if local is None:
        return None
    offset = _offset(parts) if parts.get("zone") else zone_offset(local, rules.timezone)
    if offset is None:
        return None
    return _within_calendar((local - EPOCH) // MICROSECOND + fraction - offset * 1_000_000)


def _local_time(parts: dict[str, str], date_order: DateOrder | None) -> datetime | None:
    """Return the wall clock's time to the second, or None if the calendar has no such time."""
    day_month = _day_and_month(parts, date_order)
    hour = int(parts["hour"] or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    if day_month is None:
        return None
    day, month = day_month
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    try:
        return datetime(int(parts["year"]), month, day, hour, minute, second)
    except ValueError:
        return None


def _day_and_month(parts: dict[str, str], date_order: DateOrder | None) -> tuple[int, int] | None:
    """Return day and month, unvalidated, or None if their order is open."""
    if "part1" not in parts:
        return int(parts["day"]), int(parts["month"])
    part1, part2 = int(parts["part1"]), int(parts["part2"])
    evidence = order_evidence(part1, part2)
    if date_order is None:
        if evidence == EITHER:
            return None
        date_order = "dmy" if evidence == DAY_FIRST else "mdy"
    return (part1, part2) if date_order == "dmy" else (part2, part1)


def _offset(parts: dict[str, str]) -> int | None:
    """Return the written offset from UTC in seconds, or None if no clock has it."""
    if not parts.get("sign"):
        return 0
    hours, minutes = int(parts["off_hour"]), int(parts["off_minute"] or 0)
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if parts["sign"] == "-" else 1)


def zone_offset(local: datetime, zone: str) -> int:
    """Return a zone's offset from UTC at a wall-clock time, in seconds.

    A time that comes twice is its first; one that the clock skips counts with the offset before.
    """
    offset = local.replace(tzinfo=zone_named(zone)).utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)


def _within_calendar(instant: int) -> int | None:
    """Return the instant unless its UTC year is outside 1–9999: it could not be written again."""
    return instant if FIRST_INSTANT <= instant <= LAST_INSTANT else None


def _parse_with_format(text: str, form: str, zone: str) -> int | None:
    """Return the instant that strptime reads, or None."""
    try:
        read = datetime.strptime(text, form)
    except ValueError:
        return None
    local = read.replace(tzinfo=None)
    offset = read.utcoffset() or (timedelta(0) if read.tzinfo else None)
    if offset is None:
        offset = timedelta(seconds=zone_offset(local, zone))
    return _within_calendar((local - EPOCH - offset) // MICROSECOND)


def parse_instant(text: str, timezone: str) -> int:
    """Return the instant that an option such as ``--as-of`` names, in microseconds.

    A date without a time means the end of that day in the zone: its last microsecond, the later
    one where the clock goes back over midnight.

    Raises
    ------
    UsageError
        The text is no timestamp, or could be day-first or month-first, or the zone is unknown.
    """
    rules = TimestampRules(timezone=timezone)
    stripped = text.strip()
    if order_evidence_of_text(stripped) == EITHER:
        raise UsageError(f"{text!r} could be day-first or month-first; write it as 2024-03-01.")
    instant = parse_text(stripped, rules, None)
    if instant is None:
        raise UsageError(f"{text!r} is not a time; write it as 2024-03-01 or 2024-03-01T10:11:12Z.")
    found = match_timestamp(stripped)
    parts = found.groupdict() if found else {}
    if "time" not in parts or parts["time"]:
        return instant
    local = _local_time(parts, None)
    if local is None:  # cannot be: parse_text read it
        return instant
    last = datetime.combine(local.date(), datetime.max.time()).replace(fold=1)
    return min(
        LAST_INSTANT, (last - EPOCH) // MICROSECOND - zone_offset(last, timezone) * 1_000_000
    )
