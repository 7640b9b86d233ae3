"""One row of a report, as an event. Source: semantics.md §1, domain.md ("The seven fields")."""

from __future__ import annotations

from datetime import datetime

import msgspec

__all__ = ["Event"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a report, as an event.

    ``at`` without a time zone is UTC. ``id`` is the report's own, where it has one.
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
