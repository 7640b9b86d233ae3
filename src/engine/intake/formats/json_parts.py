"""The elements of a large JSON document, some megabytes at a time.

To name every element of an array takes some hundred bytes each, and an element may have two. So
an array is cut where one element ends and the next begins, and its parts are decoded in turn.
A cut is right if what it cuts off is valid by itself: within a text or a nested value it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

__all__ = ["check_json", "elements", "members"]

_ANY: Final = msgspec.json.Decoder(msgspec.Raw)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])

_PART: Final = 1 << 22
_LONGEST_PART: Final = 1 << 26
_TRIES: Final = 32
"""Places for a cut; of the commas in a record one in so many ends a record."""

_SPACE: Final = b" \t\r\n"
_KEY: Final = re.compile(rb'[\s,]*("(?:[^"\\]++|\\.)*+")\s*:\s*', re.DOTALL)
_END: Final = re.compile(r"trailing characters \(byte (\d+)\)")


def check_json(data: memoryview) -> None:
    """Check a document without decoding it.

    Raises
    ------
    msgspec.DecodeError, RecursionError
        If it is no JSON, or nested too deeply.
    """
    _ANY.decode(data)


def elements(data: memoryview) -> Iterator[list[msgspec.Raw]]:
    """The elements of a checked array, part by part."""
    size = len(data)
    start, step = bytes(data[:4096]).find(b"[") + 1, _PART
    while start + step < size and step < _LONGEST_PART:
        part = bytes(data[start : start + step])
        for cut in _cuts(part):
            try:
                found = _LIST.decode(b"[" + part[:cut] + b"]")
            except (msgspec.DecodeError, RecursionError):
                continue
            yield found
            start += cut + 1
            step = _PART
            break
        else:
            step *= 2
    yield _LIST.decode(b"[" + bytes(data[start:]))


def _cuts(part: bytes) -> Iterator[int]:
    """Places of commas that may stand between two elements, the last first."""
    for pattern in (b"}", b","):
        cut = len(part)
        for _ in range(_TRIES):
            cut = part.rfind(pattern, 0, cut)
            if cut < 0:
                break
            if pattern == b",":
                yield cut
            elif part[cut + 1 : cut + 100].lstrip(_SPACE).startswith(b","):
                yield part.index(b",", cut + 1)


def members(data: memoryview) -> Iterator[tuple[str, memoryview]]:
    """The keys of a checked object, each with its value, undecoded."""
    at = bytes(data[:4096]).find(b"{") + 1
    while key := _KEY.match(data, at):
        end = _value_ends(data[key.end() :])
        yield msgspec.json.decode(key[1], type=str), data[key.end() : key.end() + end]
        at = key.end() + end


def _value_ends(data: memoryview) -> int:
    """Where the first value ends: the decoder names the byte after the first that follows it."""
    try:
        _ANY.decode(data)
    except msgspec.DecodeError as error:
        if found := _END.search(str(error)):
            return int(found[1]) - 1
        raise
    return len(data)
