"""One record, driven event by event, live. Source: semantics.md §3–§6."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec

from engine.arguments import checked, choice, instance
from engine.columns.normal import fold_case_text, tidy_text
from engine.dialects.dialect import canonical
from engine.dialects.usual import classify
from engine.errors import UsageError
from engine.event import Event
from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    ORDER_NOT_SEARCHED,
    Belief,
    advance_instant,
    initial_belief,
    statuses,
)
from engine.lifecycle.configuration import Status

__all__ = ["Applied", "Event", "Finding", "Record"]


class Finding(msgspec.Struct, frozen=True):
    """A sequence finding on one event, and the statuses possible before and after it."""

    code: str
    event: Event
    before: tuple[Status, ...]
    after: tuple[Status, ...]


class Applied(NamedTuple):
    """The record's belief state after an event, and the finding on that event, if any."""

    belief: Belief
    finding: Finding | None


class _Placed(NamedTuple):
    at: datetime
    action: Action
    source: str
    id: str
    rest: tuple[str, ...]
    event: Event


class Record:
    """One learner's record of one piece of content.

    Events may come in any order: a late one is put where its time belongs, and what follows is
    replayed. Events at one instant are tied (§6).

    Parameters
    ----------
    history:
        ``"partial"`` if the record may have begun before its first event (§5).

    Examples
    --------
    >>> from datetime import datetime
    >>> record = Record()
    >>> applied = record.apply(
    ...     Event(type="status_change", source="course_completed", at=datetime(2024, 3, 1))
    ... )
    >>> applied.finding.code, [status.label for status in record.possible]
    ('S101', ['completed'])
    """

    @checked(history=choice("complete", "partial"))
    def __init__(self, *, history: Literal["complete", "partial"] = "complete") -> None:
        self._partial = history == "partial"
        self._events: list[_Placed] = []
        self._known: set[tuple[object, ...]] = set()
        self._learner = ""
        self._content_id = ""
        self._content = ("", "")
        # For each instant: its time, the belief after it, its findings.
        self._instants: list[tuple[datetime, Belief, tuple[Finding, ...]]] = []

    @property
    def belief(self) -> Belief:
        """The configurations that the record may be in now."""
        if self._instants:
            return self._instants[-1][1]
        return initial_belief((), partial=self._partial)

    @property
    def possible(self) -> tuple[Status, ...]:
        """The possible statuses; one if it is certain."""
        return statuses(self.belief)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far, by time. A tied or late event may change those of its neighbours."""
        return tuple(finding for _, _, found in self._instants for finding in found)

    @checked(event=instance(Event))
    def apply(self, event: Event) -> Applied:
        """Add one event, and return the new belief state and the finding on that event.

        An event with the id of an earlier one, or identical to it in every field, is that one:
        it changes nothing and has no finding.

        Raises
        ------
        UsageError
            If the event's type is none of the four, or it is of another learner or other content
            than those before it. What an event does not say (an empty field) is not compared.
        """
        classified = classify(event.type, event.source)
        if classified.action is None:
            raise UsageError(
                f"the event's type is {event.type!r}; it must be enrollment, status_change, "
                "revoked_access or certificate_grant."
            )
        # In UTC, since times of one zone compare by their wall clock, whichever of two it is.
        at = event.at.astimezone(UTC) if event.at.tzinfo else event.at.replace(tzinfo=UTC)
        self._refuse_another(event)
        rest = (event.panorama, event.content_type, event.content_title)
        id_ = tidy_text(event.id)
        same: tuple[object, ...] = (id_,)
        if not id_:
            words = (classified.type, canonical(event.source), *map(tidy_text, rest))
            same = (at, tidy_text(event.content_id), *words)
        if same in self._known:
            return Applied(self.belief, None)
        self._known.add(same)
        placed = _Placed(at, classified.action, canonical(event.source), event.id, rest, event)
        low = bisect_left(self._events, at, key=lambda each: each.at)
        high = bisect_right(self._events, at, key=lambda each: each.at)
        tied = sorted([*self._events[low:high], placed], key=lambda each: each[1:5])
        self._events[low:high] = tied
        self._replay_from(at)
        return Applied(self.belief, self._finding_on(placed.event, at))

    def _refuse_another(self, event: Event) -> None:
        learner, content_id = fold_case_text(event.learner), tidy_text(event.content_id)
        content = tidy_text(event.content_type), tidy_text(event.content_title)
        if learner and self._learner and learner != self._learner:
            raise UsageError(
                f"the event is of {learner!r}, but this is the record of {self._learner!r}; "
                "keep one Record for each learner and content."
            )
        by_id = bool(content_id and self._content_id)
        by_title = not (content_id or self._content_id) and content[1] and self._content[1]
        if (by_id and content_id != self._content_id) or (by_title and content != self._content):
            there, here = (
                (content_id, self._content_id) if by_id else (content[1], self._content[1])
            )
            raise UsageError(
                f"the event is of the content {there!r}, but this is the record of {here!r}; "
                "keep one Record for each learner and content."
            )
        self._learner = self._learner or learner
        self._content_id = self._content_id or content_id
        self._content = self._content if self._content[1] else content

    def _finding_on(self, event: Event, at: datetime) -> Finding | None:
        place = bisect_left(self._instants, at, key=lambda instant: instant[0])
        for _, _, found in self._instants[place : place + 1]:
            for finding in found:
                if finding.event is event and finding.code != ORDER_NOT_SEARCHED:
                    return finding
        return None

    def _replay_from(self, moment: datetime) -> None:
        kept = bisect_left(self._instants, moment, key=lambda instant: instant[0])
        del self._instants[kept:]
        position = bisect_left(self._events, moment, key=lambda each: each.at)
        while position < len(self._events):
            at = self._events[position].at
            end = bisect_right(self._events, at, key=lambda each: each.at)
            self._play(self._events[position:end])
            position = end

    def _play(self, tied: list[_Placed]) -> None:
        actions = tuple(each.action for each in tied)
        if self._instants:
            before = self._instants[-1][1]
        else:
            before = initial_belief(actions, partial=self._partial)
        outcome = advance_instant(before, actions)
        found = []
        if outcome.unsearched:
            first = outcome.events[0]
            found.append(
                Finding(
                    ORDER_NOT_SEARCHED,
                    tied[0].event,
                    statuses(first.before),
                    statuses(first.after),
                )
            )
        for position in outcome.order:
            each = outcome.events[position]
            if each.finding is not None:
                found.append(
                    Finding(
                        each.finding,
                        tied[position].event,
                        statuses(each.before),
                        statuses(each.after),
                    )
                )
        self._instants.append((tied[0].at, outcome.belief, tuple(found)))
