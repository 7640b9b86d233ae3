"""A temporary file that is opened by its name, on every system."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

__all__ = ["remove", "spool"]

_PREFIX: Final = "learner-engine-"


def spool(fill: Callable[[IO[bytes]], object]) -> str:
    """Return the name of a temporary file that ``fill`` has written; the caller removes it.

    It is closed by then: Windows opens no file by name that is open and to be deleted.
    """
    with tempfile.NamedTemporaryFile(prefix=_PREFIX, delete=False) as file:
        try:
            fill(file)
        except BaseException:
            file.close()
            remove(file.name)
            raise
    return file.name


def remove(path: str) -> None:
    """Remove it; what is still mapped into memory stays, on systems that want it so."""
    with suppress(OSError):
        os.unlink(path)
