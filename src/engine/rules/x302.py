"""X302: one title that a learner has under several content types at a time."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.texts import combined
from engine.replay.streams import ranks
from engine.replay.table import IN_CYCLE
from engine.rules.argument import Argued, CaseAcross, argued
from engine.rules.examples import records
from engine.rules.found import NOTHING, Evidence, Found, Sentences, no_evidence, one_each, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import View
from engine.rules.wording import type_name

Ints = npt.NDArray[np.int64]

_OPEN: Final = np.iinfo(np.int64).max


def find(view: View) -> Found:
    """Return where a title that a learner has already turns up under a second content type.

    Compared are *spans*: the part of one record's cycle from the first event of a content type to
    the cycle's end. (With content ids the rows of one record may differ in type.) Two spans of one
    learner and title, but of different types, overlap if the later begins before the earlier
    ends; of two that begin together the one with the type later in the alphabet counts as later.
    The finding is at the event that begins the later span, once a record.
    """
    streams = _streams(view)
    if not len(streams):
        return Found(NOTHING, no_evidence, lambda which: Sentences(which, []))
    spans = _Spans(view, streams)
    later = np.flatnonzero(spans.overlaps)
    _, first = np.unique(view.stream_of(spans.position[later]), return_index=True)
    later = later[first]
    records = view.records

    def others(which: Ints) -> Ints:
        """The event that begins the earliest span still open of another type."""
        return spans.position[[spans.other(span) for span in later[which].tolist()]]

    def because(which: Ints) -> Evidence:
        return one_each(view.record(others(which)))

    def words(which: Ints) -> Sentences:
        texts, count = records.content_types, len(records.content_types)

        def say(key: int) -> str:
            other, here = divmod(key, count)
            return _say(texts[other].as_py(), texts[here].as_py())

        other = records.content_type[view.record(others(which))].astype(np.int64)
        here = records.content_type[view.record(spans.position[later[which]])]
        return shared(other * count + here, say)

    return Found(spans.position[later], because, words)


class _Spans:
    """The spans of titles with several types, ordered by learner and title, then by beginning."""

    def __init__(self, view: View, streams: Ints) -> None:
        position, end = _opened(view, streams)
        record, records = view.record(position), view.records
        begin = view.stamp(position)
        types = ranks(records.content_type[record], records.content_types).astype(np.int64)
        titles = np.int64(max(1, len(records.content_titles)))
        owner = records.learner[record] * titles + records.content_title[record]
        order = view.in_order(record, types, begin, owner)
        order = order[end[order] > begin[order]]
        self.position, self.type, self.owner = position[order], types[order], owner[order]
        self.begin, self.end = begin[order], end[order]

    @cached_property
    def overlaps(self) -> npt.NDArray[np.bool_]:
        """Whether a span of another type is open when the span begins.

        That is so if of all earlier spans more are still open than of those of the own type.
        """
        _, owner = np.unique(self.owner, return_inverse=True)
        types = int(self.type.max(initial=0)) + 1
        times, ranked = np.unique(np.concatenate([self.begin, self.end]), return_inverse=True)
        begin, end = ranked[: len(owner)], ranked[len(owner) :]

        def still_open(group: Ints) -> Ints:
            # Spans of the groups before count as begun and as ended, and so cancel out. No span
            # is empty: what has ended when this one begins was begun earlier.
            here = group * len(times) + begin
            begun = np.sort(here * types + self.type)
            ended = np.sort(group * len(times) + end)
            return np.searchsorted(begun, here * types + self.type) - np.searchsorted(
                ended, here, side="right"
            )

        return still_open(owner) > still_open(owner * types + self.type)

    def other(self, span: int) -> int:
        """Return the earliest span of another type that is open when this one begins."""
        number = int(np.searchsorted(self.owner, self.owner[span]))
        while self.type[number] == self.type[span] or self.end[number] <= self.begin[span]:
            number += 1
        return number


def _opened(view: View, streams: Ints) -> tuple[Ints, Ints]:
    """The first event of each span of these records, and when the span ends."""
    records = view.records
    position = view.events_of(streams)
    stream = view.stream_of(position)
    open_ = view.history.replay.outcome[position] & IN_CYCLE != 0
    # A run is the events of one cycle; an event outside of any begins a run, and ends the last.
    begins = ~open_
    begins[0] = True
    begins[1:] |= stream[1:] != stream[:-1]
    run = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    ends = np.full(len(first), _OPEN)
    ended = ~open_[first[1:]] & (stream[first[1:]] == stream[first[1:] - 1])
    ends[:-1][ended] = view.stamp(position[first[1:][ended]])

    inside = np.flatnonzero(open_)
    record = view.record(position[inside])
    what, kinds = combined(
        records.content_title[record],
        max(1, len(records.content_titles)),
        records.content_type[record],
        max(1, len(records.content_types)),
    )
    _, chosen = np.unique(run[inside] * max(1, len(kinds)) + what, return_index=True)
    return position[inside[chosen]], ends[run[inside[chosen]]]


def _streams(view: View) -> Ints:
    """The records whose learner may have the title under another type."""
    records = view.records
    if records.content_id is not None:
        return _streams_by_event(view)
    # A content is a title with its type here: what the last record of each says holds for all.
    record_of = np.full(records.contents, -1, np.int64)
    record_of[view.content] = view.history.first_record
    contents = np.flatnonzero(record_of >= 0)
    title = records.content_title[record_of[contents]]
    several = np.bincount(title) > 1
    if not several.any():
        return NOTHING
    told = np.zeros(records.contents, np.bool_)
    told[contents[several[title]]] = True
    title_of = np.zeros(records.contents, np.int64)
    title_of[contents] = title
    hot = np.flatnonzero(told[view.content])
    owner = view.learner[hot].astype(np.int64) * len(several) + title_of[view.content[hot]]
    _, which, counts = np.unique(owner, return_inverse=True, return_counts=True)
    kept: Ints = hot[counts[which] > 1]
    return kept


def _streams_by_event(view: View) -> Ints:
    """The same where contents have ids, and a record may have several titles and types."""
    records, events = view.records, view.streams.events
    titles, types = max(1, len(records.content_titles)), max(1, len(records.content_types))
    title = records.content_title[events]
    _, kinds = combined(title, titles, records.content_type[events], types)
    several = np.bincount(kinds // types, minlength=titles) > 1
    return np.unique(view.stream_of(np.flatnonzero(several[title])))


def _say(other: str, here: str) -> str:
    """Say that a title turns up under a second type."""
    named = type_name(other), type_name(here)
    return "The learner has this title as {} already, and now as {} too.".format(*named)


def _argue(case: CaseAcross) -> Argued:
    (other,) = case.because
    return argued(
        f"{case.event.told.name}, at {case.event.told.at}, has this title as "
        f"{type_name(case.event.content_type)}",
        "One content has one type.",
        [
            f"{other.told.name} has the same title as {type_name(other.content_type)} since "
            f"{other.told.at}, and no row up to {case.event.told.name} ends that enrolment"
        ],
        "these are two contents that share a title, or it is one whose type was changed, and its "
        "history is cut in two",
    )


RULE = AcrossRule(
    code="X302",
    name="several-content-types",
    severity=Severity.INFO,
    what=(
        "The learner has one title under two content types at a time: the first is still open, "
        "neither revoked nor ended, as the second begins. Without content ids these are two "
        "records. The finding is at the row that begins the second, once a record."
    ),
    why=(
        "If it is one content whose type was changed, its history is cut in two: the enrolment may "
        "be in one record and the completion in the other, and both look wrong."
    ),
    false_alarm=(
        "A course and the webinar that belongs to it often share a title: that is in order. If it "
        "is one content, audit a report with content ids, which keep its rows together."
    ),
    example=records("01 enrollment registration")
    + records("02 enrollment registration").replace(",course,", ",webinar,"),
    twin=records("01 enrollment registration", "02 enrollment registration"),
    says='The learner has this title as "course" already, and now as "webinar" too.',
    find=find,
    argue=_argue,
    role="other type",
)
