"""Text made fit for a terminal.

What a report says is never trusted here: a title may hold escape sequences, characters that turn
the reading direction, or rich's own markup.
"""

from __future__ import annotations

import io
import json
import unicodedata
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["Guarded", "plain_line", "short"]

_LONGEST_NAME: Final = 300
"""Characters. An address, which may be searched for, has at most 254."""

_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode calls printable, yet show nothing."""


def plain_line(text: str) -> str:
    """Return ``text`` on one line, with what a terminal would act on or hide escaped.

    Control characters (C0 and C1), direction overrides, zero-width characters and lone surrogates
    become ``\\x1b`` or ``\\u202e``; line ends and exotic spaces become a space.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def short(text: str) -> str:
    """Return a text that a page names, without the end of one that nobody could read.

    A report may hold a title of 100,000 characters: it would make a column of a table as wide.
    """
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _shown(character: str) -> str:
    if character.isprintable() and character not in _INVISIBLE:
        return character
    if character in "\n\r\t" or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    return ascii(character)[1:-1]


class Guarded(io.RawIOBase):
    """A terminal that data is written to: what it would act on or hide arrives escaped.

    In JSON the escapes mean the very same text. Only eyes read a terminal, so nothing is lost in
    CSV either. Each chunk written must hold whole characters.
    """

    def __init__(self, terminal: BinaryIO, *, json: bool) -> None:
        self._terminal = terminal
        self._json = json

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, chunk: Buffer, /) -> int:
        """Write a chunk of UTF-8."""
        data = bytes(chunk)
        text = data.decode()
        if not text.isprintable():
            escape = _json_escape if self._json else _shown
            text = "".join(c if c == "\n" else escape(c) for c in text)
        self._terminal.write(text.encode())
        return len(data)


def _json_escape(character: str) -> str:
    shown = character.isprintable() and character not in _INVISIBLE
    return character if shown else json.dumps(character)[1:-1]
