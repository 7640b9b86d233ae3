"""X203: an enrolment that comes with a new account, for a learner who is known already."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.findings.wording_across import created_after_activity
from engine.projection.across.found import Evidence, Found, Sentences, one_each, shared
from engine.projection.across.view import Kind, View, parts

__all__ = ["created_after_activities"]

Ints = npt.NDArray[np.int64]

_DAY: Final = 86_400_000_000
_NEVER: Final = np.iinfo(np.int64).max


def created_after_activities(view: View) -> Found:
    """Return the enrolments of new accounts more than a day after the learner's first event."""
    records, at = view.records, view.history.at
    created = view.of_kind(Kind.ACCOUNT_CREATED)
    first = np.full(len(records.learners), _NEVER)
    if len(created):
        for part in parts(len(view.learner)):
            np.minimum.at(first, view.learner[part], view.began(part))
    delay = at[created] - view.of(first, records.learner, created)
    late, delay = created[delay > _DAY], delay[delay > _DAY]

    def because(which: Ints) -> Evidence:
        learner = records.learner[view.record(late[which])]
        wanted = np.zeros(len(records.learners), np.bool_)
        wanted[learner] = True
        streams = np.flatnonzero(wanted[view.learner])
        streams = streams[view.began(streams) == first[view.learner[streams]]]
        earliest = view.events_of(streams)
        earliest = earliest[at[earliest] == view.of(first, records.learner, earliest)]
        known, record = view.first_of_each(records.learner, view.record(earliest))
        return one_each(record[np.searchsorted(known, learner)])

    def words(which: Ints) -> Sentences:
        pairs = len(records.pairs)

        def say(key: int) -> str:
            days, pair = divmod(key, pairs)
            return created_after_activity(records.pairs[pair], days)

        return shared(delay[which] // _DAY * pairs + records.pair[view.record(late[which])], say)

    return Found("X203", late, because, words)
