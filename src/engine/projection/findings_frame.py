"""The findings of an audit in words, one a row, with their evidence.

Source: interface.md (fields), semantics.md §7 and §8.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow
from engine.columns.frame import Coded, Column, Frame, Instants, Nested, Numbers
from engine.columns.kernels import take
from engine.columns.slices import beside
from engine.columns.texts import dense
from engine.dialects.dialect import RowFault
from engine.projection.evidence import evidence
from engine.projection.findings import CODES, Findings
from engine.projection.history import History, pair_texts, possible_column
from engine.records import Quarantine
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.rules.catalogue import CATALOGUE, ROW_RULES
from engine.rules.rule import RowRule, SequenceRule
from engine.rules.wording import row_sentence, sentence

__all__ = ["findings_frame", "masks", "messages", "reasons"]

Ints = npt.NDArray[np.int64]


def findings_frame(history: History, findings: Findings) -> Frame:
    """Return the findings with the fields of interface.md."""
    records = history.records
    types, sources = pair_texts(records)
    # Looking for the evidence takes as long as all the rest.
    with beside(lambda: _because(history, findings, types, sources)) as because:
        return _frame(history, findings, types, sources, because)


def _frame(
    history: History,
    findings: Findings,
    types: pa.Array,
    sources: pa.Array,
    because: Callable[[], Nested],
) -> Frame:
    """The same; ``because`` waits for the evidence."""
    records = history.records
    file, row = findings.places(history)
    known = findings.record >= 0
    number = np.maximum(findings.record, 0)
    before, after = masks(history, findings)
    everything = bool(known.all())
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
        "because": because(),
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
        rule = CATALOGUE[code]
        if isinstance(rule, SequenceRule):
            classified = records.pairs[pair_number]
            texts.append(
                sentence(
                    rule,
                    type=classified.type,
                    source=classified.source,
                    action="" if classified.action is None else classified.action.label,
                    before=_labels(mask),
                )
            )
        elif isinstance(rule, RowRule) and not rule.sets_aside:
            detail = records.pairs[pair_number].source if rule.names_source else ""
            texts.append(row_sentence(rule, detail))
        else:
            texts.append("")  # What is said of it depends on more than this.
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
    own = np.flatnonzero(findings.code < len(ROW_RULES))
    detailed = own[np.isin(findings.code[own], _DETAILED)]
    if not len(detailed):
        return message
    record = findings.record[detailed]
    place = np.where(record < 0, -1 - record, records.rejects.row_of_record(record))
    which, sentences = reasons(records.rejects, place)
    replaced = codes.copy()
    replaced[detailed] = len(texts) + which
    return Coded(replaced, pa.concat_arrays([message.values, sentences]))


_DETAILED: Final = [CODES.index(code) for code, rule in ROW_RULES.items() if rule.sets_aside]


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
        rules = [ROW_RULES[RowFault(code).code] for code in (part // width).tolist()]
        sentences.append(arrow.texts(map(row_sentence, rules, details)))
    return which, pa.concat_arrays(sentences)


_SENTENCES: Final = 1 << 16
"""Sentences that are Python objects at a time."""


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
