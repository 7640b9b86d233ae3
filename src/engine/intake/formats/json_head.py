"""Which shipped dialect the first records of a JSON file fit.

A file of JSON has no header: its columns are the keys of its records, of which the first are looked
at. So a log of a million lines is read once, and not in one dialect after another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from engine.dialects import DEFAULT, shipped, shipped_names
from engine.dialects.columns import ColumnNames
from engine.intake.formats.csv_layout import detect_encoding
from engine.intake.formats.json_records import flat
from engine.intake.source import Source
from engine.intake.streams import decode_head

__all__ = ["dialect_of_head"]

_MOST: Final = 200
"""Records that are looked at."""

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_ARRAY: Final = re.compile(r"\[\s*(?=\{)")


def dialect_of_head(source: Source) -> str:
    """Return the name of the dialect whose columns the first records have.

    It is the default one, unless they lack its columns and have those of exactly one other.
    """
    encoding = detect_encoding(source.head)
    text = decode_head(source.head[encoding.mark :], encoding.name).lstrip("\ufeff \t\r\n")
    records = _first_records(text)
    if not records or _fit(records, shipped().columns):
        return DEFAULT
    others = [n for n in shipped_names()[1:] if _fit(records, shipped(n).recognising)]
    return others[0] if len(others) == 1 else DEFAULT


def _fit(records: list[dict[str, Any]], columns: ColumnNames) -> bool:
    ranks = (columns.rank(name) for record in records for name, _ in flat(record, columns))
    return not columns.missing({rank[0] for rank in ranks if rank is not None})


def _first_records(text: str) -> list[dict[str, Any]]:
    """The records at the beginning of a text that may end anywhere."""
    values = list(_values(text, 0))
    if len(values) == 1 and _within(values[0]):
        return _within(values[0])
    if values:
        return values
    # An array, or the object around it, of which the end is not there.
    array = _ARRAY.search(text)
    return list(_values(text, array.end())) if array else []


def _values(text: str, start: int) -> Iterator[dict[str, Any]]:
    """The objects that follow one another, up to what is none or is cut off."""
    for _ in range(_MOST):
        between = _BETWEEN.match(text, start)
        try:
            value, start = _DECODER.raw_decode(text, between.end() if between else start)
        except (ValueError, RecursionError):
            return
        if isinstance(value, list):
            yield {"": value}
        elif isinstance(value, dict):
            yield value
        else:
            return


def _within(value: Any, depth: int = 3) -> list[dict[str, Any]]:
    """The objects of the first array of objects in an object."""
    for inner in value.values():
        if isinstance(inner, list) and inner and all(isinstance(e, dict) for e in inner):
            return inner[:_MOST]
        if isinstance(inner, dict) and depth and (found := _within(inner, depth - 1)):
            return found
    return []
