"""One row of a report, as an event. Source: semantics.md §1, domain.md ("The seven fields")."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from engine.arguments import text, time_of_event

__all__ = ["Event"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a report, as an event.

    ``at`` without a time zone is UTC. ``id`` is the report's own, where it has one.

    Raises
    ------
    UsageError
        If a field is no text, or ``at`` no date and time within the years 1 to 9999 in UTC.
    """

    type: str
    source: str
    at: datetime
    learner: str = ""
    panorama: str = ""
    content_type: str = ""
    content_title: str = ""
    content_id: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        for name in _TEXTS:
            text(getattr(self, name), f"{name} of an event")
        time_of_event(self.at, "at of an event")


_TEXTS: Final = tuple(name for name in Event.__struct_fields__ if name != "at")
