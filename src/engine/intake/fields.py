"""A file that must have the columns of a dialect, or is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.dialects.columns import ColumnNames, Header
from engine.errors import InputError
from engine.intake.wording import listing

__all__ = ["MissingColumnsError", "require", "resolve"]


class MissingColumnsError(InputError):
    """A file lacks a column without which no row is an event."""


def require(wanted: ColumnNames, columns: Iterable[str], found: Iterable[str], file: str) -> None:
    """Refuse a file that lacks a column without which no row is an event.

    Raises
    ------
    MissingColumnsError
        Naming the missing columns, and the columns that are there.
    """
    missing = wanted.missing(columns)
    if missing:
        raise MissingColumnsError(
            file,
            f"no column for {listing(missing)}; found: {listing(found) or 'nothing'}",
            "export the content actions report again with its header, or rename the columns",
        )


def resolve(wanted: ColumnNames, names: Sequence[str], file: str) -> Header:
    """Return where the columns are, of a file that must have those that are needed.

    Raises
    ------
    InputError
        See :func:`require`.
    """
    header = wanted.recognise(names)
    require(wanted, header.columns, names, file)
    return header
