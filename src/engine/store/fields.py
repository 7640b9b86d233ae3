"""The kinds of text that a store numbers."""

from __future__ import annotations

from typing import Final

__all__ = ["FIELDS"]

FIELDS: Final = ("learner", "panorama", "content_type", "content_title", "content_id")
"""What ``field`` stands for in ``journal.texts``."""
