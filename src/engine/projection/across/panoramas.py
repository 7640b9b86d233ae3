"""X301: one record under several Panoramas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.columns.slices import gather
from engine.findings.wording_across import several_panoramas
from engine.projection.across.found import NOTHING, Evidence, Found, Sentences, one_each, shared
from engine.projection.across.view import View, by_parts

__all__ = ["changed_panoramas"]

Ints = npt.NDArray[np.int64]


def changed_panoramas(view: View) -> Found:
    """Return for each record the first event whose Panorama is not that of the event before.

    A blank Panorama is one of them: the main site.
    """
    records = view.records
    changed = _changes(view)

    def because(which: Ints) -> Evidence:
        return one_each(view.record(changed[which] - 1))

    def words(which: Ints) -> Sentences:
        texts, count = records.panoramas, len(records.panoramas)

        def say(key: int) -> str:
            before, here = divmod(key, count)
            return several_panoramas(texts[before].as_py(), texts[here].as_py())

        before = records.panorama[view.record(changed[which] - 1)].astype(np.int64)
        return shared(before * count + records.panorama[view.record(changed[which])], say)

    return Found("X301", changed, because, words)


def _changes(view: View) -> Ints:
    records = view.records
    if len(records.panoramas) < 2:
        return NOTHING
    # The Panorama is the learner's, so most learners have one. Only records of the others are
    # looked into: to go through the rows as they stand is cheaper than to fetch them in order.
    learner, panorama = records.learner, records.panorama
    some = np.zeros(len(records.learners), np.min_scalar_type(len(records.panoramas)))
    some[view.learner] = gather(panorama, view.history.first_record)
    mixed = np.zeros(len(records.learners), np.bool_)

    def mark(part: slice) -> Ints:
        differs = some.take(learner[part], mode="clip") != panorama[part]
        if differs.any():
            mixed[learner[part][differs]] = True
        return NOTHING

    by_parts(len(learner), mark)
    if not mixed.any():
        return NOTHING
    position = view.events_of(np.flatnonzero(mixed[view.learner]))
    panorama = records.panorama[view.record(position)]
    stream = view.stream_of(position)
    differs = np.flatnonzero((panorama[1:] != panorama[:-1]) & (stream[1:] == stream[:-1])) + 1
    _, first = np.unique(stream[differs], return_index=True)
    return position[differs[first]]
