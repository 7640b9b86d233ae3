"""How one text is normalised, in plain Python: a live record needs no arrays."""

from __future__ import annotations

import unicodedata

__all__ = ["fold_case_text", "tidy_text"]


def tidy_text(text: str) -> str:
    """Return ``text`` trimmed and NFC-normalised (semantics.md §1)."""
    return unicodedata.normalize("NFC", text.strip())


def fold_case_text(text: str) -> str:
    """Return ``text`` trimmed and lower-cased (semantics.md §1, for the learner's address)."""
    return text.strip().lower()
