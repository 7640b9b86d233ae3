"""Text made fit for a terminal."""

from __future__ import annotations

__all__ = ["plain_line"]


def plain_line(text: str) -> str:
    """Return ``text`` on one line, with what a terminal would act on escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text.replace("\n", " "))
