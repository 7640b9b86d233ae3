"""X202: activity on content that had been deleted, for whichever learner."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.findings.wording_across import activity_after_deletion
from engine.lifecycle.belief import ENROLMENTS
from engine.projection.across.found import NOTHING, Evidence, Found, Sentences, one_each, shared
from engine.projection.across.view import Kind, View, among, parts
from engine.vocabulary import Action

__all__ = ["ACTIVITY", "activity_after_deletions"]

Ints = npt.NDArray[np.int64]

ACTIVITY: Final = ENROLMENTS | {
    Action.START,
    Action.SCORM_PROGRESS,
    Action.COMPLETE,
    Action.ATTEND,
}

_NEVER: Final = np.iinfo(np.int64).max

_FEW: Final = 8
"""One record in so many: up to then it is cheaper to fetch their events than to pass over all."""


def activity_after_deletions(view: View) -> Found:
    """Return the activity later than the first deletion row of its content."""
    records, at = view.records, view.history.at
    deletions = view.of_kind(Kind.CONTENT_DELETED)
    content = records.content[view.record(deletions)]
    deleted = np.full(records.contents, _NEVER)
    np.minimum.at(deleted, content, at[deletions])
    late = _later(view, deleted[view.content]) if len(deletions) else NOTHING

    def contents_of(which: Ints) -> Ints:
        return records.content[view.record(late[which])].astype(np.int64)

    def because(which: Ints) -> Evidence:
        wanted = np.zeros(records.contents, np.bool_)
        wanted[contents_of(which)] = True
        record = view.record(deletions[(at[deletions] == deleted[content]) & wanted[content]])
        order = record[view.in_order(record, records.content[record])]
        known, first = np.unique(records.content[order], return_index=True)
        return one_each(order[first[np.searchsorted(known, contents_of(which))]])

    def words(which: Ints) -> Sentences:
        def say(key: int) -> str:
            of_pair, of_content = divmod(key, records.contents)
            return activity_after_deletion(records.pairs[of_pair], int(deleted[of_content]))

        pair = records.pair[view.record(late[which])].astype(np.int64)
        return shared(pair * records.contents + contents_of(which), say)

    return Found("X202", late, because, words)


def _later(view: View, limit: Ints) -> Ints:
    """The activity later than ``limit``, which holds a time for each stream."""
    at, action, starts = view.history.at, view.history.action, view.streams.starts
    sizes = np.diff(starts)
    streams = np.flatnonzero(view.ended > limit)
    if len(streams) * _FEW > len(limit):
        found = [NOTHING]
        for part in parts(len(limit)):
            low, high = int(starts[part.start]), int(starts[part.stop])
            later = at[low:high] > np.repeat(limit[part], sizes[part])
            found.append(np.flatnonzero(later & among(action[low:high], ACTIVITY)) + low)
        return np.concatenate(found)
    # Few contents are ever deleted, and few records go on after that.
    position = view.events_of(streams)
    later = at[position] > np.repeat(limit[streams], sizes[streams])
    return position[later & among(action[position], ACTIVITY)]
