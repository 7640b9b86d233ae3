"""Histories in a line of letters: ``E S C G | R E``, read and printed back.

The notation is docs/testing.md's: an action is a letter or its name in semantics.md §3, ``/source``
chooses its source, ``|`` is a new day, ``=`` the same instant as the one before, ``+90m`` any other
distance, ``@2024-03-01T09:00:00Z`` a time. Without any of them an event is an hour after the one
before; the first is at :data:`engine.testing.plain.BEGINNING`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.arguments import checked, instance, many
from engine.arguments import text as as_text
from engine.dialects.dialect import canonical
from engine.dialects.usual import classify
from engine.errors import UsageError
from engine.event import Event
from engine.lifecycle.action import Action
from engine.testing.plain import (
    BEGINNING,
    LETTERS,
    PLAIN_SOURCES,
    SUBJECT,
    TYPE_OF,
    in_utc,
    next_day,
    subject_of,
)

__all__ = ["History", "event_of", "history", "in_notation"]

STEP: Final = timedelta(hours=1)
"""From one event to the next where the notation says nothing."""

_LETTER_OF: Final = {action: letter for letter, action in LETTERS.items()}
_NAMED: Final = LETTERS | {action.label: action for action in Action}

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<day>\|)
      | (?P<same>=)
      | \+(?P<number>\d+(?:\.\d{1,6})?)(?P<unit>[smhd])(?![\w.])
      | @(?P<time>[^\s|=]+)
      | (?P<action>[A-Za-z_-]+) (?:/(?P<source>"(?:[^"\\]|\\.)*"|[^\s|="]+))? (?=[\s|=]|$)
    )""",
    re.VERBOSE,
)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BARE: Final = re.compile(r"[^\s|=\"]+")
"""Sources that need no quotes."""


class History(tuple[Event, ...]):
    """The events of one learner and one content, by time; printed in the notation.

    Parameters
    ----------
    events:
        In any order; a time without a zone is UTC. Tied events keep the order given.

    Raises
    ------
    UsageError
        If the events are not all about the same learner and content.

    Examples
    --------
    >>> History(history("E S | G"))
    history('E S | G')
    """

    __slots__ = ()

    @checked(events=many(instance(Event), "events"))
    def __new__(cls, events: Iterable[Event]) -> History:
        """Put the events in order."""
        placed = sorted(map(in_utc, events), key=lambda event: event.at)
        if len({subject_of(event) for event in placed}) > 1:
            raise UsageError(
                "a history is one learner's of one content; make one history for each of them."
            )
        return super().__new__(cls, placed)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the events do, in their order."""
        known = (classify(event.type, event.source).action for event in self)
        return tuple(action for action in known if action is not None)

    def __str__(self) -> str:
        return in_notation(self)

    def __repr__(self) -> str:
        named = dict(zip(SUBJECT, subject_of(self[0]), strict=True)) if self else SUBJECT
        other = [f", {name}={text!r}" for name, text in named.items() if text != SUBJECT[name]]
        return f"history({str(self)!r}{''.join(other)})"


@checked(text=as_text, **dict.fromkeys(SUBJECT, as_text))
def history(
    text: str,
    *,
    learner: str = SUBJECT["learner"],
    panorama: str = SUBJECT["panorama"],
    content_type: str = SUBJECT["content_type"],
    content_title: str = SUBJECT["content_title"],
) -> History:
    """Return the history that is written in ``text``.

    Raises
    ------
    UsageError
        If something in the text is no notation: it says what, and what to write instead.

    Examples
    --------
    >>> [event.source for event in history("E S | certify_by_grant/api")]
    ['registration', 'course_started', 'api']
    >>> first, second = history("E = S")
    >>> first.at == second.at
    True
    """
    subject = {
        "learner": learner,
        "panorama": panorama,
        "content_type": content_type,
        "content_title": content_title,
    }
    events: list[Event] = []
    last: datetime | None = None
    at: datetime | None = None
    """Where the next event stands if a mark before it has said so."""
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _not_notation(text[place:].split()[0])
        place = found.end()
        if found["action"] is None:
            try:
                at = _moved(found, last, at)
            except OverflowError:
                raise UsageError(f"{found[0].strip()!r} leaves the years 1 to 9999.") from None
            continue
        if at is None:
            at = BEGINNING if last is None else last + STEP
        if last is not None and at < last:
            raise UsageError(f"{found[0].strip()!r} is earlier than what stands before it.")
        events.append(event_of(_action(found["action"]), _source(found["source"]), at, **subject))
        last, at = at, None
    if at is not None:
        raise UsageError(f"no event follows the last mark in {text!r}; write an action after it.")
    return History(events)


def event_of(action: Action, source: str | None, at: datetime, **subject: str) -> Event:
    """Return an event that does ``action``; ``source`` None is the plain one.

    Raises
    ------
    UsageError
        If a row with that source would do something else.
    """
    type_ = TYPE_OF[action]
    source = PLAIN_SOURCES[action] if source is None else source
    does = classify(type_, source).action
    if does is not action and does is not None:
        raise UsageError(
            f"{action.label}/{source} is {does.label}; write {_LETTER_OF.get(does, does.label)}"
            f"/{_written(source)}, or another source."
        )
    return Event(type=type_, source=source, at=at, **{**SUBJECT, **subject})


def in_notation(events: Iterable[Event]) -> str:
    """Return the notation of one history's events, given by time.

    Raises
    ------
    UsageError
        If an event's type is unknown, which no notation can say, or the events are not by time.
    """
    words: list[str] = []
    last: datetime | None = None
    for event in map(in_utc, events):
        words += [*_mark(last, event.at), _word(event)]
        last = event.at
    return " ".join(words)


# Reading


def _moved(found: re.Match[str], last: datetime | None, at: datetime | None) -> datetime:
    """Where a mark puts the next event; a second mark goes on from where the first has led."""
    here = at or last
    if found["day"]:
        return next_day(here or BEGINNING)
    if found["same"]:
        if here is None:
            raise UsageError("'=' stands before the first event; there is none to be tied with.")
        return here
    if found["time"]:
        return _time(found["time"])
    seconds = float(found["number"]) * _SECONDS[found["unit"]]
    return (here or BEGINNING) + timedelta(microseconds=round(seconds * 1_000_000))


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'@{text}' is no time; write it as @2024-03-01T09:00:00Z.") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _action(word: str) -> Action:
    action = _NAMED.get(word if word in LETTERS else canonical(word))
    if action is None:
        raise _not_notation(word)
    return action


def _source(written: str | None) -> str | None:
    if written is None or not written.startswith('"'):
        return written
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        raise UsageError(f"the source {written} has an unknown escape; write it as JSON.") from None


def _not_notation(word: str) -> UsageError:
    letters = " ".join(LETTERS)
    return UsageError(
        f"{word!r} is no notation; write a letter ({letters}) or an action's name such as "
        "set_completed, with /source if it matters, and | = +90m between them."
    )


# Printing


def _mark(last: datetime | None, at: datetime) -> list[str]:
    if last is None:
        return [] if at == BEGINNING else [f"@{at.replace(tzinfo=None).isoformat()}Z"]
    if at < last:
        raise UsageError("the events are not by time; make a History of them, which sorts.")
    if at - last == STEP:
        return []
    if at == last:
        return ["="]
    return ["|"] if at == next_day(last) else [_distance(at - last)]


def _distance(gap: timedelta) -> str:
    microseconds = gap // timedelta(microseconds=1)
    for unit in ("d", "h", "m"):
        whole, rest = divmod(microseconds, _SECONDS[unit] * 1_000_000)
        if not rest:
            return f"+{whole}{unit}"
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"+{seconds}" + (f".{rest:06}".rstrip("0") if rest else "") + "s"


def _word(event: Event) -> str:
    action = classify(event.type, event.source).action
    if action is None:
        raise UsageError(f"an event's type is {event.type!r}, which no notation can say.")
    name = _LETTER_OF.get(action, action.label)
    return name if event.source == PLAIN_SOURCES[action] else f"{name}/{_written(event.source)}"


def _written(source: str) -> str:
    return source if _BARE.fullmatch(source) else json.dumps(source, ensure_ascii=False)
