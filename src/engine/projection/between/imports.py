"""What the imports of a store say of each other. Source: semantics.md §11.

Each import is compared with what *stood* before it: of every event the row that an import had
last. So an import answers for all of the time that it covers, however many came before it, and
what one of them lost is told once, by the first import that should have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.frame import Coded
from engine.columns.kernels import position
from engine.projection.between.differences import (
    BACKDATED,
    LATENESS,
    REWRITTEN,
    VANISHED,
    Differences,
    window_of,
)
from engine.projection.between.frame import changed_fields, difference_messages
from engine.projection.between.matching import match
from engine.projection.between.merged import merged_within
from engine.records import Records
from engine.replay.streams import first_of_each_id

__all__ = ["BetweenImports", "find_between_imports"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class BetweenImports(msgspec.Struct, frozen=True):
    """Findings between the imports of a store, in columns.

    Attributes
    ----------
    records:
        The rows of all imports, each import a file of them.
    differences:
        The findings; old and new are record numbers.
    changed:
        Which fields were rewritten, as bits; 0 for other findings.
    because:
        The row of the other import: of a rewritten row what it was; else the last row of the import
        that does not have the event, which shows that it goes as far.
    """

    records: Records
    differences: Differences
    changed: Ints
    because: Ints

    @property
    def record(self) -> Ints:
        """The row that each finding is about: as it is, or as it was where it has vanished."""
        found = self.differences
        return np.where(found.code == VANISHED, found.old, found.new)

    def words(self, entry: Ints) -> Coded:
        """Return these findings as sentences."""
        found = self.differences
        chosen = Differences(
            *(getattr(found, name)[entry] for name in Differences.__struct_fields__)
        )
        return difference_messages(self.records, chosen, self.changed[entry])


class _Import(msgspec.Struct, frozen=True):
    """The rows of an import that are events or repeat one, and which kinds of ids it has.

    ``named`` are its rows without those that repeat an id: where ids count, the others do not.
    """

    rows: Ints
    named: Ints
    event_ids: bool
    content_ids: bool

    def events(self, by_id: bool) -> Ints:
        return self.named if by_id else self.rows


class _Found(msgspec.Struct, frozen=True):
    """Findings of one code; ``old``, ``new`` and ``because`` are record numbers, −1 for none."""

    code: int
    old: Ints
    new: Ints
    because: Ints
    changed: Ints


def find_between_imports(records: Records) -> BetweenImports:
    """Return what the imports say of each other; ``records`` stand by import, then row."""
    log, found = _Log(records), list[_Found]()
    for each in _imports(records):
        found += log.add(each)
    old, new, because, changed = (
        np.concatenate([_NOTHING, *(getattr(part, name) for part in found)])
        for name in ("old", "new", "because", "changed")
    )
    sizes = [len(part.old) for part in found]
    differences = _differences(
        np.repeat(np.array([part.code for part in found], np.int32), sizes), old, new
    )
    return BetweenImports(records, differences, changed, because)


_NOTHING: Final = np.empty(0, np.int64)


def _differences(code: npt.NDArray[np.int32], old: Ints, new: Ints) -> Differences:
    nothing = np.zeros(len(old), np.uint8)
    return Differences(code, old, new, nothing, nothing, np.full(len(old), -1, np.int64))


def _imports(records: Records) -> Iterator[_Import]:
    """The imports that have an event, in their order."""
    starts = np.searchsorted(records.file, np.arange(len(records.files) + 1))
    for low, high in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        rows = low + np.flatnonzero(records.kept[low:high])
        if len(rows):
            event_ids = _some(records.event_id, records.event_ids, rows)
            content_ids = _some(records.content_id, records.content_ids, rows)
            named = np.sort(first_of_each_id(records, rows)) if event_ids else rows
            yield _Import(rows, named, event_ids, content_ids)


def _some(codes: npt.NDArray[np.int32] | None, texts: pa.StringArray, rows: Ints) -> bool:
    """Whether one of the rows has an id."""
    return codes is not None and bool((codes[rows] != position(texts, "")).any())


class _Log:
    """What the imports so far have said.

    ``_standing`` tells which rows stand: the last word on their event. ``_told`` tells which of
    them are known to have vanished; they stand still, for an event may come back.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._imports: list[_Import] = []
        self._standing = np.zeros(len(records), np.bool_)
        self._told = np.zeros(len(records), np.bool_)
        self._repeats_id = np.zeros(len(records), np.bool_)
        self._kind = np.zeros(len(records.files), np.int64)

    def add(self, new: _Import) -> list[_Found]:
        """Return what an import says otherwise than those before it."""
        found: list[_Found] = []
        if self._imports:
            fresh = np.zeros(len(self._records), np.bool_)
            fresh[new.rows] = True
            near = self._near(new)
            kind = self._kind[self._records.file[near]]
            # Ids count where both sides have them: imports that have the same kinds go together.
            for each in sorted({_kind(earlier) for earlier in self._imports}):
                found += self._compare(near[kind == each], each, new, fresh)
            found += self._backdated(np.flatnonzero(fresh), new)
        self._standing[new.rows] = True
        self._repeats_id[np.setdiff1d(new.rows, new.named, assume_unique=True)] = True
        self._kind[self._records.file[new.rows[0]]] = _kind(new)
        self._imports.append(new)
        return found

    def _near(self, new: _Import) -> Ints:
        """What stands of the time that an import covers, or has an id of it."""
        records, before = self._records, int(new.rows[0])
        at = records.at[:before]
        first, last = self._span(new.rows)
        near = (at >= first) & (at <= last)
        if new.event_ids and records.event_id is not None:
            named = np.zeros(len(records.event_ids), np.bool_)
            named[records.event_id[new.rows]] = True
            blank = position(records.event_ids, "")
            if blank >= 0:
                named[blank] = False
            near |= named[records.event_id[:before]]
        return np.flatnonzero(near & self._standing[:before])

    def _span(self, rows: Ints) -> tuple[int, int]:
        at = self._records.at[rows]
        return int(at.min()), int(at.max())

    def _compare(self, rows: Ints, kind: int, new: _Import, fresh: Mask) -> list[_Found]:
        """Set rows that stand, of imports with the same kinds of ids, against an import.

        ``fresh`` tells which of its rows nothing earlier was found to be; those that are the same
        event as one of ``rows`` are taken from it.
        """
        event_ids, content_ids = kind & 1 != 0, kind & 2 != 0
        by_id = event_ids and new.event_ids
        if by_id:
            rows = rows[~self._repeats_id[rows]]
        events = new.events(by_id)
        merged = merged_within(
            self._records,
            rows,
            events,
            by_event_id=by_id,
            by_content_id=content_ids and new.content_ids,
        )
        matching = match(merged)
        number = np.concatenate([rows, events])
        gone = number[matching.gone]
        covered = window_of(merged, matching.new).covers(merged.records, matching.gone)
        vanished = gone[covered & ~self._told[gone]]
        nothing = np.full(len(vanished), -1, np.int64)
        last = events[np.argmax(self._records.at[events])]

        old, now = matching.rewritten_old, matching.rewritten_new
        code = np.full(len(old), REWRITTEN, np.int32)
        changed = changed_fields(merged.records, _differences(code, old, now))
        old, now = number[old], number[now]
        mine = fresh[now]

        self._standing[rows] = False
        self._standing[gone] = True
        self._told[vanished] = True
        added = np.zeros(len(fresh), np.bool_)
        added[number[matching.added]] = True
        fresh &= added
        return [
            _Found(VANISHED, vanished, nothing, np.full(len(vanished), last), nothing + 1),
            _Found(REWRITTEN, old[mine], now[mine], old[mine], changed[mine]),
        ]

    def _backdated(self, added: Ints, new: _Import) -> list[_Found]:
        """Of the events that an import has first, those that earlier ones go beyond."""
        at, ends = self._records.at, list[int]()
        for each in self._imports:
            by_id = each.event_ids and new.event_ids
            mine, its = each.events(by_id), new.events(by_id)
            (first, last), (begin, end) = self._span(mine), self._span(its)
            if first <= end and begin <= last:
                ends.append(int(mine[np.argmax(at[mine])]))
        if not ends:
            return []
        furthest = max(ends, key=lambda row: int(at[row]))
        late = added[at[added] < at[furthest] - LATENESS]
        nothing = np.full(len(late), -1, np.int64)
        return [_Found(BACKDATED, nothing, late, np.full(len(late), furthest), nothing + 1)]


def _kind(each: _Import) -> int:
    return each.event_ids | each.content_ids << 1
