"""Records of JSON that look like the ones before: decoded straight into their cells.

Most records of a report have the same keys, each with a text or null. A plan is made of the keys
and kinds of value that were met, and a record that fits it is decoded as one typed object, a
fifth of the work. What does not fit in any way (another key, another kind, damage) is declined,
and read by the reader that takes any record; the plan then learns from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec

__all__ = ["Plan"]

_MOST_PLANS: Final = 32
"""Plans made of one file; records that keep bringing new keys are no case for a plan."""

_MOST_DECLINED: Final = 1_000
"""Records in a row that a plan may decline in vain."""

_NUL: Final = b"\\u0000"
"""The only spelling of NUL that a JSON text may hold."""

Cells = tuple[str | None, ...]


class Plan:
    """Decodes records of known keys to the cells of ``fields``, in that order."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = list(fields)
        self._kinds: dict[str, set[type]] = {}
        self._field_of: dict[str, str] = {}
        self._decode: Callable[[bytes], Any] | None = None
        self._cells: Callable[[Any], Cells] = tuple
        self._made = 0
        self._declined = 0

    def cells(self, raw: bytes) -> Cells | None:
        """Return the cells of a record, or None if it does not fit."""
        if self._decode is None or _NUL in raw:
            return None
        try:
            record = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        self._declined = 0
        cells: Cells = self._cells(record)
        return cells

    def learn(self, record: Mapping[str, Any], field_of: Callable[[str], str | None]) -> None:
        """Make room for a record that did not fit.

        ``field_of`` says which field each of its keys stands for. Records with objects, lists or
        two keys for a field never fit.
        """
        self._declined += 1
        if self._declined > _MOST_DECLINED:
            self._made = _MOST_PLANS
            self._decode = None
        if self._made >= _MOST_PLANS:
            return
        new = False
        for key, value in record.items():
            kind = type(value)
            if kind not in (str, int, bool, type(None)):
                return
            new |= kind not in self._kinds.get(key, ())
        if not new:
            return
        for key, value in record.items():
            self._kinds.setdefault(key, {str, type(None)}).add(type(value))
            if field := field_of(key):
                self._field_of[key] = field
        self._made += 1
        self._decode = self._planned()
        if self._decode is None:
            self._made = _MOST_PLANS

    def _planned(self) -> Callable[[bytes], Any] | None:
        if len(set(self._field_of.values())) < len(self._field_of):
            return None
        names = {key: f"k{number}" for number, key in enumerate(self._kinds)}
        # What no field answers to may be any number; that of a field keeps its spelling, which a
        # float would lose.
        of_no_field = {str, int, float, bool, type(None)}
        members = [
            (names[key], _union(kinds if key in self._field_of else of_no_field), None)
            for key, kinds in self._kinds.items()
        ]
        try:
            record = msgspec.defstruct(
                "Record",
                members,
                rename={name: key for key, name in names.items()},
                forbid_unknown_fields=True,
                namespace={_NOTHING: None},
                gc=False,
            )
        except ValueError:  # A key that msgspec takes for no name.
            return None
        columns = {field: names[key] for key, field in self._field_of.items()}
        cells = attrgetter(*(columns.get(field, _NOTHING) for field in self._fields))
        if any(self._kinds[key] - _PLAIN for key in self._field_of):
            self._cells = lambda record: tuple(map(_spelt, cells(record)))
        else:
            self._cells = cells
        return msgspec.json.Decoder(record).decode


_NOTHING: Final = "nothing"
"""An attribute of all records for the fields that none of them has."""

_PLAIN: Final = {str, type(None)}


def _union(kinds: set[type]) -> Any:
    union: Any = None
    for kind in sorted(kinds - {type(None)}, key=lambda each: each.__name__):
        union = kind if union is None else union | kind
    return union | None


def _spelt(value: str | int | bool | None) -> str | None:
    return value if value is None else spelling(value)


def spelling(value: str | int | bool) -> str:
    """A value as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
