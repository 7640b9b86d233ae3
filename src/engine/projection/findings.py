"""The findings of an audit as numbers: which code, at which record, the consequence of what.

:mod:`engine.projection.findings_frame` puts them in words. Source: interface.md (their order),
semantics.md §7 and §8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.columns.order import stable_argsort
from engine.columns.slices import each_column, gather, positions
from engine.dialects.dialect import RowFault
from engine.lifecycle.belief import ORDER_NOT_SEARCHED
from engine.projection.across import Across
from engine.projection.between.differences import BETWEEN_CODES
from engine.projection.history import History
from engine.projection.roots import find_roots
from engine.replay.table import FINDING_CODES, FINDING_MASK
from engine.rules.catalogue import ACROSS_RULES, CATALOGUE, REPORTS_RULES, ROW_RULES

if TYPE_CHECKING:
    from engine.projection.between.imports import BetweenImports

__all__ = ["CODES", "Findings", "Own", "count_findings", "find", "own_findings"]

Ints = npt.NDArray[np.int64]

CODES: Final = tuple(CATALOGUE)
"""Codes in their order; a finding's ``code`` is a position here."""

_CODE_BITS: Final = len(CODES).bit_length()
_POSITION: Final = {code: position for position, code in enumerate(CODES)}
_FIRST_OF_REPORTS: Final = min(_POSITION[code] for code in REPORTS_RULES)
_FIRST_ACROSS: Final = min(_POSITION[code] for code in ACROSS_RULES)
_BETWEEN: Final = np.array([_POSITION[code] for code in BETWEEN_CODES], np.int32)
_OF_NUMBER: Final = np.array([_POSITION.get(code or "", 0) for code in FINDING_CODES], np.int32)


class Findings:
    """Every finding in columns, ordered by file, row, code.

    Attributes
    ----------
    code:
        Position in :data:`CODES`.
    record:
        The record, or −1 − n for the n-th row of ``records.rejects``, which is no record.
    position:
        The event's position in the replay, −1 where the row is no event.
    root:
        The position of the event whose finding this one is a consequence of, −1 for a root.
    across:
        Where the findings across streams (X codes) are from, None if nobody looked.
    imports:
        Where the findings between imports (C codes) are from, None if there is nothing to compare.
    entry:
        Their numbers in ``across`` or ``imports``, −1 for the others.
    """

    def __init__(
        self,
        code: npt.NDArray[np.int32],
        record: Ints,
        position: Ints,
        root: Ints | None = None,
        across: Across | None = None,
        entry: Ints | None = None,
        imports: BetweenImports | None = None,
    ) -> None:
        self.code = code
        self.record = record
        self.position = position
        self.root = np.full(len(code), -1, np.int64) if root is None else root
        self.across = across
        self.imports = imports
        self.entry = np.full(len(code), -1, np.int64) if entry is None else entry

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: Ints) -> Findings:
        """Return these findings, in this order."""
        return Findings(
            self.code[rows],
            self.record[rows],
            self.position[rows],
            self.root[rows],
            self.across,
            self.entry[rows],
            self.imports,
        )

    def places(self, history: History) -> tuple[Ints, Ints]:
        """Return the file number and the row of each."""
        return _places(history, self.record)

    def unlisted(self) -> dict[str, int]:
        """Return how many more findings across streams there are, by code, of codes listed here."""
        if self.across is None:
            return {}
        counts = count_findings(self)
        there = {code: self.across.count(code) for code in counts if code in ACROSS_RULES}
        return {code: n - counts[code] for code, n in there.items() if n > counts[code]}

    def beyond(self) -> tuple[Ints, Ints]:
        """Return which findings are across streams, and their numbers in ``across``."""
        which = np.flatnonzero((self.entry >= 0) & (self.code < _FIRST_OF_REPORTS))
        return which, self.entry[which]

    def between(self) -> tuple[Ints, Ints]:
        """Return which findings are between imports, and their numbers in ``imports``."""
        which = np.flatnonzero(self.code >= _FIRST_OF_REPORTS)
        return which, self.entry[which]


class Own(NamedTuple):
    """The events that have a finding, and the event of each one's root (−1: it is a root itself).

    Positions in the replay, ascending.
    """

    position: Ints
    root: Ints


def own_findings(history: History, *, roots: bool = True) -> Own:
    """Return what is wrong within the records; without ``roots`` each is taken for a root."""
    position = positions(history.replay.outcome, lambda outcome: outcome & FINDING_MASK != 0)
    if not roots:
        return Own(position, np.full(len(position), -1, np.int64))
    return Own(position, find_roots(history, position))


def find(
    history: History,
    across: Across | None = None,
    *,
    imports: BetweenImports | None = None,
    most: int | None = None,
    own: Own | None = None,
) -> Findings:
    """Return all findings of a replayed report, ordered.

    ``across`` has the findings across the streams of the whole report, of which ``history`` may
    be a part; of each code the ``most`` earliest are taken, None for all. ``imports`` has those
    between the imports of a store, ``own`` those within the records, if they are known already.
    """
    records, streams = history.records, history.streams
    position, root = own_findings(history) if own is None else own
    codes = [_OF_NUMBER[history.finding[position]]]
    found = [gather(streams.events, position)]
    places = [position]

    unsearched = history.replay.unsearched
    codes.append(np.full(len(unsearched), _POSITION[ORDER_NOT_SEARCHED], np.int32))
    found.append(streams.events[unsearched])
    places.append(unsearched)

    row_findings = {each.code: each.records for each in records.row_findings}
    row_findings[RowFault.DUPLICATE_ROW.code] = streams.duplicates
    for code, numbers in row_findings.items():
        if ROW_RULES[code].on_event and len(numbers):
            # A duplicate is no second event: it is told to be one, and nothing else.
            numbers = numbers[history.position_of_record[numbers] >= 0]
            places.append(history.position_of_record[numbers])
        else:
            places.append(np.full(len(numbers), -1, np.int64))
        codes.append(np.full(len(numbers), _POSITION[code], np.int32))
        found.append(numbers)

    unread = records.rejects.unread
    codes.append(np.full(unread, _POSITION[RowFault.MALFORMED_ROW.code], np.int32))
    found.append(-1 - np.arange(unread))
    places.append(np.full(unread, -1, np.int64))

    entries = [np.full(sum(map(len, codes)), -1, np.int64)]
    if across is not None:
        taken = across.earliest(most)
        place = across.position_in(history, taken)
        codes.append(across.code(taken[place >= 0]) + _FIRST_ACROSS)
        found.append(across.record(taken[place >= 0]))
        places.append(place[place >= 0])
        entries.append(taken[place >= 0])
    if imports is not None:
        record = imports.record
        codes.append(_BETWEEN[imports.differences.code])
        found.append(record)
        # As rows, not as events of a record: no sequence is wrong, the reports differ.
        places.append(np.full(len(record), -1, np.int64))
        entries.append(np.arange(len(record)))
    code_of, record_of, place_of, entry_of = each_column(
        np.concatenate, (codes, found, places, entries), len(position)
    )
    findings = Findings(code_of, record_of, place_of, None, across, entry_of, imports)
    # The events' own findings are the first, in the order of events.
    findings.root[: len(position)] = root
    return _ordered(history, findings)


def _ordered(history: History, findings: Findings) -> Findings:
    """By file, row, code."""
    if bool((findings.record < 0).any()):
        file, row = _places(history, findings.record)
        key = (file << 40 | row) * len(CODES) + findings.code
        return findings.take(stable_argsort(key)[0])
    # Records are numbered by file and row, so the sorted keys are the sorted findings.
    order, key = stable_argsort(findings.record << _CODE_BITS | findings.code)
    code = (key & ((1 << _CODE_BITS) - 1)).astype(np.int32)
    return Findings(
        code,
        key >> _CODE_BITS,
        gather(findings.position, order),
        gather(findings.root, order),
        findings.across,
        gather(findings.entry, order),
        findings.imports,
    )


def _places(history: History, record: Ints) -> tuple[Ints, Ints]:
    """The file number and the row of records and rejects."""
    records = history.records
    if not len(records):
        record_file, record_row = np.zeros((2, len(record)), np.int64)
    else:
        real = np.maximum(record, 0)
        record_file = records.file[real].astype(np.int64)
        record_row = records.row[real].astype(np.int64)
    unread = np.flatnonzero(record < 0)
    record_file[unread] = records.rejects.file[-1 - record[unread]]
    record_row[unread] = records.rejects.row[-1 - record[unread]]
    return record_file, record_row


def count_findings(findings: Findings) -> dict[str, int]:
    """Return the number of findings of each code that occurs."""
    counts = np.bincount(findings.code, minlength=len(CODES)).tolist()
    return {code: count for code, count in zip(CODES, counts, strict=True) if count}
