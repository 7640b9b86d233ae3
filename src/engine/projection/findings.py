"""The findings of an audit, one a row, with their evidence.

Source: interface.md (fields and order), semantics.md §7 and §8.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow
from engine.columns.frame import Coded, Column, Frame, Instants, Nested, Numbers
from engine.columns.kernels import take
from engine.columns.order import stable_argsort
from engine.columns.slices import positions
from engine.columns.texts import dense
from engine.findings.catalogue import CATALOGUE
from engine.findings.wording import row_sentence, sentence
from engine.lifecycle.belief import ORDER_NOT_SEARCHED
from engine.projection.across import Across
from engine.projection.between.differences import BETWEEN_CODES
from engine.projection.evidence import evidence
from engine.projection.history import History, pair_texts, possible_column
from engine.projection.roots import find_roots
from engine.records import ROW_CODES, Quarantine
from engine.replay.table import (
    AFTER_SHIFT,
    BEFORE_SHIFT,
    FINDING_CODES,
    FINDING_MASK,
    STATUS_MASK,
    statuses_of_mask,
)

if TYPE_CHECKING:
    from engine.projection.between.imports import BetweenImports

__all__ = [
    "CODES",
    "Findings",
    "count_findings",
    "find",
    "findings_frame",
    "masks",
    "messages",
    "reasons",
]

Ints = npt.NDArray[np.int64]

CODES: Final = tuple(CATALOGUE)
"""Codes in their order; a finding's ``code`` is a position here."""

_CODE_BITS: Final = len(CODES).bit_length()
_POSITION: Final = {code: position for position, code in enumerate(CODES)}
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

    def unlisted(self) -> dict[str, int]:
        """Return how many more findings across streams there are, by code, of codes listed here."""
        if self.across is None:
            return {}
        counts = count_findings(self)
        there = {code: self.across.count(code) for code in counts if code[0] == "X"}
        return {code: n - counts[code] for code, n in there.items() if n > counts[code]}

    def beyond(self) -> tuple[Ints, Ints]:
        """Return which findings are across streams, and their numbers in ``across``."""
        which = np.flatnonzero((self.entry >= 0) & (self.code < _POSITION["C101"]))
        return which, self.entry[which]

    def between(self) -> tuple[Ints, Ints]:
        """Return which findings are between imports, and their numbers in ``imports``."""
        which = np.flatnonzero(self.code >= _POSITION["C101"])
        return which, self.entry[which]


def find(
    history: History,
    across: Across | None = None,
    *,
    imports: BetweenImports | None = None,
    most: int | None = None,
    roots: bool = True,
) -> Findings:
    """Return all findings of a replayed report, ordered.

    ``across`` has the findings across the streams of the whole report, of which ``history`` may
    be a part; of each code the ``most`` earliest are taken, None for all. ``imports`` has those
    between the imports of a store. Without ``roots`` each finding is taken for a root: which are
    is not found out.
    """
    records, streams = history.records, history.streams
    position = positions(history.replay.outcome, lambda outcome: outcome & FINDING_MASK != 0)
    codes = [_OF_NUMBER[history.finding[position]]]
    found = [streams.events[position]]
    places = [position]

    unsearched = history.replay.unsearched
    codes.append(np.full(len(unsearched), _POSITION[ORDER_NOT_SEARCHED], np.int32))
    found.append(streams.events[unsearched])
    places.append(unsearched)

    row_findings = {each.code: each.records for each in records.row_findings}
    row_findings["R007"] = streams.duplicates
    for code, numbers in row_findings.items():
        if code in ("R004", "R006", "R008") and len(numbers):
            # A duplicate is no second event: it has R007 and nothing else.
            numbers = numbers[history.position_of_record[numbers] >= 0]
            places.append(history.position_of_record[numbers])
        else:
            places.append(np.full(len(numbers), -1, np.int64))
        codes.append(np.full(len(numbers), _POSITION[code], np.int32))
        found.append(numbers)

    unread = records.rejects.unread
    codes.append(np.full(unread, _POSITION["R001"], np.int32))
    found.append(-1 - np.arange(unread))
    places.append(np.full(unread, -1, np.int64))

    entries = [np.full(sum(map(len, codes)), -1, np.int64)]
    if across is not None:
        taken = across.earliest(most)
        place = across.position_in(history, taken)
        codes.append(across.code(taken[place >= 0]) + _POSITION["X201"])
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
    findings = Findings(
        np.concatenate(codes),
        np.concatenate(found),
        np.concatenate(places),
        None,
        across,
        np.concatenate(entries),
        imports,
    )
    if roots:
        # The events' own findings are the first, in the order of events.
        findings.root[: len(position)] = find_roots(history, position)
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
        findings.position[order],
        findings.root[order],
        findings.across,
        findings.entry[order],
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


def findings_frame(history: History, findings: Findings) -> Frame:
    """Return the findings with the fields of interface.md."""
    records = history.records
    file, row = _places(history, findings.record)
    known = findings.record >= 0
    number = np.maximum(findings.record, 0)
    before, after = masks(history, findings)
    everything = bool(known.all())
    types, sources = pair_texts(records)
    pair = _at(records.pair, number)
    shown_pair = pair if everything else np.where(known, pair, len(records.pairs))

    def coded(cells: npt.NDArray[np.int32], texts: pa.Array) -> Coded:
        return Coded(cells, texts if everything else pa.concat_arrays([texts, _NULL]))

    def of_record(codes: npt.NDArray[np.int32], texts: pa.Array) -> Coded:
        cells = _at(codes, number)
        return coded(cells if everything else np.where(known, cells, len(texts)), texts)

    at_known = None
    if not (known.all() and records.kept.all()):
        at_known = known & (_at(records.kept, number))
    columns: dict[str, Column] = {
        "code": Coded(findings.code, arrow.texts(CODES)),
        "name": Coded(findings.code, arrow.texts(CATALOGUE[code].name for code in CODES)),
        "severity": Coded(
            findings.code, arrow.texts(CATALOGUE[code].severity.value for code in CODES)
        ),
        "learner": of_record(records.learner, records.learners),
        "panorama": of_record(records.panorama, records.panoramas),
        "content_type": of_record(records.content_type, records.content_types),
        "content_title": of_record(records.content_title, records.content_titles),
        "type": coded(shown_pair, types),
        "source": coded(shown_pair, sources),
        "at": Instants(_at(records.at, number), at_known),
        "file": Coded(file, arrow.texts(records.files)),
        "row": Numbers(row),
        "before": possible_column(before),
        "after": possible_column(after),
        "message": messages(history, findings),
        "because": _because(history, findings, types, sources),
        **_roots(history, findings),
    }
    return Frame(columns, len(findings))


_NULL: Final = arrow.texts([None])


def _at(values: npt.NDArray[Any], where: Ints) -> npt.NDArray[Any]:
    """``values[where]``; nothing to take from an empty array, whose answer nobody reads."""
    return values[where] if len(values) else np.zeros(len(where), values.dtype)


def masks(history: History, findings: Findings) -> tuple[Ints, Ints]:
    """Return the statuses possible before and after each finding's event, as bit sets."""
    outcome = np.where(
        findings.position >= 0, _at(history.replay.outcome, findings.position), 0
    ).astype(np.int64)
    return outcome >> BEFORE_SHIFT & STATUS_MASK, outcome >> AFTER_SHIFT & STATUS_MASK


@cache
def _labels(mask: int) -> tuple[str, ...]:
    return tuple(status.label for status in statuses_of_mask(mask))


def messages(history: History, findings: Findings) -> Coded:
    """Return one sentence each; equal findings share theirs."""
    records = history.records
    pair = _at(records.pair, np.maximum(findings.record, 0))
    before, _ = masks(history, findings)
    width = max(1, len(records.pairs))
    codes, kinds = dense(
        (findings.code.astype(np.int64) * width + pair) * (STATUS_MASK + 1) + before,
        len(CODES) * width * (STATUS_MASK + 1),
    )
    texts: list[str] = []
    for kind in kinds.tolist():
        rest, mask = divmod(kind, STATUS_MASK + 1)
        code_position, pair_number = divmod(rest, width)
        code = CODES[code_position]
        if code.startswith("S"):
            classified = records.pairs[pair_number]
            texts.append(
                sentence(
                    code,
                    type=classified.type,
                    source=classified.source,
                    action="" if classified.action is None else classified.action.label,
                    before=_labels(mask),
                )
            )
        elif code.startswith("X"):
            texts.append("")
        else:
            texts.append(_ROW_DETAILS[code](history, pair_number) if code in _ROW_DETAILS else "")
    beyond, entry = findings.beyond()
    if findings.across is not None and len(beyond):
        said = findings.across.words(entry)
        codes[beyond] = said.codes + len(texts)
        texts += said.texts
    between, entry = findings.between()
    if findings.imports is not None and len(between):
        words = findings.imports.words(entry)
        codes[between] = words.codes + len(texts)
        texts += words.values.to_pylist()
    message = Coded(codes, arrow.texts(texts))
    own = np.flatnonzero(findings.code < _POSITION["S101"])
    detailed = own[np.isin(findings.code[own], [_POSITION[code] for code in _DETAILED])]
    if not len(detailed):
        return message
    record = findings.record[detailed]
    place = np.where(record < 0, -1 - record, records.rejects.row_of_record(record))
    which, sentences = reasons(records.rejects, place)
    replaced = codes.copy()
    replaced[detailed] = len(texts) + which
    return Coded(replaced, pa.concat_arrays([message.values, sentences]))


_DETAILED: Final = ("R001", "R002", "R003", "R005")


def reasons(quarantine: Quarantine, rows: Ints) -> tuple[Ints, pa.StringArray]:
    """Say why these rows are in quarantine: for each the number of its sentence."""
    width = max(1, len(quarantine.details))
    kinds, which = np.unique(
        quarantine.code[rows].astype(np.int64) * width + quarantine.detail[rows],
        return_inverse=True,
    )
    sentences = [arrow.texts([])]
    for low in range(0, len(kinds), _SENTENCES):
        part = kinds[low : low + _SENTENCES]
        details = take(quarantine.details, arrow.int64(part % width)).to_pylist()
        codes = [str(ROW_CODES[code]) for code in (part // width).tolist()]
        sentences.append(arrow.texts(map(row_sentence, codes, details)))
    return which, pa.concat_arrays(sentences)


_SENTENCES: Final = 1 << 16
"""Sentences that are Python objects at a time."""


def _source_of(code: str) -> Callable[[History, int], str]:
    return lambda history, pair: row_sentence(code, history.records.pairs[pair].source)


_ROW_DETAILS: Final[dict[str, Callable[[History, int], str]]] = {
    "R004": _source_of("R004"),
    "R006": lambda history, pair: row_sentence("R006", ""),
    "R007": lambda history, pair: row_sentence("R007", ""),
    "R008": _source_of("R008"),
}


def _roots(history: History, findings: Findings) -> dict[str, Column]:
    """Whether each finding is a root, and where the root of a consequence is."""
    records = history.records
    follows = np.flatnonzero(findings.root >= 0)
    roots, which = np.unique(findings.root[follows], return_inverse=True)
    codes = np.zeros(len(findings), np.int32)
    codes[follows] = which + 1
    record = history.streams.events[roots]
    known = np.arange(len(roots) + 1) > 0
    row = np.append(0, _at(records.row, record))
    file = [records.files[each] for each in _at(records.file, record).tolist()]
    return {
        "root": Coded(codes, arrow.flags(~known)),
        "root_row": Coded(codes, arrow.int64(row, known)),
        "root_file": Coded(codes, arrow.texts([None, *file])),
    }


def _because(history: History, findings: Findings, types: pa.Array, sources: pa.Array) -> Nested:
    records = history.records
    offsets, positions = evidence(history, findings.position, findings.code, CODES)
    counts, number = np.diff(offsets), history.streams.events[positions]
    owners, numbers = [np.repeat(np.arange(len(counts)), counts)], [number]
    beyond, entry = findings.beyond()
    if findings.across is not None and len(beyond):
        found = findings.across.because(entry)
        counts[beyond] = found.counts
        owners.append(np.repeat(beyond, found.counts))
        numbers.append(found.records)
    between, entry = findings.between()
    if findings.imports is not None and len(between):
        counts[between] = 1
        owners.append(between)
        numbers.append(findings.imports.because[entry])
    if len(owners) > 1:
        number = np.concatenate(numbers)[np.argsort(np.concatenate(owners), kind="stable")]
        offsets = np.concatenate([[0], np.cumsum(counts)])
    pair = _at(records.pair, number)
    columns: dict[str, Column] = {
        "file": Coded(_at(records.file, number), arrow.texts(records.files)),
        "row": Numbers(_at(records.row, number)),
        "type": Coded(pair, types),
        "source": Coded(pair, sources),
        "at": Instants(_at(records.at, number)),
    }
    return Nested(offsets, Frame(columns, len(number)))
