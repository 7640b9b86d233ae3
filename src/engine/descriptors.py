"""Files that this process may have open already, as a store is while the database holds it.

Where a process closes any descriptor of a file, POSIX takes away all locks that it has on the file:
others could then write what it is reading or writing. So a file that is open is looked at through
the descriptor that is there, where the system tells it.

Small files that users write, such as a policy, are read here too: whole, but never without an end.
"""

from __future__ import annotations

import errno
import os
import select
import stat
from contextlib import suppress
from typing import Final

__all__ = ["PATIENCE", "descriptor_of", "first_bytes", "small_file"]

_OURS: Final = "/dev/fd"

PATIENCE: Final = 5.0
"""Seconds until a pipe that has nobody at its other end is given up."""

_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)


def descriptor_of(path: str) -> int | None:
    """Return a descriptor by which this process has a file open, None if it cannot be told."""
    with suppress(OSError):
        wanted = os.stat(path)
        for name in os.listdir(_OURS):
            with suppress(OSError):
                if os.path.samestat(os.fstat(int(name)), wanted):
                    return int(name)
    return None


def small_file(path: str, most: int) -> bytes:
    """Return the bytes of a file or pipe that is to have at most so many.

    Raises
    ------
    OSError
        If no file can have the name, it cannot be read, is a device, which may have no end, or has
        more; or if nobody writes to the pipe for some seconds.
    """
    try:
        os.stat(path)
    except ValueError:
        raise OSError(errno.EINVAL, "no file can have this name") from None
    with open(path, "rb", opener=lambda name, how: os.open(name, how | _AT_ONCE)) as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISFIFO(mode):
            if not select.select([file], [], [], PATIENCE)[0]:
                raise OSError(errno.EAGAIN, "nobody writes to this pipe")
            os.set_blocking(file.fileno(), True)
        elif not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "this is a device")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes")
    return data


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
