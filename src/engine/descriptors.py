"""Files that this process may have open already, as a store is while the database holds it.

Where a process closes any descriptor of a file, POSIX takes away all locks that it has on the file:
others could then write what it is reading or writing. So a file that is open is looked at through
the descriptor that is there, where the system tells it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

__all__ = ["descriptor_of", "first_bytes"]

_OURS: Final = "/dev/fd"


def descriptor_of(path: str) -> int | None:
    """Return a descriptor by which this process has a file open, None if it cannot be told."""
    with suppress(OSError):
        wanted = os.stat(path)
        for name in os.listdir(_OURS):
            with suppress(OSError):
                if os.path.samestat(os.fstat(int(name)), wanted):
                    return int(name)
    return None


def first_bytes(path: str, length: int) -> bytes:
    """Return the first bytes of a file, fewer if it is shorter.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    there = descriptor_of(path)
    if there is not None:
        with suppress(OSError):  # It may be open for writing alone, or closed by now.
            return os.pread(there, length, 0)
    with open(path, "rb", buffering=0) as file:
        return file.read(length)
