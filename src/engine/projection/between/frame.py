"""The findings between two reports, one a row."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import flags, lists, texts
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.dialects.dialect import canonical
from engine.instants import format_utc_column
from engine.projection.between.differences import (
    BACKDATED,
    BETWEEN_CODES,
    REWRITTEN,
    STATUS,
    VANISHED,
    Differences,
)
from engine.projection.between.merged import Merged
from engine.projection.history import pair_texts, possible_column
from engine.records import Records
from engine.replay.streams import pair_ranks, ranks
from engine.replay.table import STATUS_MASK, statuses_of_mask
from engine.rules.catalogue import REPORTS_RULES

__all__ = ["FIELDS", "changed_fields", "difference_messages", "differences_frame"]

Ints = npt.NDArray[np.int64]

_SAY: Final = [rule.say for rule in REPORTS_RULES.values()]

FIELDS: Final = (
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "content_id",
    "type",
    "source",
    "at",
    "id",
)
"""The fields of a row that may be rewritten, in the order in which they are told."""


def differences_frame(merged: Merged, found: Differences, as_of: int | None) -> Frame:
    """Return the findings, ordered by learner, content, time and code.

    ``as_of`` is when the statuses that differ are told of.
    """
    records = merged.records
    order = _order(records, found, as_of)
    code, old, new = found.code[order], found.old[order], found.new[order]
    shown = np.where((old >= 0) & (code != STATUS), old, np.where(new >= 0, new, old))
    changed = changed_fields(records, found)
    types, sources = pair_texts(records)
    pair = records.pair[shown]
    root = found.root[order]
    follows = root >= 0
    # Where the root stands: in the later report if it has that row, else in the earlier one.
    causes = (
        np.where(found.new >= 0, found.new, found.old)[np.maximum(root, 0)] if len(found) else root
    )
    columns: dict[str, Column] = {
        "code": Coded(code, texts(BETWEEN_CODES)),
        "name": Coded(code, texts(rule.name for rule in REPORTS_RULES.values())),
        "severity": Coded(code, texts(rule.severity.value for rule in REPORTS_RULES.values())),
        "learner": Coded(records.learner[shown], records.learners),
        "panorama": Coded(records.panorama[shown], records.panoramas),
        "content_type": Coded(records.content_type[shown], records.content_types),
        "content_title": Coded(records.content_title[shown], records.content_titles),
        "type": Coded(pair, types),
        "source": Coded(pair, sources),
        "at": Instants(np.where(code == STATUS, as_of or 0, records.at[shown])),
        **_place(records, "old", old),
        **_place(records, "new", new),
        "changed": Coded(changed[order], _CHANGED),
        "old_status": possible_column(found.old_mask[order]),
        "new_status": possible_column(found.new_mask[order]),
        "message": difference_messages(records, found, changed).take(order),
        "root": Coded((~follows).astype(np.int32), flags(np.array([False, True]))),
    }
    at_root = _place(records, "root", np.where(follows, causes, -1))
    columns |= {name: at_root[name] for name in ("root_row", "root_file")}
    return Frame(columns, len(order))


def changed_fields(records: Records, found: Differences) -> npt.NDArray[np.int64]:
    """Return which fields were rewritten, bit n for the n-th of :data:`FIELDS`."""
    changed = np.zeros(len(found), np.int64)
    which = np.flatnonzero(found.code == REWRITTEN)
    old, new = found.old[which], found.new[which]
    types = {pair.type: number for number, pair in enumerate(records.pairs)}
    type_of = np.array([types[pair.type] for pair in records.pairs], np.int32)
    source_of = np.array(_source_codes(records), np.int32)
    columns = {
        "learner": records.learner,
        "panorama": records.panorama,
        "content_type": records.content_type,
        "content_title": records.content_title,
        "content_id": records.content_id,
        "at": records.at,
        "id": records.event_id,
    }
    for bit, field in enumerate(FIELDS):
        if field in ("type", "source"):
            of_pair = type_of if field == "type" else source_of
            differs = of_pair[records.pair[old]] != of_pair[records.pair[new]]
        elif (column := columns[field]) is None:
            continue
        else:
            differs = column[old] != column[new]
        changed[which] |= differs.astype(np.int64) << bit
    return changed


def _source_codes(records: Records) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(canonical(pair.source), len(numbers)) for pair in records.pairs]


_CHANGED: Final = lists(
    [field for bit, field in enumerate(FIELDS) if mask >> bit & 1]
    for mask in range(1 << len(FIELDS))
)


def _order(records: Records, found: Differences, as_of: int | None) -> Ints:
    """By learner, content, time and code; what is left by fields, so that no row order shows."""
    shown = np.where(found.old >= 0, found.old, found.new)
    if not len(found):
        return shown
    at = np.where(found.code == STATUS, as_of or 0, records.at[shown])
    keys: list[npt.NDArray[Any]] = [
        ranks(records.panorama[shown], records.panoramas),
        pair_ranks(records)[records.pair[shown]],
        found.code,
        at,
        ranks(records.content_type[shown], records.content_types),
        ranks(records.content_title[shown], records.content_titles),
        ranks(records.learner[shown], records.learners),
    ]
    return np.lexsort(keys)


def _place(records: Records, name: str, record: Ints) -> dict[str, Column]:
    """File and row of these records, null for −1."""
    known = record >= 0
    number = np.maximum(record, 0)
    nowhere = len(records.files)
    file = np.where(known, _at(records.file, number), nowhere)
    return {
        f"{name}_file": Coded(file, texts([*records.files, None])),
        f"{name}_row": Numbers(np.where(known, _at(records.row, number), 0), known),
    }


def _at(values: npt.NDArray[np.integer], where: Ints) -> npt.NDArray[np.integer]:
    return values[where] if len(values) else np.zeros(len(where), values.dtype)


def difference_messages(records: Records, found: Differences, changed: Ints) -> Coded:
    """Return one sentence each; findings that say the same share it."""
    which = np.zeros(len(found), np.int64)
    said: list[str] = []
    for code, rows in ((VANISHED, found.old), (BACKDATED, found.new)):
        mine = np.flatnonzero(found.code == code)
        kinds, place = np.unique(records.pair[rows[mine]], return_inverse=True)
        which[mine] = len(said) + place
        said += [_SAY[code](records.pairs[kind]) for kind in kinds.tolist()]
    mine = np.flatnonzero(found.code == STATUS)
    width = STATUS_MASK + 1
    kind = (found.old_mask[mine].astype(np.int64) * width + found.new_mask[mine]) * 2
    kinds, place = np.unique(kind + (found.root[mine] >= 0), return_inverse=True)
    which[mine] = len(said) + place
    for each in kinds.tolist():
        masks, follows = divmod(each, 2)
        was, now = ([s.label for s in statuses_of_mask(m)] for m in divmod(masks, width))
        said.append(_SAY[STATUS](was, now, follows=bool(follows)))
    mine = np.flatnonzero(found.code == REWRITTEN)
    if len(mine):
        place, sentences = _rewritten(records, found.old[mine], found.new[mine], changed[mine])
        which[mine] = len(said) + place
        said += sentences
    return Coded(which.astype(np.int32), texts(said))


def _rewritten(records: Records, old: Ints, new: Ints, changed: Ints) -> tuple[Ints, list[str]]:
    """The sentence of each rewritten row, each distinct change of codes put in words once."""
    columns: dict[str, tuple[npt.NDArray[np.integer], pa.Array]] = {
        "learner": (records.learner, records.learners),
        "panorama": (records.panorama, records.panoramas),
        "content_type": (records.content_type, records.content_types),
        "content_title": (records.content_title, records.content_titles),
        "type": (records.pair, pair_texts(records)[0]),
        "source": (records.pair, pair_texts(records)[1]),
    }
    if records.content_id is not None:
        columns["content_id"] = (records.content_id, records.content_ids)
    if records.event_id is not None:
        columns["id"] = (records.event_id, records.event_ids)
    keys: list[npt.NDArray[np.integer]] = [changed]
    for bit, field in enumerate(FIELDS):
        differs = changed >> bit & 1 != 0
        column = records.at if field == "at" else columns[field][0] if field in columns else None
        if column is not None and differs.any():
            keys += [np.where(differs, column[rows], 0) for rows in (old, new)]
    _, first, place = np.unique(
        np.stack([key.astype(np.int64) for key in keys], axis=1),
        axis=0,
        return_index=True,
        return_inverse=True,
    )
    sentences = []
    for each in first.tolist():
        mask, said = int(changed[each]), []
        for bit, field in enumerate(FIELDS):
            if mask >> bit & 1:
                both = np.array([old[each], new[each]])
                if field == "at":
                    was, now = format_utc_column(records.at[both]).to_pylist()
                else:
                    codes, values = columns[field]
                    was, now = (values[int(code)].as_py() for code in codes[both])
                said.append((field, was, now))
        sentences.append(_SAY[REWRITTEN](said))
    return place.reshape(-1), sentences
