"""Findings across records (X codes) as sentences of at most 160 characters."""

from __future__ import annotations

import functools

from engine.findings.wording import clause, quote
from engine.instants import format_utc
from engine.vocabulary import Classified

__all__ = [
    "activity_after_deletion",
    "content_type_mismatch",
    "created_after_activity",
    "panorama_name",
    "several_content_types",
    "several_panoramas",
    "shifted_clock",
    "type_name",
    "unpaired_reschedule",
]

_ROOM = 32


def unpaired_reschedule(*, arrival: bool, hours: float) -> str:
    """Say that one half of a move to another session is missing (X201)."""
    span = f"{hours:g} h"
    if arrival:
        return (
            "The learner was moved here from another session (reschedule), but lost access to "
            f"none within {span}."
        )
    return (
        "Access was lost to a move to another session (reschedule), but the learner arrived in "
        f"none within {span}."
    )


def activity_after_deletion(pair: Classified, deleted: int) -> str:
    """Say that something happened to content that was gone (X202)."""
    return f"{_event(pair)} after this content was deleted on {format_utc(deleted)[:10]}."


def created_after_activity(pair: Classified, days: int) -> str:
    """Say that an account was created for a learner whom the report knows already (X203)."""
    span = "1 day" if days == 1 else f"{days} days"
    source = quote(pair.source, _ROOM)
    return f"The account was created ({source}) {span} after the learner's first event."


def content_type_mismatch(pair: Classified, content_type: str) -> str:
    """Say that content of this type has no such rows (X204)."""
    return f'{_event(pair)}, but the content is of type "{quote(content_type, _ROOM)}".'


def shifted_clock(first: str, follower: str, *, minutes: int, inverted: int, pairs: int) -> str:
    """Say that one kind of event is early by the same time again and again (X205)."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours:,} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return (
        f"In {inverted:,} of {pairs:,} neighbouring pairs the {follower} is {' '.join(parts)} "
        f"before the {first} it follows from: a time zone was lost."
    )


def several_panoramas(before: str, here: str) -> str:
    """Say that a record goes on under another Panorama (X301)."""
    named = panorama_name(here), panorama_name(before)
    return "The record goes on under {}; the row before is of {}.".format(*named)


def several_content_types(other: str, here: str) -> str:
    """Say that a title turns up under a second type (X302)."""
    named = type_name(other), type_name(here)
    return "The learner has this title as {} already, and now as {} too.".format(*named)


def _event(pair: Classified) -> str:
    return _happened("" if pair.action is None else pair.action.label, pair.type, pair.source)


@functools.lru_cache(maxsize=256)
def _happened(action: str, type: str, source: str) -> str:
    """A thousand findings have a few dozen pairs among them."""
    return f"{clause(action, type)} ({quote(source) or 'no source'})"


def panorama_name(name: str) -> str:
    """Return a Panorama as a sentence speaks of it."""
    return f'the Panorama "{quote(name, _ROOM)}"' if name else "no Panorama (the main site)"


def type_name(name: str) -> str:
    """Return a content type as a sentence speaks of it."""
    return f'"{quote(name, _ROOM)}"' if name else "content without a type"
