"""One run of a command as a whole process: wall time, processor time, peak memory.

Nothing heavy is imported here, and nothing heavy runs in this process. A child begins with the
peak memory of the process that started it (Linux keeps it across exec), so a runner that had read
a report itself would lend its own peak to everything it measures.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from cores import ONE_THREAD, Cores, held_to

LONG = 1800
"""Seconds after which a run is ended, and counts as failed."""

_KIBIBYTE = 1 if sys.platform == "darwin" else 1024
_HERE = os.path.dirname(os.path.abspath(__file__))


class Run(NamedTuple):
    """What one run took: seconds, seconds of processor, bytes; its output and exit status."""

    wall: float
    cpu: float
    peak: int
    status: int
    out: str
    err: str

    @property
    def said(self) -> dict[str, Any]:
        """The JSON of the last line of its standard output; peers print notices before it."""
        for line in reversed(self.out.splitlines()):
            if line.startswith("{"):
                return json.loads(line)
        return {}


class FailedError(Exception):
    """A run that should have worked did not."""


def script(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a script of this folder."""
    return [sys.executable, os.path.join(_HERE, name), *arguments]


def run(
    command: Sequence[str], cores: Cores = "all", *, check: bool = True, limit: float = LONG
) -> Run:
    """Run a command and measure it.

    Raises
    ------
    FailedError
        If ``check`` and it ends with an exit status other than 0.
    """
    environment = dict(os.environ)
    if cores == "one":
        environment |= ONE_THREAD
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, held_to(cores):
        redirected = [
            (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, err.fileno(), 2),
        ]
        began = time.perf_counter()
        child = os.posix_spawn(command[0], command, environment, file_actions=redirected)
        alarm = threading.Timer(limit, os.kill, (child, signal.SIGKILL))
        alarm.start()
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - began
        alarm.cancel()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    result = Run(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        peak=used.ru_maxrss * _KIBIBYTE,
        status=os.waitstatus_to_exitcode(status),
        out=texts[0],
        err=texts[1],
    )
    if check and result.status:
        last = (result.err.strip() or "no message").splitlines()[-1]
        if result.status == -signal.SIGKILL and wall >= limit:
            last = f"it took more than {limit:.0f} s"
        raise FailedError(f"{' '.join(command)}: exit status {result.status}: {last}")
    return result
