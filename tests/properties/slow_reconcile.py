"""A reconciliation, slow and plain: written from semantics.md §12, an entry at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from slow_audit import Event, event_of, instants_of
from strategies import Row

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief, statuses
from engine.lifecycle.configuration import Progress, Status
from engine.replay.scalar import replay


class Entry(NamedTuple):
    """A row of a status export; blank for what it does not say."""

    learner: str
    content_type: str
    title: str
    status: str
    certificate: str = ""
    certified_at: str = ""


class Record(NamedTuple):
    learner: str
    content_type: str
    title: str
    belief: Belief
    labels: tuple[str, ...]
    since: datetime
    certified: datetime | None


class Told(NamedTuple):
    """A finding: its code and field, whom and what it is about."""

    code: str
    field: str | None
    learner: str
    content_type: str
    title: str


class Outcome(NamedTuple):
    findings: list[Told]
    agree: int
    uncertain: int
    differ: int
    only_there: int
    only_here: int
    unread: int
    ambiguous: int


ACTIVE = {Status.ENROLLED, Status.STARTED, Status.COMPLETED, Status.CERTIFIED}
GRANTS = {action for action in Action if action.label.startswith("certify")}


def agrees(word: str, status: Status, progress: Progress) -> bool | None:
    active = status in ACTIVE
    match "".join(c for c in word.lower() if c not in "-_ "):
        case "available":
            return status == Status.NOT_ENROLLED or (active and progress == Progress.NOT_STARTED)
        case "notstarted":
            return active and progress == Progress.NOT_STARTED
        case "started":
            return active and progress == Progress.STARTED
        case "completed":
            return status == Status.CERTIFIED or (active and progress == Progress.COMPLETED)
        case "notcompleted":
            return active and progress != Progress.COMPLETED
        case "enrolled" | "certified" | "revoked" as same:
            return status.label == same
        case "notenrolled":
            return status == Status.NOT_ENROLLED
        case _:
            return None


def records_of(rows: Sequence[Row], *, partial: bool) -> list[Record]:
    streams: dict[tuple[str, str, str], set[Event]] = {}
    for row in rows:
        event = event_of(row)
        if event is not None:
            key = (event.learner, event.content_type, event.title)
            streams.setdefault(key, set()).add(event)
    records = []
    for key, events in streams.items():
        tied = list(instants_of(events, 0))
        _, done = replay([tuple(e.action for e in each) for each in tied], partial=partial)
        told = [tuple(s.label for s in statuses(each.belief)) for each in done]
        last = max(n for n in range(len(told)) if n == 0 or told[n] != told[n - 1])
        granted = [event.at for event in events if event.action in GRANTS]
        records.append(
            Record(
                *key,
                done[-1].belief,
                told[-1],
                min(event.at for event in tied[last]),
                max(granted, default=None),
            )
        )
    return records


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def slow_reconcile(
    rows: Sequence[Row], entries: Sequence[Entry], *, partial: bool = False
) -> Outcome:
    records = records_of(rows, partial=partial)
    found: list[Told] = []
    named: set[tuple[str, str, str]] = set()
    counts = dict.fromkeys(Outcome._fields[1:], 0)
    for entry in entries:
        mine = [
            r
            for r in records
            if r.learner == entry.learner.strip().lower() and fold(r.title) == fold(entry.title)
        ]
        typed = [r for r in mine if entry.content_type.strip()]
        typed = [r for r in typed if fold(r.content_type) == fold(entry.content_type)]
        mine = typed or mine
        named.update(r[:3] for r in mine)
        if agrees(entry.status, Status.ENROLLED, Progress.STARTED) is None:
            counts["unread"] += 1
            continue
        about = (entry.learner.strip().lower(), entry.content_type.strip(), entry.title.strip())
        if not mine:
            if agrees(entry.status, Status.NOT_ENROLLED, Progress.NOT_STARTED):
                counts["agree"] += 1
            else:
                counts["only_there"] += 1
                found.append(Told("C111", None, *about))
            continue
        counts["ambiguous"] += len(mine) > 1
        mine.sort(key=lambda r: r.content_type)
        record = max(mine, key=lambda r: (fits(entry, r), r.since))
        differs = not fits(entry, record)
        if differs:
            found.append(Told("C110", "status", *record[:3]))
        has = {"": None, "yes": True, "no": False}[entry.certificate]
        if (has and record.certified is None and not partial) or (
            has is False and record.labels == ("certified",)
        ):
            found.append(Told("C110", "certificate", *record[:3]))
            differs = True
        counts["differ" if differs else "agree"] += 1
        counts["uncertain"] += len(record.labels) > 1 and not differs
        if not differs and entry.certified_at and not same_day(entry, record, partial=partial):
            found.append(Told("C113", "certified_at", *record[:3]))
    for record in records:
        if record[:3] not in named:
            counts["only_here"] += 1
            found.append(Told("C112", None, *record[:3]))
    return Outcome(sorted(found, key=repr), **counts)


def fits(entry: Entry, record: Record) -> bool:
    return any(agrees(entry.status, each.status, each.progress) for each in record.belief)


def same_day(entry: Entry, record: Record, *, partial: bool) -> bool:
    if record.certified is None:
        return partial
    theirs = datetime.fromisoformat(entry.certified_at)
    if len(entry.certified_at) == len("2024-03-01"):
        return record.certified.date() == theirs.date()
    seconds = [each.replace(microsecond=0) for each in (record.certified, theirs)]
    return seconds[0] == seconds[1].replace(tzinfo=UTC)


def outcome_of(result: Any) -> Outcome:
    """What a real reconciliation came to, in the same form."""
    found = [
        Told(
            row["code"],
            row["field"],
            row["learner"],
            row["content_type"],
            row["content_title"],
        )
        for row in result.findings.rows()
    ]
    return Outcome(
        sorted(found, key=repr),
        *(getattr(result.summary, name) for name in Outcome._fields[1:]),
    )
