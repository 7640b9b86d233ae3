"""X202: activity on content that had been deleted, for whichever learner."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import Classified
from engine.instants import format_utc
from engine.lifecycle.action import Action
from engine.lifecycle.belief import ENROLMENTS
from engine.rules.argument import Argued, CaseAcross, argued, row_says
from engine.rules.examples import of_learner, records
from engine.rules.found import NOTHING, Evidence, Found, Many, Sentences, one_each, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import Kind, View, among, by_parts
from engine.rules.wording import happened

__all__ = ["ACTIVITY", "RULE"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ACTIVITY: Final = ENROLMENTS | {Action.START, Action.SCORM_PROGRESS, Action.COMPLETE, Action.ATTEND}

_NEVER: Final = np.iinfo(np.int64).max

_FEW: Final = 8
"""One content in so many: up to then to fetch what goes on is cheaper than to mark all events."""


def find(view: View) -> Found:
    """Return the activity later than the first deletion row of its content."""
    records, at = view.records, view.history.at
    deletions = view.of_kind(Kind.CONTENT_DELETED)
    content = records.content[view.record(deletions)]
    deleted = np.full(records.contents, _NEVER)
    np.minimum.at(deleted, content, at[deletions])

    def contents_of(position: Ints) -> Ints:
        return records.content[view.record(position)].astype(np.int64)

    def because(position: Ints) -> Evidence:
        wanted = np.zeros(records.contents, np.bool_)
        wanted[contents_of(position)] = True
        record = view.record(deletions[(at[deletions] == deleted[content]) & wanted[content]])
        known, record = view.first_of_each(records.content, record)
        return one_each(record[np.searchsorted(known, contents_of(position))])

    def words(position: Ints) -> Sentences:
        def say(key: int) -> str:
            of_pair, of_content = divmod(key, records.contents)
            return _say(records.pairs[of_pair], int(deleted[of_content]))

        pair = view.history.pair[position].astype(np.int64)
        return shared(pair * records.contents + contents_of(position), say)

    if np.count_nonzero(deleted < _NEVER) * _FEW > records.contents:
        return Many(_marked(view, deleted), because, words)
    streams = by_parts(len(view.content), lambda part: _going_on(view, deleted, part))
    position, later = _events(view, deleted, streams)
    late = position[later & among(view.history.action[position], ACTIVITY)]
    return Found(late, lambda which: because(late[which]), lambda which: words(late[which]))


def _going_on(view: View, deleted: Ints, part: slice) -> Ints:
    """The streams of this part that have events later than the deletion of their content."""
    content = view.content[part]
    streams = np.flatnonzero((deleted < _NEVER)[content])
    limit = deleted[content[streams]]
    streams += part.start
    going: Ints = streams[view.ended(streams) > limit]
    return going


def _events(view: View, deleted: Ints, streams: Ints) -> tuple[Ints, Mask]:
    """The events of these streams, and whether they are later than the deletion."""
    starts, position = view.streams.starts, view.events_of(streams)
    limit = np.repeat(deleted[view.content[streams]], starts[streams + 1] - starts[streams])
    return position, view.history.at[position] > limit


def _marked(view: View, deleted: Ints) -> Mask:
    """Whether each event is activity later than the deletion of its content."""
    action, starts = view.history.action, view.streams.starts
    late = np.empty(len(action), np.bool_)

    def mark(part: slice) -> Ints:
        low, high = int(starts[part.start]), int(starts[part.stop])
        late[low:high] = among(action[low:high], ACTIVITY)
        # Most began after the deletion. Only in the others one event differs from the next.
        before = view.began(part) <= deleted[view.content[part]]
        position, later = _events(view, deleted, np.flatnonzero(before) + part.start)
        late[position] &= later
        return NOTHING

    by_parts(len(view.content), mark)
    return late


def _say(pair: Classified, deleted: int) -> str:
    """Say that something happened to content that was gone."""
    return f"{happened(pair)} after this content was deleted on {format_utc(deleted)[:10]}."


def _argue(case: CaseAcross) -> Argued:
    (deletion,) = case.because
    whose = "the same learner" if deletion.learner == case.event.learner else deletion.learner
    return argued(
        row_says(case.event.told),
        "Content that was deleted can no longer be taken, by anybody.",
        [
            f"{deletion.told.name}, a row of {whose}, says that this content was deleted "
            f"({deletion.told.source}), at {deletion.told.at}"
        ],
        "the content was not deleted for everybody, or was restored, or another content bears "
        "the same title",
    )


_DELETED = records("01 enrollment registration", "02 revoked_access course_deletion")

RULE = AcrossRule(
    code="X202",
    name="activity-after-content-deletion",
    severity=Severity.WARNING,
    what=(
        "Somebody was enrolled in the content, started, completed or attended it after it had been "
        "deleted. The first row that says so may be any learner's."
    ),
    why=(
        "What is deleted cannot be taken. Either it was not deleted for all, or another content "
        "bears the same name, and then the records of two trainings are mixed up."
    ),
    false_alarm=(
        "Content may be restored, or made anew under the old title: common for yearly courses. A "
        "report with content ids keeps the two apart. If one learner's access alone was taken "
        "away, the source should be another one than course_deletion."
    ),
    example=_DELETED + of_learner("ben@example.com", "03 enrollment registration"),
    twin=_DELETED + of_learner("ben@example.com", "02 enrollment registration"),
    says=("The learner was enrolled (registration) after this content was deleted on 2024-03-02."),
    find=find,
    argue=_argue,
    role="deletion",
)
