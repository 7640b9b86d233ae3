"""File contents made fit to be quoted in a one-line message."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["listing", "plain"]


def plain(text: str, limit: int = 60) -> str:
    """`text` on one line: what a terminal would act on is escaped, what is long is cut."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"


def listing(names: Iterable[str], limit: int = 20) -> str:
    """The names for a message, at most `limit` of them."""
    every = list(names)
    shown = ", ".join(plain(name) or "(blank)" for name in every[:limit])
    return shown if len(every) <= limit else f"{shown}, and {len(every) - limit} more"
