"""The sentences of C110 to C113: what a replay comes to, and what a status export says."""

from __future__ import annotations

from collections.abc import Sequence

from engine.findings.wording import quote

__all__ = [
    "certificate_differs",
    "date_differs",
    "missing_here",
    "missing_there",
    "status_differs",
]

_EVENTS = {
    "enrolled_at": "enrolled",
    "started_at": "started",
    "completed_at": "completed",
    "certified_at": "certified",
    "revoked_at": "revoked",
}


def status_differs(ours: Sequence[str], theirs: str) -> str:
    """Say that the statuses differ (C110)."""
    return f'The report comes to {_either(ours)}, the export says "{quote(theirs)}".'


def certificate_differs(*, theirs: bool) -> str:
    """Say that only one of the two has a certificate (C110)."""
    if theirs:
        return "The export has a certificate, and no row of the report grants one."
    return "The report comes to a certificate, and the export says that there is none."


def missing_here(theirs: str) -> str:
    """Say that the report has no such record (C111)."""
    return f'The report has no record of this, the export says "{quote(theirs)}".'


def missing_there(ours: Sequence[str]) -> str:
    """Say that the export has no such record (C112)."""
    return f"The report comes to {_either(ours)}, the export does not have this record."


def date_differs(field: str, ours: str | None, theirs: str) -> str:
    """Say that a date differs (C113)."""
    event = _EVENTS[field]
    said = f"says {event} on {ours}" if ours else f"has no row that says {event}"
    return f'The report {said}, the export "{quote(theirs)}".'


def _either(statuses: Sequence[str]) -> str:
    return " or ".join(status.replace("_", " ") for status in statuses)
