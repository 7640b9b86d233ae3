"""What an event is unless something else is said: its source, its time, whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from engine.dialects.usual import PAIRS
from engine.event import Event
from engine.lifecycle.action import Action

__all__ = [
    "BEGINNING",
    "LETTERS",
    "PLAIN_SOURCES",
    "SUBJECT",
    "TYPE_OF",
    "in_utc",
    "next_day",
    "subject_of",
]

BEGINNING: Final = datetime(2024, 1, 1, 9, tzinfo=UTC)
"""When a history begins, and the hour at which a new day does."""

LETTERS: Final[dict[str, Action]] = {
    "E": Action.ENROL,
    "P": Action.ENROL_BY_COURSE_PURCHASE,
    "M": Action.ENROL_BY_MANAGER,
    "S": Action.START,
    "C": Action.COMPLETE,
    "A": Action.ATTEND,
    "U": Action.SET_UNKNOWN,
    "G": Action.CERTIFY_FOR_COMPLETION,
    "X": Action.CERTIFY_FOR_EXAM,
    "R": Action.REVOKE,
}
"""The frequent actions; the others are written by name."""

SUBJECT: Final[dict[str, str]] = {
    "learner": "ana@example.com",
    "panorama": "",
    "content_type": "course",
    "content_title": "Fire Safety",
}
"""Whose history it is unless something else is said."""

TYPE_OF: Final = {pair.action: pair.type for pair in PAIRS}
"""Action → the type of the rows that do it."""
PLAIN_SOURCES: Final[dict[Action, str]] = {
    **{pair.action: pair.source for pair in reversed(PAIRS)},
    Action.ENROL: "registration",
    Action.ENROL_BY_MANAGER: "manager_course_enrollment",
}
"""Action → the source that it has unless one is named."""


def next_day(at: datetime) -> datetime:
    """Return when the day after begins."""
    day = at + timedelta(days=1)
    return day.replace(hour=BEGINNING.hour, minute=0, second=0, microsecond=0)


def in_utc(event: Event) -> Event:
    """Return the event with its time in UTC, which is also what a time without a zone is in."""
    if event.at.tzinfo is UTC:
        return event
    at = event.at.astimezone(UTC) if event.at.tzinfo else event.at.replace(tzinfo=UTC)
    values = {name: getattr(event, name) for name in Event.__struct_fields__}
    return Event(**(values | {"at": at}))


def subject_of(event: Event) -> tuple[str, str, str, str]:
    """Return whose event it is, in the order of :data:`SUBJECT`."""
    return event.learner, event.panorama, event.content_type, event.content_title
