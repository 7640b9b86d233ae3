"""Repairs as tables: one row an edit, or beside the findings of the streams that they repair."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec.structs import replace

from engine.columns.arrow import flags, int32, lists, texts
from engine.columns.frame import Coded, Column, Frame, Nested, Numbers
from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.projection.findings import CODES, Findings
from engine.projection.history import History, pair_texts
from engine.projection.repairs import KINDS, Repairs
from engine.projection.status import learner_order, stream_columns
from engine.rules.catalogue import IMPOSSIBLE
from engine.rules.repair_wording import repair_sentence

__all__ = ["repairs_frame", "with_repairs"]

Ints = npt.NDArray[np.int64]

_ERROR_CODE: Final = np.array([code in IMPOSSIBLE for code in CODES])

_OPTIMAL: Final = flags(np.array([False, True, False]), np.array([True, True, False]))
_NOT_SAID: Final = 2


def repairs_frame(history: History, repairs: Repairs) -> Frame:
    """Return one row an edit, by learner and content, in the order of the repaired history."""
    last = history.streams.events[history.streams.starts[repairs.streams + 1] - 1]
    place = np.empty(len(last), np.int64)
    place[learner_order(history, last)] = np.arange(len(last))
    owner = repairs.owner
    columns: dict[str, Column] = {
        **stream_columns(history, last[owner]),
        "errors": Numbers(repairs.errors[owner]),
        **_what(history, repairs),
        "between_before_file": _file(history, repairs.before),
        "between_before_row": _row(history, repairs.before),
        "between_after_file": _file(history, repairs.after),
        "between_after_row": _row(history, repairs.after),
        "optimal": Coded(repairs.optimal[owner].astype(np.int32), _OPTIMAL),
        "message": _messages(history, repairs),
    }
    return Frame(columns, len(repairs)).take(np.argsort(place[owner], kind="stable"))


def with_repairs(history: History, findings: Findings, frame: Frame, repairs: Repairs) -> Frame:
    """Return the findings' frame with the repair of the stream of each error beside it."""
    errors = np.flatnonzero(_ERROR_CODE[findings.code])
    stream = np.searchsorted(history.streams.starts, findings.position[errors], side="right") - 1
    owner = np.searchsorted(repairs.streams, stream)
    sizes = np.zeros(len(findings), np.int64)
    sizes[errors] = np.diff(repairs.offsets)[owner]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    low = np.zeros(len(findings), np.int64)
    low[errors] = repairs.offsets[owner]
    edit = np.repeat(low - offsets[:-1], sizes) + np.arange(int(offsets[-1]))
    optimal = np.full(len(findings), _NOT_SAID, np.int32)
    optimal[errors] = repairs.optimal[owner]

    between = np.stack([repairs.before, repairs.after], axis=1).reshape(-1)
    what = _what(history, repairs)
    inner: dict[str, Column] = {
        **{name: what[name] for name in ("edit", "action", "alternatives", "file", "row")},
        "between": _pairs(_row(history, between).arrow()),
        "between_files": _pairs(_file(history, between).arrow()),
        "message": _messages(history, repairs),
    }
    columns: dict[str, Column] = {
        **frame.columns,
        "repair": Nested(offsets, Frame(inner, len(repairs)).take(edit)),
        "optimal": Coded(optimal, _OPTIMAL),
    }
    return replace(frame, columns=columns)


def _what(history: History, repairs: Repairs) -> dict[str, Column]:
    """What each edit is and which row it is about."""
    records = history.records
    types, sources = pair_texts(records)
    inserted = repairs.event < 0
    pair = np.zeros(len(repairs), np.int32)
    pair[~inserted] = records.pair[history.streams.events[repairs.event[~inserted]]]
    shown = np.where(inserted, len(records.pairs) + repairs.action, pair)
    # An action has one Type, and often several Sources: then an insertion leaves open which.
    pairs = [[each for each in PAIRS if each.action is action] for action in Action]
    types = pa.concat_arrays([types, texts(each[0].type for each in pairs)])
    sources = pa.concat_arrays(
        [sources, texts(each[0].source if len(each) == 1 else None for each in pairs)]
    )
    return {
        "edit": Coded(repairs.kind, texts(kind.value for kind in KINDS)),
        "action": Coded(repairs.action, texts(action.label for action in Action)),
        "alternatives": Coded(
            repairs.alternatives,
            lists([action.label for action in each] for each in repairs.alternative_sets),
        ),
        "type": Coded(shown, types),
        "source": Coded(shown, sources),
        "file": _file(history, repairs.event),
        "row": _row(history, repairs.event),
    }


def _file(history: History, position: Ints) -> Coded:
    """The file of the row of each event, null where there is none."""
    records = history.records
    codes = np.full(len(position), len(records.files), np.int32)
    known = position >= 0
    codes[known] = records.file[history.streams.events[position[known]]]
    return Coded(codes, texts([*records.files, None]))


def _row(history: History, position: Ints) -> Numbers:
    """The row of each event, null where there is none."""
    rows = np.zeros(len(position), np.int64)
    known = position >= 0
    rows[known] = history.records.row[history.streams.events[position[known]]]
    return Numbers(rows, known)


def _pairs(values: pa.Array) -> Coded:
    """Cells two by two."""
    count = len(values) // 2
    return Coded(
        np.arange(count), pa.ListArray.from_arrays(int32(np.arange(count + 1) * 2), values)
    )


def _messages(history: History, repairs: Repairs) -> Coded:
    records = history.records
    several = len(records.files) > 1

    def named(position: Ints) -> list[int | str | None]:
        rows, files = _row(history, position), _file(history, position).codes.tolist()
        return [
            None if not known else f"row {row} of {records.files[file]}" if several else row
            for known, row, file in zip(
                (position >= 0).tolist(), rows.values.tolist(), files, strict=True
            )
        ]

    kinds = [kind.value for kind in KINDS]
    labels = [action.label for action in Action]
    sets = [tuple(action.label for action in each) for each in repairs.alternative_sets]
    sentences = [
        repair_sentence(kinds[kind], labels[action], row, before, after, sets[alternatives])
        for kind, action, row, before, after, alternatives in zip(
            repairs.kind.tolist(),
            repairs.action.tolist(),
            named(repairs.event),
            named(repairs.before),
            named(repairs.after),
            repairs.alternatives.tolist(),
            strict=True,
        )
    ]
    return Coded(np.arange(len(sentences)), texts(sentences))
