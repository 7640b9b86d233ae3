"""The findings across streams, slow and plain: written from their rules, one event at a time."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from slow_audit import Event, event_of, instants_of
from strategies import Row

import engine
from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief
from engine.lifecycle.configuration import Access
from engine.replay.scalar import replay
from engine.rules import x205

FOREVER = datetime.max.replace(tzinfo=UTC)
DAY = timedelta(hours=24)
QUARTER = timedelta(minutes=15)

Pair = tuple[str, str]
AWAY: Pair = ("revoked_access", "reschedule")
HERE: Pair = ("enrollment", "reschedule")
DELETED: Pair = ("revoked_access", "course_deletion")
CREATED: tuple[Pair, ...] = (
    ("enrollment", "manager_created_user"),
    ("enrollment", "manager_bulk_user_creation"),
    ("enrollment", "registration"),
)
ENROLMENTS = [action for action in Action if action.label.startswith("enrol")]
ACTIVITY = [*ENROLMENTS, Action.START, Action.SCORM_PROGRESS, Action.COMPLETE, Action.ATTEND]


class Finding(NamedTuple):
    """A code, its event, and the events it rests on."""

    code: str
    event: Event
    because: tuple[Event, ...] = ()


class Placed(NamedTuple):
    """An event in its stream: its instant's time, and whether a cycle may be open after it."""

    event: Event
    stamp: datetime
    open_after: bool


def plain(event: Event) -> tuple[object, ...]:
    """What events are compared by where their times do not tell."""
    pair = (event.action, event.source_key, event.type)
    return (*pair, event.learner, event.title, event.content_type, event.panorama)


def pair(event: Event) -> Pair:
    return (event.type, event.source)


def may_be_open(belief: Belief) -> bool:
    return any(each.access is Access.ACTIVE for each in belief)


def streams_of(rows: Sequence[Row], history: str, tolerance: float, key: str) -> list[list[Placed]]:
    grouped: dict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in {event_of(row) for row in rows} - {None}:
        assert event is not None
        panorama = event.panorama if "panorama" in key else ""
        grouped[event.learner, panorama, event.content_type, event.title].append(event)
    streams = []
    for stream in grouped.values():
        tied = list(instants_of(stream, tolerance))
        actions = [tuple(event.action for event in each) for each in tied]
        _, outcomes = replay(actions, partial=history == "partial")
        streams.append(
            [
                Placed(
                    each[position],
                    min(event.at for event in each),
                    may_be_open(outcome.events[position].after),
                )
                for each, outcome in zip(tied, outcomes, strict=True)
                for position in outcome.order
            ]
        )
    return streams


def slow_across(
    rows: Sequence[Row],
    *,
    history: str = "complete",
    tolerance: float = 0,
    key: str = "email,content",
    reschedule_window: float = 24,
) -> Counter[Finding]:
    streams = streams_of(rows, history, tolerance, key)
    events = [placed.event for stream in streams for placed in stream]
    return Counter(
        [
            *unpaired(events, timedelta(hours=reschedule_window)),
            *after_deletion(events),
            *created_late(events),
            *mismatches(events),
            *shifted(streams),
            *panoramas(streams),
            *several_types(streams),
        ]
    )


def unpaired(events: Sequence[Event], window: timedelta) -> Iterator[Finding]:
    for learner in {event.learner for event in events}:
        own = sorted(
            (event for event in events if event.learner == learner),
            key=lambda event: (event.at, *plain(event)),
        )
        away = [event for event in own if pair(event) == AWAY]
        here = [event for event in own if pair(event) == HERE]
        while away and here:
            if abs(away[0].at - here[0].at) <= window:
                del away[0], here[0]
            elif away[0].at < here[0].at:
                yield Finding("X201", away.pop(0))
            else:
                yield Finding("X201", here.pop(0))
        yield from (Finding("X201", event) for event in away + here)


def after_deletion(events: Sequence[Event]) -> Iterator[Finding]:
    for event in events:
        content = (event.content_type, event.title)
        gone = [
            each
            for each in events
            if pair(each) == DELETED and (each.content_type, each.title) == content
        ]
        if gone and event.action in ACTIVITY:
            first = min(gone, key=lambda each: (each.at, *plain(each)))
            if event.at > first.at:
                yield Finding("X202", event, (first,))


def created_late(events: Sequence[Event]) -> Iterator[Finding]:
    for event in events:
        own = [each for each in events if each.learner == event.learner]
        first = min(own, key=lambda each: (each.at, *plain(each)))
        if pair(event) in CREATED and event.at - first.at > DAY:
            yield Finding("X203", event, (first,))


def mismatches(events: Sequence[Event]) -> Iterator[Finding]:
    needed = {"webinar_attended": "webinar", "recertify_learning_path": "learningpath"}
    for event in events:
        letters = "".join(each for each in event.content_type.lower() if each.isalpha())
        word = needed.get(event.source) if event.type == "status_change" else None
        if word and letters and word not in letters:
            yield Finding("X204", event)


def shifted(streams: Sequence[Sequence[Placed]]) -> Iterator[Finding]:
    for sequence in x205.SEQUENCES:
        pairs = 0
        inverted: list[tuple[Event, Event]] = []
        for stream in streams:
            for one, two in itertools.pairwise(stream):
                if not (one.open_after and two.open_after):
                    continue
                kinds = (one.event.action, two.event.action)
                if kinds[0] in sequence.actions and kinds[1] in sequence.followers:
                    pairs += 1
                if kinds[0] in sequence.followers and kinds[1] in sequence.actions:
                    pairs += 1
                    inverted.append((one.event, two.event))
        lags: Counter[int] = Counter()
        by_lag: dict[int, list[tuple[Event, Event]]] = defaultdict(list)
        for early, late in inverted:
            lag = late.at - early.at
            quarters = (lag + QUARTER / 2) // QUARTER
            if quarters > 0 and abs(lag - quarters * QUARTER) <= timedelta(minutes=2):
                lags[quarters] += 1
                by_lag[quarters].append((early, late))
        if not lags:
            continue
        quarters, count = max(lags.items(), key=lambda each: (each[1], -each[0]))
        if count >= x205.LEAST and 2 * count >= pairs:
            found = sorted(by_lag[quarters], key=lambda each: (each[0].at, *plain(each[0])))
            shown = [event for both in found[:10] for event in both]
            yield Finding("X205", shown[0], tuple(shown[1:]))


def panoramas(streams: Sequence[Sequence[Placed]]) -> Iterator[Finding]:
    for stream in streams:
        for one, two in itertools.pairwise(stream):
            if one.event.panorama != two.event.panorama:
                yield Finding("X301", two.event, (one.event,))
                break


class Span(NamedTuple):
    begin: datetime
    end: datetime
    event: Event

    @property
    def order(self) -> tuple[object, ...]:
        return (self.begin, self.event.content_type)


def spans_of(stream: Iterable[Placed]) -> Iterator[Span]:
    """The cycles of a stream (without content ids, each of one type)."""
    first: Placed | None = None
    for placed in stream:
        if placed.open_after and first is None:
            first = placed
        if not placed.open_after and first is not None:
            yield Span(first.stamp, placed.stamp, first.event)
            first = None
    if first is not None:
        yield Span(first.stamp, FOREVER, first.event)


def several_types(streams: Sequence[Sequence[Placed]]) -> Iterator[Finding]:
    spans = [[span for span in spans_of(each) if span.begin < span.end] for each in streams]
    every = [span for each in spans for span in each]
    every.sort(key=lambda span: (*span.order, *plain(span.event)))
    for stream in spans:
        for span in stream:
            rivals = [
                other.event
                for other in every
                if other.event.learner == span.event.learner
                and other.event.title == span.event.title
                and other.event.content_type != span.event.content_type
                and other.order < span.order
                and other.end > span.begin
            ]
            if rivals:
                yield Finding("X302", span.event, (rivals[0],))
                break


def across_in(audit: engine.Audit, rows: Sequence[Row]) -> Counter[Finding]:
    """The same findings of a real audit of a file with these rows."""

    def event(row: int) -> Event:
        found = event_of(rows[row - 2])
        assert found is not None
        return found

    return Counter(
        Finding(
            row["code"], event(row["row"]), tuple(event(each["row"]) for each in row["because"])
        )
        for row in audit.findings_of(select=["X"]).rows()
    )
