"""A whole audit, slow and plain: rows → events → streams → findings and statuses.

Written from semantics.md §1, §6 and §7 alone, one row at a time; what an instant does is asked of
:mod:`engine.replay.scalar`, which has tests of its own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from strategies import Row

import engine
from engine.dialects.dialect import canonical
from engine.dialects.usual import classify
from engine.lifecycle.action import Action
from engine.lifecycle.belief import InstantOutcome, statuses
from engine.lifecycle.configuration import Status
from engine.replay.scalar import replay

Labels = tuple[str, ...]


class Event(NamedTuple):
    """An event; events of one instant compare as §6 orders them."""

    action: Action
    source_key: str
    panorama: str
    content_type: str
    title: str
    at: datetime
    learner: str
    type: str
    source: str
    code: str | None


class Finding(NamedTuple):
    code: str
    learner: str
    panorama: str
    content_type: str
    title: str
    type: str
    source: str
    at: datetime
    before: Labels
    after: Labels


Key = tuple[str, ...]


class SlowAudit(NamedTuple):
    """What an audit has to come to; ``instants`` has each stream's stamps and statuses."""

    events: int
    duplicates: int
    quarantined: int
    findings: Counter[Finding]
    instants: dict[Key, list[tuple[datetime, Labels]]]


def tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def event_of(row: Row) -> Event | None:
    found = classify(row.type, row.source)
    if found.action is None:
        return None
    return Event(
        found.action,
        canonical(row.source),
        tidy(row.panorama),
        tidy(row.content_type),
        tidy(row.title),
        row.at,
        row.email.strip().lower(),
        found.type,
        found.source,
        found.code,
    )


def slow_audit(
    rows: Sequence[Row],
    *,
    history: str = "complete",
    tolerance: float = 0,
    key: str = "email,content",
) -> SlowAudit:
    read = [event_of(row) for row in rows]
    events = set(read) - {None}
    streams: dict[Key, list[Event]] = {}
    for event in events:
        assert event is not None
        panorama = (event.panorama,) if "panorama" in key else ()
        streams.setdefault((event.learner, *panorama, event.content_type, event.title), []).append(
            event
        )
    findings: Counter[Finding] = Counter()
    after = {}
    for name, stream in streams.items():
        tied = list(instants_of(stream, tolerance))
        _, outcomes = replay(
            [tuple(event.action for event in each) for each in tied],
            partial=history == "partial",
        )
        after[name] = [
            (min(event.at for event in each), labels(statuses(outcome.belief)))
            for each, outcome in zip(tied, outcomes, strict=True)
        ]
        for each, outcome in zip(tied, outcomes, strict=True):
            findings.update(findings_of(each, outcome))
    return SlowAudit(
        len(events),
        len([event for event in read if event]) - len(events),
        read.count(None),
        findings,
        after,
    )


def instants_of(stream: Iterable[Event], tolerance: float) -> Iterable[list[Event]]:
    tied: list[Event] = []
    last = None
    for event in sorted(stream, key=lambda event: event.at):
        if last is not None and event.at - last > timedelta(seconds=tolerance):
            yield sorted(tied)
            tied = []
        tied.append(event)
        last = event.at
    yield sorted(tied)


def findings_of(tied: Sequence[Event], outcome: InstantOutcome) -> Iterable[Finding]:
    if outcome.unsearched:
        yield finding("S304", tied[0], outcome, 0)
    for position, event in enumerate(tied):
        for code in (outcome.events[position].finding, event.code):
            if code is not None:
                yield finding(code, event, outcome, position)


def finding(code: str, event: Event, outcome: InstantOutcome, position: int) -> Finding:
    done = outcome.events[position]
    return Finding(
        code,
        event.learner,
        event.panorama,
        event.content_type,
        event.title,
        event.type,
        event.source,
        event.at,
        labels(statuses(done.before)),
        labels(statuses(done.after)),
    )


def labels(found: Iterable[Status]) -> Labels:
    return tuple(status.label for status in found)


def findings_in(audit: engine.Audit) -> Counter[Finding]:
    """The findings on events of a real audit, in the same form; :mod:`slow_across` has X codes."""
    return Counter(
        Finding(
            row["code"],
            row["learner"],
            row["panorama"],
            row["content_type"],
            row["content_title"],
            row["type"],
            row["source"],
            row["at"],
            tuple(row["before"]),
            tuple(row["after"]),
        )
        for row in audit.findings.rows()
        if row["code"] not in ("R003", "R007") and row["code"][0] != "X"
    )


def key_of(row: dict[str, Any], key: str = "email,content") -> Key:
    """The stream that a row of a status or timeline table is about."""
    panorama = (row["panorama"],) if "panorama" in key else ()
    return (row["learner"], *panorama, row["content_type"], row["content_title"])


def intervals(instants: Sequence[tuple[datetime, Labels]]) -> list[tuple[datetime, Labels]]:
    """The same without the instants that change nothing."""
    return [
        each
        for number, each in enumerate(instants)
        if number == 0 or each[1] != instants[number - 1][1]
    ]
