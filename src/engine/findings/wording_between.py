"""The sentences of C101 to C202: what two reports say of the same time."""

from __future__ import annotations

from collections.abc import Sequence

from engine.findings.wording import clause, quote
from engine.vocabulary import Classified

__all__ = ["backdated", "rewritten", "status_rewritten", "vanished"]

_ROOM = 40

_FIELDS = {
    "learner": "learner",
    "panorama": "Panorama",
    "content_type": "content type",
    "content_title": "content title",
    "content_id": "content id",
    "type": "type",
    "source": "source",
    "at": "timestamp",
    "id": "id",
}


def vanished(pair: Classified) -> str:
    """Say that an event is not in the later report (C101)."""
    return f"{_event(pair)}: the later report covers that time, and no longer has this row."


def rewritten(changed: Sequence[tuple[str, str, str]]) -> str:
    """Say which fields of an event are other ones now: (field, was, is) of each (C102)."""
    said = [
        f'{_FIELDS[field]} was "{quote(was, _ROOM)}" and is "{quote(now, _ROOM)}"'
        if was and now
        else f'{_FIELDS[field]} was "{quote(was, _ROOM)}" and is blank'
        if was
        else f'{_FIELDS[field]} was blank and is "{quote(now, _ROOM)}"'
        for field, was, now in changed
    ]
    return f"The row was rewritten: {', '.join(said)}."


def backdated(pair: Classified) -> str:
    """Say that an event was not in the earlier report, which went further (C201)."""
    return f"{_event(pair)}: the earlier report goes beyond that time, and did not have this row."


def status_rewritten(was: Sequence[str], now: Sequence[str], *, follows: bool) -> str:
    """Say what the status was told to be, and what it is told to have been now (C202)."""
    because = ", which follows from the rows that differ" if follows else ""
    return (
        f"By the earlier report the status was {_either(was)} at the end of the time that both "
        f"cover, by the later one {_either(now)}{because}."
    )


def _either(statuses: Sequence[str]) -> str:
    return " or ".join(status.replace("_", " ") for status in statuses)


def _event(pair: Classified) -> str:
    action = "" if pair.action is None else pair.action.label
    return f"{clause(action, pair.type)} ({quote(pair.source) or 'no source'})"
