"""Other spellings of a row that mean the same. Source: semantics.md §1, §3."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from engine.event import Event

__all__ = ["WAYS", "spelled"]

_SPELLINGS: Final[tuple[Callable[[Event], Event], ...]] = (
    lambda event: event,
    lambda event: replace(event, learner=event.learner.upper()),
    lambda event: replace(event, learner=f" {event.learner} "),
    lambda event: replace(event, content_title=f" {event.content_title} "),
    lambda event: replace(event, content_title=unicodedata.normalize("NFD", event.content_title)),
    lambda event: replace(event, type=event.type.upper()),
    lambda event: replace(event, source=event.source.upper().replace("_", "-")),
)

WAYS: Final = len(_SPELLINGS)


def spelled(event: Event, spelling: int) -> Event:
    """Return the event spelled in one of the :data:`WAYS`, 0 being as it is."""
    return _SPELLINGS[spelling](event)
