"""Dialects: how the rows of a platform become events, as data (semantics.md §13)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from engine.dialects.dialect import Dialect
from engine.dialects.mapping import read_dialect

__all__ = ["DEFAULT", "shipped", "shipped_names"]

DEFAULT: Final = "thought-industries"
"""The dialect that a report is taken for unless something else is said."""


_FOLDER: Final = Path(__file__).parent


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the dialects that come with the program, the default one first."""
    names = sorted(each.stem for each in _FOLDER.glob("*.toml"))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


@cache
def _text(name: str) -> str | None:
    if not all(part.isalnum() for part in name.split("-")):
        return None
    file = _FOLDER / f"{name}.toml"
    return file.read_text("utf-8") if file.is_file() else None


@cache
def shipped(name: str = DEFAULT) -> Dialect:
    """Return a dialect that comes with the program.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    text = _text(name)
    if text is None:
        raise KeyError(name)
    return read_dialect(text, f"{name}.toml", _text)
