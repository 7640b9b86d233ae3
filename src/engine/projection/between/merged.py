"""Two reports in one table, so that equal texts have equal numbers in both.

Source: semantics.md §1 (what a stream is), §11 (what makes two events the same).
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import numbers, texts
from engine.columns.slices import gather
from engine.columns.texts import Codes, Texts, combined
from engine.dialects.dialect import Classified, canonical
from engine.records import Quarantine, Records, content_codes

__all__ = ["Merged", "dense", "merge", "merged_within"]

Ints = npt.NDArray[np.int64]


class Merged(msgspec.Struct, frozen=True):
    """The records of both reports, those of the earlier one first.

    Attributes
    ----------
    records:
        All of them; ``kept`` tells which are events or repeat one.
    boundary:
        How many are the earlier report's.
    by_event_id:
        Whether both reports have ids, by which their events are told apart.
    by_content_id:
        Whether both have content ids.
    """

    records: Records
    boundary: int
    by_event_id: bool
    by_content_id: bool

    def of_old(self) -> npt.NDArray[np.bool_]:
        """Return which of the kept records are the earlier report's."""
        kept = self.records.kept.copy()
        kept[self.boundary :] = False
        return kept

    def of_new(self) -> npt.NDArray[np.bool_]:
        """Return which of the kept records are the later report's."""
        kept = self.records.kept.copy()
        kept[: self.boundary] = False
        return kept


def merge(old: Records, new: Records) -> Merged:
    """Put two reports into one table.

    A column of ids that only one of them has is left out: by it nothing could be compared.
    """
    learner, learners = _joined(old.learner, old.learners, new.learner, new.learners)
    panorama, panoramas = _joined(old.panorama, old.panoramas, new.panorama, new.panoramas)
    types, type_texts = _joined(
        old.content_type, old.content_types, new.content_type, new.content_types
    )
    titles, title_texts = _joined(
        old.content_title, old.content_titles, new.content_title, new.content_titles
    )
    event_id, event_ids = _joined_ids(old.event_id, old.event_ids, new.event_id, new.event_ids)
    content_id, content_ids = _joined_ids(
        old.content_id, old.content_ids, new.content_id, new.content_ids
    )
    content, contents = content_codes(
        types, type_texts, titles, title_texts, content_id, content_ids
    )
    pair, pairs = _joined_pairs(old, new)
    records = Records(
        files=[*old.files, *new.files],
        file=np.concatenate([old.file, new.file + np.int32(len(old.files))]),
        row=np.concatenate([old.row, new.row]),
        at=np.concatenate([old.at, new.at]),
        learner=learner,
        learners=learners,
        panorama=panorama,
        panoramas=panoramas,
        content_type=types,
        content_types=type_texts,
        content_title=titles,
        content_titles=title_texts,
        content=content,
        contents=contents,
        pair=pair,
        pairs=pairs,
        event_id=event_id,
        event_ids=event_ids,
        content_id=content_id,
        content_ids=content_ids,
        kept=np.concatenate([old.kept, new.kept]),
        rejects=Quarantine.none(),
        row_findings=[],
        timezone=new.timezone,
        notes=[],
        dialect=new.dialect,
    )
    return Merged(records, len(old), event_id is not None, content_id is not None)


def merged_within(
    records: Records, old: Ints, new: Ints, *, by_event_id: bool, by_content_id: bool
) -> Merged:
    """Put rows of one table side by side, as if they were two reports.

    Without ``by_event_id``, ``by_content_id`` the ids of that kind are left out.
    """
    chosen = records.taken(np.concatenate([old, new]))
    if not by_event_id:
        chosen.event_id, chosen.event_ids = None, texts([])
    if records.content_id is not None and not by_content_id:
        chosen.content_id, chosen.content_ids = None, texts([])
        chosen.content, chosen.contents = content_codes(
            chosen.content_type,
            chosen.content_types,
            chosen.content_title,
            chosen.content_titles,
        )
    return Merged(chosen, len(old), by_event_id, by_content_id)


def _joined(old: Codes, old_texts: Texts, new: Codes, new_texts: Texts) -> tuple[Codes, Texts]:
    encoded = pa.concat_arrays([old_texts, new_texts]).dictionary_encode()
    places = numbers(encoded.indices)
    first, second = places[: len(old_texts)], places[len(old_texts) :]
    return np.concatenate([gather(first, old), gather(second, new)]), encoded.dictionary


def _joined_ids(
    old: Codes | None, old_texts: Texts, new: Codes | None, new_texts: Texts
) -> tuple[Codes | None, Texts]:
    if old is None or new is None:
        return None, texts([])
    return _joined(old, old_texts, new, new_texts)


def _joined_pairs(old: Records, new: Records) -> tuple[Codes, list[Classified]]:
    """One list of pairs; of several spellings the first in the alphabet is shown."""
    places: dict[tuple[str, str], int] = {}
    pairs: list[Classified] = []
    mapping = []
    for pair in (*old.pairs, *new.pairs):
        place = places.setdefault((canonical(pair.type), canonical(pair.source)), len(pairs))
        mapping.append(place)
        if place == len(pairs):
            pairs.append(pair)
        elif (pair.type, pair.source) < (pairs[place].type, pairs[place].source):
            pairs[place] = pair
    numbered = np.array(mapping, np.int32)
    first, second = numbered[: len(old.pairs)], numbered[len(old.pairs) :]
    return np.concatenate([gather(first, old.pair), gather(second, new.pair)]), pairs


def dense(*columns: tuple[npt.NDArray[Any], int]) -> tuple[Codes, int]:
    """Return one number for each combination of codes that occurs, and how many there are.

    Each column is its codes and the number above them all.
    """
    codes, count = columns[0]
    for other, others in columns[1:]:
        codes, keys = combined(codes, max(1, count), other, max(1, others))
        count = len(keys)
    return codes, count
