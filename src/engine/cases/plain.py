"""Rows made anonymous: plain names, titles and ids, and nothing of the original text.

What stays is what the audit looks at: which cells are equal and which are blank, the alphabetical
order of equal kinds of cell (semantics.md §6 and §10 break ties by it), the published words of Type
and Source, and of a content type the few words that a rule reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final

from msgspec.structs import replace

from engine.cases.rows import Row, is_listed_source, is_listed_type

__all__ = ["BROKEN_TIMES", "Taken", "plain_rows"]

Taken = Callable[[str, str], bool]
"""Whether a field has this text in the original: no plain name may be one of the real ones."""

_NAMES: Final = {
    "learner": "learner{}@example.com",
    "panorama": "Panorama {}",
    "content_title": "Content {}",
    "content_id": "content-{}",
    "event_id": "event-{}",
}

_TYPES: Final[dict[tuple[bool, bool, bool], tuple[str, ...]]] = {
    (True, False, False): ("course", "article", "quiz", "video"),
    (True, True, False): ("webinar",),
    (True, False, True): ("learning path",),
    (True, True, True): ("learning path webinar",),
}
"""Words for content types: with letters, "webinar" among them, "learningpath" among them."""

BROKEN_TIMES: Final = 3
"""Ways to write a cell that is no time; not each stays none."""


def plain_rows(rows: Sequence[Row], taken: Taken, *, broken_time: int = 0) -> list[Row]:
    """Return the rows with every text replaced; their times stay.

    ``broken_time``, below :data:`BROKEN_TIMES`, chooses how cells that are no time are written.
    """
    names = {
        field: dict(_numbered((getattr(row, field) for row in rows), pattern, field, taken))
        for field, pattern in _NAMES.items()
    }
    content_types = _content_types({row.content_type for row in rows}, taken)
    types = _unlisted((row.type for row in rows), "type", taken)
    sources = _unlisted((row.source for row in rows), "source", taken)
    return [
        replace(
            row,
            **{field: names[field][getattr(row, field)] for field in _NAMES},
            content_type=content_types[row.content_type],
            type=types.get(row.type, row.type),
            source=sources.get(row.source, row.source),
            timestamp=_broken(row.timestamp, broken_time, taken),
        )
        for row in rows
    ]


def _numbered(
    originals: Iterable[str], pattern: str, field: str, taken: Taken
) -> Iterator[tuple[str, str]]:
    """Number the texts in alphabetical order; blank stays blank."""
    distinct = sorted({*originals, ""})
    width = len(str(len(distinct) - 1))
    free = (name for n in count(1) if not taken(field, name := pattern.format(str(n).zfill(width))))
    for original in distinct:
        yield original, original and next(free)


def _unlisted(originals: Iterable[str], field: str, taken: Taken) -> dict[str, str]:
    listed = is_listed_type if field == "type" else is_listed_source
    unlisted = {text for text in originals if text and not listed(text)}
    return dict(_numbered(unlisted, f"unlisted_{field}_{{}}", field, taken))


def _content_types(originals: set[str], taken: Taken) -> dict[str, str]:
    groups: dict[tuple[bool, bool, bool], list[str]] = {}
    for text in sorted(originals):
        letters = "".join(each for each in text.lower() if each.isalpha())
        kind = bool(letters), "webinar" in letters, "learningpath" in letters
        groups.setdefault(kind, []).append(text)
    chosen = {"": ""}
    for kind, texts in groups.items():
        if not kind[0]:
            chosen |= _numbered(texts, "{}", "content_type", taken)
            continue
        words = _TYPES[kind]
        if len(texts) > len(words):
            chosen |= _numbered(texts, words[0] + " {}", "content_type", taken)
        else:
            chosen |= zip(texts, sorted(words[: len(texts)]), strict=True)
    return chosen


def _broken(text: str, way: int, taken: Taken) -> str:
    if not text:
        return ""
    digit = "90"[way] if way < 2 else ""
    shape = "".join(_shape(each, digit) for each in text[:40]) if digit else "no time"
    for number in count(2):
        if not taken("timestamp", shape):
            break
        shape = f"no time {number}"
    return shape


def _shape(character: str, digit: str) -> str:
    if character.isdigit():
        return digit
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isascii() and character.isprintable() else "?"
