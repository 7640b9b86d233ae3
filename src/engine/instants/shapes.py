"""Texts of one shape (alike but for their digits), read eight bytes at a time.

A shape is compiled once, through the scalar reader's own grammar, into the places of its fields.
Texts of one length lie in memory as an (n, width) byte matrix; each row is loaded as a few
overlapping little-endian words. XOR with the shape leaves 0–9 where a digit stands and 0 where
a literal stands; anything else is another shape. One multiplication then turns all neighbouring
digits of a word into two-digit numbers at once.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.instants.text import match_timestamp

__all__ = ["MIN_WIDTH", "Digits", "Layout", "compile_layout", "shape_of"]

Ints = npt.NDArray[Any]
"""An integer array of the smallest type that holds the field."""

MIN_WIDTH: Final = 8
"""Bytes of a word; the shortest timestamp understood (1/1/2024, 20240301) fills one."""

_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_TEN: Final = np.uint64(10)
_EIGHT: Final = np.uint64(8)
_AS_SHAPE: Final = bytes.maketrans(b"123456789", b"0" * 9)


class Word(msgspec.Struct, frozen=True):
    """Eight bytes of a shape.

    Attributes
    ----------
    start:
        Place of the first byte in the text.
    template:
        The shape's bytes, digits as "0".
    limit:
        Per byte, what takes the largest allowed value after the XOR (9 or 0) to 0x7F.
    """

    start: int
    template: int
    limit: int


class Layout(msgspec.Struct, frozen=True):
    """What a shape means.

    Attributes
    ----------
    words:
        Words that cover the shape; every pair of neighbours lies within one.
    fields:
        Name of a digit group of the grammar → (place, digits). Empty: no timestamp.
    literals:
        Name of a group that holds no digits only → its text.
    by_value:
        The shape does not settle the meaning: the scalar reader must see each value.
    """

    words: tuple[Word, ...]
    fields: dict[str, tuple[int, int]]
    literals: dict[str, str]
    by_value: bool


def shape_of(text: bytes) -> bytes:
    """Return the text with each ASCII digit as "0"."""
    return text.translate(_AS_SHAPE)


@lru_cache(maxsize=1024)
def compile_layout(shape: bytes, form: str | None) -> Layout:
    """Return the layout of a shape, under a strptime format if one is given."""
    text = shape.decode("utf-8", errors="surrogateescape")
    stripped = text.strip()
    if form is None:
        found = match_timestamp(stripped)
    else:
        pattern = _fixed_width_pattern(form.strip())
        found = pattern.fullmatch(stripped) if pattern else None
    fields: dict[str, tuple[int, int]] = {}
    literals: dict[str, str] = {}
    lead = len(text) - len(text.lstrip())
    for name, value in found.groupdict().items() if found else ():
        if value and value.isdigit():
            before = text[: lead + found.start(name)] if found else ""
            fields[name] = (len(before.encode("utf-8", errors="surrogateescape")), len(value))
        elif value:
            literals[name] = value
    return Layout(_words(shape), fields, literals, by_value=form is not None and found is None)


def _words(shape: bytes) -> tuple[Word, ...]:
    # A step of seven makes neighbours share a word: the last byte of one is the next one's first.
    starts = [*range(0, len(shape) - MIN_WIDTH, MIN_WIDTH - 1), len(shape) - MIN_WIDTH]
    words = []
    for start in starts:
        piece = shape[start : start + MIN_WIDTH]
        limit = bytes(0x76 if byte == ord("0") else 0x7F for byte in piece)
        words.append(Word(start, int.from_bytes(piece, "little"), int.from_bytes(limit, "little")))
    return tuple(words)


_DIRECTIVES: Final = {
    "Y": r"(?P<year>[0-9]{4})",
    "m": r"(?P<month>[0-9]{2})",
    "d": r"(?P<day>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{2})",
    "M": r"(?P<minute>[0-9]{2})",
    "S": r"(?P<second>[0-9]{2})",
    "f": r"(?P<fraction>[0-9]{6})",
    "I": r"(?P<hour>[0-9]{2})",
    "p": r"(?P<half>[AaPp])[Mm]",
    "z": r"(?P<zone>Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):?(?P<off_minute>[0-9]{2}))",
}


@lru_cache(maxsize=16)
def _fixed_width_pattern(form: str) -> re.Pattern[str] | None:
    """Return a pattern for the texts of full width under a strptime format, if it is plain.

    strptime takes one digit or two; but a text that fills every directive to its full width can
    be split in one way only, so for such texts the shape settles the meaning. All others, and
    formats with names or with digits as literals, stay with strptime. So does %z followed by
    more, which could be its own seconds, and %I without %p or the reverse.
    """
    pattern = ""
    names = []
    pieces = re.findall(r"%.|[^%]", form, flags=re.DOTALL)
    for piece in pieces:
        if piece[0] == "%" and piece[1:] in _DIRECTIVES:
            names.append(piece[1:])
            pattern += _DIRECTIVES[piece[1:]]
        elif piece[0] == "%" or piece.isdigit():
            return None
        else:
            pattern += re.escape(piece)
    plain = (
        {"Y", "m", "d"} <= set(names)
        and ("I" in names) == ("p" in names)
        and not {"H", "I"} <= set(names)
        and ("z" not in names or form.endswith("%z"))
    )
    return re.compile(pattern) if plain else None


class Digits:
    """The digits of an (n, width) matrix under a layout.

    Attributes
    ----------
    alike:
        Per row: it has the layout's shape. Fields of other rows are garbage.
    """

    def __init__(self, matrix: npt.NDArray[np.uint8], layout: Layout) -> None:
        """Load a contiguous matrix as words; its width is that of the layout's shape."""
        count, width = matrix.shape
        self._layout = layout
        self._count = count
        self._values: list[npt.NDArray[np.uint64]] = []
        self._pairs: dict[int, npt.NDArray[np.uint8]] = {}
        beyond = np.zeros(count, np.uint64)
        for word in layout.words:
            raw = np.ndarray(
                (count,), "<u8", buffer=matrix.data, offset=word.start, strides=(width,)
            )
            value = raw ^ np.uint64(word.template)
            # A byte passes its limit by raising bit 7. A carry into the next byte comes only
            # from a byte of 0x80 or more, and that one's own bit 7 is in `value`.
            passed = value + np.uint64(word.limit)
            passed |= value
            beyond |= passed
            self._values.append(value)
        self.alike: npt.NDArray[np.bool_] = (beyond & _HIGH_BITS) == 0

    def number(self, name: str, digits: int | None = None) -> Ints:
        """Return a field (its first `digits` digits) of every row; the layout must have it."""
        start, width = self._layout.fields[name]
        width = width if digits is None else min(width, digits)
        if width == 2:
            return self._pair(start)
        kind: Any = np.int32 if width <= 8 else np.int64
        total = self._single(start).astype(kind) if width % 2 else None
        for place in range(start + width % 2, start + width, 2):
            pair = self._pair(place)
            if total is None:
                total = pair.astype(kind)
            else:
                total *= 100
                total += pair
        assert total is not None  # a field has a digit
        return total

    def _single(self, place: int) -> npt.NDArray[np.uint8]:
        index = self._word_with(place, place)
        return _byte(self._values[index], place - self._layout.words[index].start)

    def _pair(self, place: int) -> npt.NDArray[np.uint8]:
        index = self._word_with(place, place + 1)
        if index not in self._pairs:
            value = self._values[index]
            tens = value * _TEN
            # 10·tens ≤ 90 and + units ≤ 99: no byte ever carries (in rows of this shape).
            tens += value >> _EIGHT
            self._pairs[index] = tens.view(np.uint8)
        at = place - self._layout.words[index].start
        return _byte(self._pairs[index], at)

    def _word_with(self, first: int, last: int) -> int:
        for index, word in enumerate(self._layout.words):
            if word.start <= first and last < word.start + MIN_WIDTH:
                return index
        raise AssertionError((first, last))  # the words overlap by one byte


def _byte(words: npt.NDArray[Any], at: int) -> npt.NDArray[np.uint8]:
    """Return byte `at` (counted from the lowest) of every word, as a copy without gaps."""
    if sys.byteorder == "big":
        at = MIN_WIDTH - 1 - at
    octets: npt.NDArray[np.uint8] = words.view(np.uint8)
    return octets[at::MIN_WIDTH].copy()
