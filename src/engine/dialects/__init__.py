"""Dialects: how the rows of a platform become events, as data (semantics.md §13)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from engine.arguments import path
from engine.descriptors import small_file
from engine.dialects.dialect import Dialect
from engine.dialects.mapping import read_dialect
from engine.errors import InputError, UsageError

__all__ = ["DEFAULT", "Named", "dialect_of", "shipped", "shipped_names"]

Named = str | os.PathLike[str]
"""A dialect as a caller names it: one of those shipped, or a file that ends in ``.toml``."""

DEFAULT: Final = "thought-industries"
"""The dialect that a report is taken for unless something else is said."""


_LONGEST_NAME: Final = 60
_FOLDER: Final = Path(__file__).parent


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the dialects that come with the program, the default one first."""
    names = sorted(each.stem for each in _FOLDER.glob("*.toml"))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


@cache
def _text(name: str) -> str | None:
    if len(name) > _LONGEST_NAME or not all(part.isalnum() for part in name.split("-")):
        return None
    file = _FOLDER / f"{name}.toml"
    return file.read_text("utf-8") if file.is_file() else None


def shipped(name: str = DEFAULT) -> Dialect:
    """Return a dialect that comes with the program.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    return _shipped(name)


@cache
def _shipped(name: str) -> Dialect:
    text = _text(name)
    if text is None:
        raise KeyError(name)
    return read_dialect(text, f"{name}.toml", _text)


_LARGEST: Final = 1 << 20
"""Bytes of a dialect's file. All that are shipped have less than a hundredth of it."""


def dialect_of(named: Named | None) -> Dialect | None:
    """Return the dialect that a caller names; None for None.

    Raises
    ------
    UsageError
        If there is none of that name.
    InputError
        If its file cannot be read, or is no dialect.
    """
    if named is None:
        return None
    name = path(named, "dialect")
    if not name.lower().endswith(".toml"):
        try:
            return shipped(name)
        except KeyError:
            raise UsageError(_no_such(name)) from None
    try:
        data = small_file(name, _LARGEST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            name, f"the dialect's file cannot be read ({reason})", "check its name and folder"
        ) from error
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name}, line {line}", "the dialect's file is not UTF-8", "save it as UTF-8"
        ) from error
    return read_dialect(text, name, _text)


def _no_such(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), shipped_names(), 3, 0.5)
    known = f"did you mean {' or '.join(near)}?" if near else "there are "
    if not near:
        known += ", ".join(shipped_names())
    return f"there is no dialect {name!r}; {known.rstrip('?')}" + (
        "?" if near else ", and files that end in .toml."
    )
