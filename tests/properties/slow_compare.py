"""A comparison of two reports, slow and plain: written from semantics.md §11 alone.

What a stream's events come to is asked of :mod:`slow_audit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from slow_audit import Labels, event_of, slow_audit, tidy
from strategies import Row

import engine
from engine.dialects.dialect import canonical
from engine.dialects.usual import classify

MINUTE = timedelta(minutes=1)


class Identified(NamedTuple):
    """A row and its id, blank for none."""

    row: Row
    id: str = ""


class Event(NamedTuple):
    """An event as a comparison looks at it; what is compared, and a row that has it."""

    learner: str
    content_type: str
    title: str
    type: str
    at: datetime
    source: str
    title_key: str
    type_key: str
    panorama: str
    id: str
    row: Row

    @property
    def fields(self) -> tuple[Any, ...]:
        return self[:9]

    @property
    def identity(self) -> Any:
        return self.id or self.fields

    @property
    def stream(self) -> tuple[str, str, str]:
        return self[:3]


class Difference(NamedTuple):
    code: str
    learner: str
    content_type: str
    title: str
    at: datetime | None
    old: str
    new: str
    follows: bool


def events_of(rows: Sequence[Identified], *, by_id: bool) -> list[Event]:
    found: dict[Any, Event] = {}
    for row, name in rows:
        known = event_of(row)
        if known is None:
            continue
        event = Event(
            known.learner,
            known.content_type,
            known.title,
            canonical(known.type),
            known.at,
            known.source_key,
            known.title,
            known.content_type,
            known.panorama,
            tidy(name) if by_id else "",
            row,
        )
        found.setdefault(event.identity, event)
    return list(found.values())


def told_apart(rows: Sequence[Identified]) -> list[Identified]:
    """The rows, without those that equal an earlier one in all but the id."""
    found: dict[Any, Identified] = {}
    for each in rows:
        for event in events_of([each], by_id=False) or [None]:
            found.setdefault(event.fields if event else each, each)
    return list(found.values())


def set_against(
    old: list[Event], new: list[Event]
) -> tuple[list[Event], list[Event], list[tuple[Event, Event]]]:
    """The events gone, those added, and those rewritten with what they became."""
    known = {event.identity: event for event in new}
    rewritten = [
        (event, known[event.identity])
        for event in old
        if event.identity in known and known[event.identity].fields != event.fields
    ]
    met = {event.identity for event in old} & set(known)
    gone = [event for event in old if event.identity not in met]
    added = [event for event in new if event.identity not in met]
    keys: list[Callable[[Event], Any]] = [
        lambda e: e.fields,
        lambda e: (*e.stream, e.type, e.at, e.source),
        lambda e: (*e.stream, e.type, e.at),
    ]
    for key in keys:
        rewritten += paired(gone, added, key)
    return gone, added, rewritten


def slow_compare(
    old_rows: Sequence[Identified],
    new_rows: Sequence[Identified],
    *,
    by_id: bool = False,
    **options: Any,
) -> list[Difference]:
    old, new = (events_of(rows, by_id=by_id) for rows in (old_rows, new_rows))
    if not old or not new:
        return []
    found: list[Difference] = []
    changes: list[tuple[Event | None, Event | None]] = []
    gone, added, rewritten = set_against(old, new)

    first, last = min(e.at for e in new), max(e.at for e in new)
    learners, contents = {e.learner for e in new}, {e.stream[1:] for e in new}
    end = max(e.at for e in old)
    for event in gone:
        if first <= event.at <= last and event.learner in learners and event.stream[1:] in contents:
            changes.append((event, None))
            found.append(difference("C101", event, event.source, ""))
    for was, now in rewritten:
        changes.append((was, now))
        found.append(difference("C102", was, was.source, now.source))
    for event in added:
        if event.at < end - MINUTE:
            changes.append((None, event))
            found.append(difference("C201", event, "", event.source))

    as_of = min(end, last)
    if max(min(e.at for e in old), first) <= as_of:
        before = [e for e in gone if e.at < first]
        known_learners = learners & {e.learner for e in old}
        known_contents = contents & {e.stream[1:] for e in old}
        by_panorama = "panorama" in options.get("key", "email,content")
        views = [status_at(events, as_of, options) for events in (old, [*new, *before])]
        for name in sorted(set(views[0]) | set(views[1])):
            stream = (name[0], *name[-2:])
            if stream[0] not in known_learners or stream[1:] not in known_contents:
                continue
            nothing = LABELS if options.get("history") == "partial" else ("not_enrolled",)
            was, now = (view.get(name, nothing) for view in views)
            if not set(was) & set(now):
                causes = [
                    event
                    for pair in changes
                    for event in pair
                    if event is not None
                    and event.at <= as_of
                    and event.stream == stream
                    and (not by_panorama or event.panorama == name[1])
                ]
                found.append(
                    Difference("C202", *stream, as_of, " ".join(was), " ".join(now), bool(causes))
                )
    return sorted(found, key=repr)


LABELS: Labels = ("not_enrolled", "enrolled", "started", "completed", "certified", "revoked")


def difference(code: str, event: Event, old: str, new: str) -> Difference:
    return Difference(code, *event.stream, event.at, old, new, False)


def paired(
    gone: list[Event], added: list[Event], key: Callable[[Event], Any]
) -> list[tuple[Event, Event]]:
    """Take out of both what shares a key, the first in order with the first."""
    pairs = []
    for event in sorted(gone, key=order):
        partners = sorted((e for e in added if key(e) == key(event)), key=order)
        if partners:
            pairs.append((event, partners[0]))
            gone.remove(event)
            added.remove(partners[0])
    return pairs


def order(event: Event) -> Any:
    action = classify(event.row.type, event.row.source).action
    return action, event.source, event.panorama, event.content_type, event.title, event.id


def status_at(
    events: Iterable[Event], as_of: datetime, options: dict[str, Any]
) -> dict[tuple[str, ...], Labels]:
    result = slow_audit([event.row for event in events], **options)
    told = {}
    for name, instants in result.instants.items():
        until = [statuses for at, statuses in instants if at <= as_of]
        if until:
            told[name] = until[-1]
    return told


def differences_in(comparison: engine.Comparison) -> list[Difference]:
    """The findings of a real comparison in the same form."""
    found = []
    merged, differences = comparison.merged, comparison.differences
    sources = [canonical(pair.source) for pair in merged.records.pairs]
    of_place = {}
    for number, (file, row) in enumerate(
        zip(merged.records.file.tolist(), merged.records.row.tolist(), strict=True)
    ):
        of_place[file >= len(comparison.old.records.files), row] = sources[
            merged.records.pair[number]
        ]
    assert len(differences) == len(comparison.findings)
    for row in comparison.findings.rows():
        if row["code"] == "C202":
            old, new = (" ".join(row[f"{side}_status"]) for side in ("old", "new"))
        else:
            old = of_place.get((False, row["old_row"]), "")
            new = of_place.get((True, row["new_row"]), "")
        found.append(
            Difference(
                row["code"],
                row["learner"],
                row["content_type"],
                row["content_title"],
                row["at"],
                old,
                new,
                not row["root"],
            )
        )
    return sorted(found, key=repr)
