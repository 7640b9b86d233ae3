"""What the imports of a store say of each other, slow and plain: from semantics.md §11 alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from slow_compare import MINUTE, Event, Identified, events_of, set_against


class Told(NamedTuple):
    """A finding: the row's import and the other one's, and the sources there."""

    code: str
    learner: str
    title: str
    at: datetime
    where: int
    other: int
    source: str


def slow_imports(reports: Sequence[Sequence[Identified]], *, by_id: bool) -> list[Told]:
    found: list[Told] = []
    origin: dict[Event, int] = {}
    standing: list[Event] = []
    told: list[Event] = []
    windows: list[tuple[datetime, datetime]] = []
    for number, rows in enumerate(reports):
        new = events_of(rows, by_id=by_id)
        if not new:
            continue
        first, last = min(e.at for e in new), max(e.at for e in new)
        if windows:
            gone, added, rewritten = set_against(standing, new)
            for was, now in rewritten:
                found.append(_told("C102", now, number, origin[was]))
            learners, contents = {e.learner for e in new}, {e.stream[1:] for e in new}
            for event in gone:
                named = event.learner in learners and event.stream[1:] in contents
                if first <= event.at <= last and named and event not in told:
                    told.append(event)
                    found.append(_told("C101", event, origin[event], number))
            ends = [end for begin, end in windows if begin <= last and first <= end]
            late = [event for event in added if ends and event.at < max(ends) - MINUTE]
            found += [_told("C201", event, number, -1) for event in late]
            standing = gone
        for event in new:
            origin[event] = number
        told = [event for event in told if event not in new]
        standing = [*standing, *new]
        windows.append((first, last))
    return sorted(found)


def _told(code: str, event: Event, where: int, other: int) -> Told:
    return Told(code, event.learner, event.title, event.at, where, other, event.source)
