"""How much a file may ask of the machine before it is refused."""

from __future__ import annotations

from typing import Final

__all__ = ["BATCH_CHARS", "BATCH_ROWS", "HEAD_BYTES", "RECORD_BYTES"]

HEAD_BYTES: Final = 1 << 16
"""What is looked at to tell a file's format, encoding and header."""

RECORD_BYTES: Final = 4 << 20
"""The longest record of a text format. A real one is some hundred bytes; a longer one is a file
without line ends, or a quote that is never closed, and would otherwise fill the memory."""

BATCH_ROWS: Final = 1 << 16
"""Records that the row-by-row readers hold as Python objects at a time."""

BATCH_CHARS: Final = 32 << 20
"""As `BATCH_ROWS`, for records of extreme length."""
