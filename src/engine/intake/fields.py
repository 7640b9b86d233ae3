"""Which column of a report holds which field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from engine.errors import InputError
from engine.intake.rows import REQUIRED
from engine.intake.wording import listing

__all__ = ["Header", "key", "rank", "recognise", "require", "resolve"]

_NAMES: Final = {
    "email": ("Email", "User Email", "Learner Email", "User", "Learner"),
    "panorama": ("Panorama Name", "Panorama", "userDetail.client", "Client"),
    "content_type": ("Content Type",),
    "content_title": ("Content Title", "Course Title", "Title"),
    "content_id": ("Content Id", "Course Sku"),
    "type": ("Type", "Action Type"),
    "source": ("Source",),
    "timestamp": ("Timestamp", "Date and time", "Created At", "Date"),
    "id": ("Id", "Event Id"),
}
"""The names of each field, the best first: the documented header, then the more telling ones."""

_IGNORED: Final = re.compile(r"[\s_\-\ufeff]+")


class Header(msgspec.Struct, frozen=True):
    """Where the fields are.

    Attributes
    ----------
    columns:
        Field → index of its column.
    unknown:
        Names that no field answers to, or that lost their field to a better name.
    """

    columns: dict[str, int]
    unknown: list[str]


def key(name: str) -> str:
    """`name` without what header matching ignores: case, spaces, ``_``, ``-`` and BOM."""
    return _IGNORED.sub("", name).casefold()


_RANKS: Final = {
    key(name): (field, position)
    for field, names in _NAMES.items()
    for position, name in enumerate(names)
}


def rank(name: str) -> tuple[str, int] | None:
    """The field that `name` stands for and how good a name it is (0 is best), if any."""
    return _RANKS.get(key(name))


def recognise(names: Sequence[str]) -> Header:
    """Match every name to its field; the best name wins a field, the first among equals."""
    best: dict[str, tuple[int, int]] = {}
    for index, name in enumerate(names):
        match = rank(name)
        if match is not None:
            field, position = match
            best[field] = min(best.get(field, (position, index)), (position, index))
    columns = {field: index for field, (_, index) in best.items()}
    taken = set(columns.values())
    unknown = [name for i, name in enumerate(names) if i not in taken and name.strip()]
    return Header(columns, unknown)


def require(fields: Iterable[str], found: Iterable[str], file: str) -> None:
    """Refuse a file that lacks a field without which no row is an event.

    Raises
    ------
    InputError
        Naming the missing columns, and the columns that are there.
    """
    present = set(fields)
    missing = [_NAMES[field][0] for field in REQUIRED if field not in present]
    if not present & {"content_title", "content_id"}:
        missing.insert(min(1, len(missing)), "Content Title (or Content Id)")
    if missing:
        raise InputError(
            file,
            f"no column for {listing(missing)}; found: {listing(found) or 'nothing'}",
            "export the content actions report again with its header, or rename the columns",
        )


def resolve(names: Sequence[str], file: str) -> Header:
    """`recognise`, for a file that must be a report.

    Raises
    ------
    InputError
        See `require`.
    """
    header = recognise(names)
    require(header.columns, names, file)
    return header
