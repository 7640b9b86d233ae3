"""A status export understood: words, certificates and dates; what is not goes to the rejects.

Source: semantics.md §12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec.structs import replace

from engine.columns.arrow import texts
from engine.errors import InputError
from engine.instants import TimestampRules, parse_column
from engine.instants.text import match_timestamp
from engine.intake.export.columns import DATES
from engine.intake.export.statuses import StatusExport
from engine.projection.against.words import accepted, plain

__all__ = ["UNSAID", "WITH", "WITHOUT", "Dates", "Entries", "local_day", "understand"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNSAID, WITHOUT, WITH = -1, 0, 1

_NO: Final = frozenset({"no", "false", "0", "n", "none", "null", "na", "n/a"})


class Dates(msgspec.Struct, frozen=True):
    """One column of dates: instants in microseconds, where known, and whether they are days."""

    at: Ints
    known: Mask
    days: bool


class Entries(msgspec.Struct, frozen=True):
    """The entries of an export that can be compared.

    Attributes
    ----------
    kinds:
        What the word of each entry agrees with (:mod:`engine.projection.against.words`).
    certificate:
        Whether each has one: 1 yes, 0 no, −1 the export does not say.
    dates:
        Field → what the export says; only fields that it has.
    aside:
        The entries that were rejected for their word or a date. What they say is not known, but
        whom and what they are about is.
    """

    export: StatusExport
    kinds: Ints
    certificate: npt.NDArray[np.int8]
    dates: dict[str, Dates]
    aside: StatusExport

    def __len__(self) -> int:
        return len(self.export)


def understand(export: StatusExport, words: Mapping[str, int], rules: TimestampRules) -> Entries:
    """Return the entries that can be understood; the others join the export's rejects.

    Raises
    ------
    InputError
        If no entry can be, or if a column of dates could be day-first or month-first.
    """
    # The caller's export stays as it is: it may be compared again, as of another day.
    whole = export = replace(export, rejects=list(export.rejects))
    keep, kinds = [], []
    unknown: dict[str, None] = {}
    possible = export.cells.get("possible", [""] * len(export))
    for number, word in enumerate(export.cells["status"]):
        found = accepted(words, word, possible[number])
        if found is None:
            unknown[word] = None
            export.reject(number, f"has the unknown status {word!r}")
        else:
            keep.append(number)
            kinds.append(found)
    if unknown and not keep:
        some = ", ".join(repr(word) for word in list(unknown)[:8])
        raise InputError(
            export.file,
            f"no row has a status that is known; column {export.columns['status']!r} has {some}",
            "say what they mean with --word THEIRS=OURS, such as --word passed=completed",
        )
    export = whole.only(keep)
    certificate, issued = _certificates(export)
    dates = {}
    unread: dict[int, str] = {}
    for field in DATES:
        cells = export.cells.get(field)
        if cells is None and field == "certified_at" and issued is not None:
            cells = issued
        if cells is not None:
            dates[field], bad = _dates(cells, rules, export)
            column = export.columns.get(field, export.columns.get("certificate", field))
            unread |= {n: f"has no date under {column}: {cells[n]!r}" for n in bad}
    for number, detail in sorted(unread.items()):
        export.reject(number, detail)
    left = [number for number in range(len(export)) if number not in unread]
    understood = {keep[number] for number in left}
    return Entries(
        export.only(left),
        np.array(kinds, np.int64)[left],
        certificate[left],
        {field: Dates(each.at[left], each.known[left], each.days) for field, each in dates.items()},
        whole.only([number for number in range(len(whole)) if number not in understood]),
    )


def _certificates(export: StatusExport) -> tuple[npt.NDArray[np.int8], list[str] | None]:
    """Whether each entry has a certificate, and the cells that may hold its date.

    A blank says nothing. What is neither yes nor no is what the certificate is named by, or the
    date it was issued on: then the record has one.
    """
    cells = export.cells.get("certificate")
    if cells is None:
        return np.full(len(export), UNSAID, np.int8), None
    said = np.array(
        [UNSAID if not cell else WITHOUT if plain(cell) in _NO else WITH for cell in cells],
        np.int8,
    )
    dated = [cell if _is_date(cell) else "" for cell in cells]
    return said, dated if any(dated) else None


def _is_date(cell: str) -> bool:
    # A bare number is rather the certificate's.
    return not cell.isdigit() and match_timestamp(cell) is not None


def _dates(
    cells: Sequence[str], rules: TimestampRules, export: StatusExport
) -> tuple[Dates, Sequence[int]]:
    """The instants of a column, and the entries whose cell is neither a time nor blank."""
    column = pa.chunked_array([texts(cells)], pa.string())
    at, known = parse_column(column, rules, file=export.file)
    blank = np.array([not cell or plain(cell) in _NO for cell in cells], np.bool_)
    known = known & ~blank
    bad = np.flatnonzero(~known & ~blank).tolist()
    return Dates(at, known, _are_days(cells, at, known, rules)), bad


def _are_days(cells: Sequence[str], at: Ints, known: Mask, rules: TimestampRules) -> bool:
    """Whether a column holds days: no cell tells a time of day, or each tells midnight."""
    which = np.flatnonzero(known)
    if rules.timestamp_format is None and not any(":" in cells[n] for n in which.tolist()):
        return bool(len(which)) and not any(cells[n].isdigit() for n in which.tolist())
    return bool(len(which)) and all(
        local_day(int(instant), rules.timezone)[1] for instant in np.unique(at[which]).tolist()
    )


def local_day(instant: int, timezone: str) -> tuple[str, bool]:
    """Return the day of an instant in a zone, and whether the instant is its midnight."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    try:
        local = moment.astimezone(ZoneInfo(timezone))
    except OverflowError:  # The zone's side of year 1 or 9999.
        local = moment
    midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    return local.date().isoformat(), midnight
