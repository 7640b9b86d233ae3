"""Which record an entry of a status export is about. Source: semantics.md §12.

An export names content by id, by type and title, or by title alone. What is closest is tried
first; of several records that a title alone fits, the one that agrees is taken for the one meant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.arrow import known, numbers, texts
from engine.columns.kernels import index_in
from engine.intake.export.statuses import StatusExport
from engine.projection.history import History
from engine.projection.standing import Standing
from engine.replay.streams import ranks

__all__ = ["Pairing", "pair"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOBODY: Final = -1


class Pairing(msgspec.Struct, frozen=True):
    """Entries and records.

    Attributes
    ----------
    stream:
        The record that each entry is compared with, −1 for none.
    ambiguous:
        Which entries fit several records.
    named:
        Which records some entry fits.
    times:
        How many entries each record is compared with.
    """

    stream: Ints
    ambiguous: Mask
    named: Mask
    times: Ints


def folded(text: str) -> str:
    """Return a title or a type without what two exports may write differently: case, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def pair(
    history: History,
    stood: Standing,
    export: StatusExport,
    agrees: npt.NDArray[np.int64],
    ours: npt.NDArray[np.int64],
    *,
    by_panorama: bool,
) -> Pairing:
    """Find the record of each entry.

    Parameters
    ----------
    agrees:
        The kinds that each entry agrees with.
    ours:
        The kinds that each record may be of.
    by_panorama:
        Whether the Panorama is part of a record's key; then that of an entry counts, if it has one.
    """
    records = history.records
    count = len(stood.last)
    found = np.full(len(export), NOBODY, np.int64)
    ambiguous = np.zeros(len(export), np.bool_)
    named = np.zeros(count, np.bool_)
    learner = _learner_codes(history, export)
    kind = ranks(records.content_type[stood.last], records.content_types)
    title_ours, title_theirs = _common(
        records.content_title[stood.last],
        records.content_titles.to_pylist(),
        export.cells.get("content_title"),
        len(export),
    )
    type_ours, type_theirs = _common(
        records.content_type[stood.last],
        records.content_types.to_pylist(),
        export.cells.get("content_type"),
        len(export),
    )
    keys: list[list[tuple[Ints, Ints]]] = []
    if records.content_id is not None and "content_id" in export.cells:
        id_ours, id_theirs = _common(
            records.content_id[stood.last],
            records.content_ids.to_pylist(),
            export.cells["content_id"],
            len(export),
        )
        keys.append([(id_ours, id_theirs)])
    if "content_title" in export.cells:
        keys += [
            [(title_ours, title_theirs), (type_ours, type_theirs)],
            [(title_ours, title_theirs)],
        ]
    panorama: list[tuple[Ints, Ints]] = []
    if by_panorama and "panorama" in export.cells:
        panorama.append(
            _common(
                records.panorama[stood.last],
                records.panoramas.to_pylist(),
                export.cells["panorama"],
                len(export),
                blank_fits=True,
            )
        )
    for columns in keys:
        parts = [(records.learner[stood.last].astype(np.int64), learner), *columns, *panorama]
        open_ = np.flatnonzero(found == NOBODY)
        open_ = open_[np.all([theirs[open_] >= 0 for _, theirs in parts], axis=0)]
        our_key, their_key = _keys([(a, b[open_]) for a, b in parts])
        order = np.argsort(our_key, kind="stable")
        low = np.searchsorted(our_key[order], their_key, side="left")
        high = np.searchsorted(our_key[order], their_key, side="right")
        alone = high - low == 1
        found[open_[alone]] = order[low[alone]]
        named[order[low[alone]]] = True
        for place in np.flatnonzero(high - low > 1).tolist():
            entry = int(open_[place])
            candidates = order[low[place] : high[place]]
            named[candidates] = True
            ambiguous[entry] = True
            fits = ours[candidates] & agrees[entry] != 0
            # The one that agrees; of those the one that changed last, then the first by type.
            best = np.lexsort([-kind[candidates], stood.since[candidates], fits])[-1]
            found[entry] = candidates[best]
    times = np.bincount(found[found >= 0], minlength=count)
    return Pairing(found, ambiguous, named, times)


def _learner_codes(history: History, export: StatusExport) -> Ints:
    """The number of each entry's learner, −1 if the report has none of that address."""
    found = index_in(texts(export.cells["learner"]), history.records.learners)
    return np.where(known(found), numbers(found), -1).astype(np.int64)


def _common(
    codes: npt.NDArray[np.int32],
    ours: Sequence[str],
    theirs: Sequence[str] | None,
    entries: int,
    *,
    blank_fits: bool = False,
) -> tuple[Ints, Ints]:
    """Numbers that are equal where the folded texts are; −1 for what the report has not.

    A blank cell of the export has −1 too, unless blanks are texts as others are.
    """
    places: dict[str, int] = {}
    of_text = np.array([places.setdefault(folded(t), len(places)) for t in ours], np.int64)
    if theirs is None:
        return of_text[codes], np.full(entries, -1, np.int64)
    told = {text: places.get(folded(text), -1) for text in set(theirs)}
    if not blank_fits:
        told[""] = -1
    return of_text[codes], np.array([told[text] for text in theirs], np.int64)


def _keys(parts: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """One number for each record and each entry, equal where all parts are."""
    ours, theirs = parts[0]
    for our_part, their_part in parts[1:]:
        width = int(max(our_part.max(initial=0), their_part.max(initial=0))) + 1
        _, dense = np.unique(
            np.concatenate([ours * width + our_part, theirs * width + their_part]),
            return_inverse=True,
        )
        ours, theirs = dense[: len(ours)].astype(np.int64), dense[len(ours) :].astype(np.int64)
    return ours, theirs
