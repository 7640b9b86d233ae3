"""Numbers, shares and statuses as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.report.zones import Zones

__all__ = ["NOT_SHOWN", "NO_VERSION", "TIED", "counted", "either", "number", "read_as", "share"]

NO_VERSION = (
    "The report carries no content version: nothing here proves which revision a learner was "
    "trained on."
)
"""What an auditor must know of every statement made from such a report (domain.md)."""

NOT_SHOWN = "of other codes are not shown (--select, --ignore)."
"""What is said of findings that the call leaves out."""

TIED = "Rows with the same time have no known order; the order shown has the fewest errors."
"""What is said under a record some of whose events share an instant."""


def number(count: int) -> str:
    """Return 1234567 as ``1,234,567``."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 record``, ``2 records``, ``2 people``."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """Return the share in percent. Something is never shown as nothing, nor most as all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    return f"{percent:.1f} %"


def either(statuses: Iterable[str]) -> str:
    """Return ``started``, ``enrolled or started``, ``enrolled, started or completed``."""
    words = [status.replace("_", " ") for status in statuses]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def read_as(zones: Zones, history: str) -> dict[str, str]:
    """Return in words how times and histories were read."""
    held = {
        "complete": "complete: we assume that the report holds everything from the first enrolment "
        "on; if it was cut by date, add --history partial",
        "partial": "partial: we assume nothing about what came before the first row of a record",
    }[history]
    return {"Time zone": zones.fact, "History": held}
