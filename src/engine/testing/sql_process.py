"""The process in which a SQL model runs, as seen from this one: started early, asked, killed.

The statement is never parsed, planned or run here, and what comes back is bounded before it is
read: whatever the statement does, it does it to a process that can be ended from outside.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

__all__ = ["MOST_BYTES", "ModelStopped", "SqlProcess"]

MOST_BYTES: Final = 4_000_000
"""How long an answer about one report may be."""

_START: Final = 60.0
"""Seconds that the process may take until it is ready."""

_GRACE: Final = 5.0
"""Seconds for a process that no longer writes to end by itself, which tells of what it died."""

_MOST_READ: Final = 2 * MOST_BYTES
"""The worker counts as it goes, and should it not, this is read of it at most."""

_NO_STATUS: Final = 1_000_000

_WATCH: Final = 0.05
"""Seconds between looks at the clock."""

_PASSED_ON: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
"""The environment that the interpreter needs, or that says what time it is; nothing else."""


class ModelStopped(Exception):  # noqa: N818  (what happened, and no fault of this program)
    """A run was ended from outside: another one may cost as much time or memory.

    Attributes
    ----------
    problem, remedy:
        What happened, and what to do about it, as clauses without a full stop.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy


class SqlProcess:
    """A worker (``sql_worker.py``), started anew when it has been ended.

    Parameters
    ----------
    start:
        What the worker is told first: the statements that create the table, and ``memory``.
    memory:
        Bytes that the worker may take beyond what it needs to start.
    """

    def __init__(self, start: dict[str, Any], *, memory: int) -> None:
        self._start = {**start, "memory": memory}
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._late = False
        self._end: Callable[[], int | None] = lambda: None
        self.closed = False
        self.start()
        threading.Thread(target=_watch, args=[weakref.ref(self)], daemon=True).start()

    def start(self) -> None:
        """Start the worker without waiting for it."""
        spec = find_spec("duckdb")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("No module named 'duckdb'", name="duckdb")
        worker = str(Path(__file__).with_name("sql_worker.py"))
        libraries = str(Path(spec.origin).parents[1])
        self._process = subprocess.Popen(
            # Isolated, and without the packages and hooks of this interpreter.
            [sys.executable, "-I", "-S", worker, libraries, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.path.abspath(os.sep),
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        self._end = weakref.finalize(self, _end, self._process)
        self._ready = False
        self._write(self._start)

    @property
    def fresh(self) -> bool:
        """Whether the worker has yet to be told the statement."""
        return self._process is None or not self._ready

    def wait(self) -> dict[str, Any]:
        """Wait until the worker is ready; what it says, which may be an error.

        Raises
        ------
        ModelStopped
            If it does not become ready.
        """
        if self._process is None:
            self.start()
        answer = self._answer(_START, "to start the database")
        self._ready = "ready" in answer
        return answer

    def ask(self, order: dict[str, Any], seconds: float, what: str) -> dict[str, Any]:
        """Return the worker's answer to one order; ``what`` it is about, for the message.

        Raises
        ------
        ModelStopped
            If it took too long or too much, or the worker is gone.
        """
        self._write({**order, "seconds": seconds, "most_bytes": MOST_BYTES})
        return self._answer(seconds, what)

    def close(self) -> None:
        """End the worker for good."""
        self.closed = True
        self._drop()

    def _write(self, order: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        text = json.dumps(order).encode()
        try:
            process.stdin.write(len(text).to_bytes(8, "little") + text)
            process.stdin.flush()
        except OSError:
            pass  # It is gone; waiting for its answer tells how.
        except BaseException:
            self._drop()
            raise

    def _answer(self, seconds: float, what: str) -> dict[str, Any]:
        process = self._process
        assert process is not None
        with self._lock:
            self._late = False
            self._deadline = time.monotonic() + seconds
        try:
            answer = _read(process)
        except BaseException:
            # An answer that nobody waits for would be taken for the next one.
            self._drop()
            raise
        finally:
            with self._lock:
                self._deadline = None
        if self._late or answer is None:
            raise self._stopped(process, seconds, what)
        if "last" in answer:
            self._drop()
        if "too_much" in answer:
            raise ModelStopped(
                f"it returns far too many rows, or far too long ones, {what}",
                "return learner, content_title, status, one row for each learner and content",
            )
        if answer.get("error") in ("OutOfMemoryException", "MemoryError"):
            raise self._too_little_memory(what)
        return answer

    def _stopped(self, process: subprocess.Popen[bytes], seconds: float, what: str) -> ModelStopped:
        """Why a worker has not answered."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        code = self._drop()
        if self._late or code == _signal("SIGXCPU"):
            return ModelStopped(
                f"it took longer than {seconds:g} s {what}, and was stopped",
                "make the SQL cheaper, or allow more with --timeout",
            )
        if code in (1, _signal("SIGABRT"), _signal("SIGKILL")):
            return self._too_little_memory(what)
        return ModelStopped(
            f"it made the database crash {what}", "write the SQL in another way, less deeply nested"
        )

    def _too_little_memory(self, what: str) -> ModelStopped:
        return ModelStopped(
            f"it needs more than {self._memory / 1e6:,.0f} MB of memory {what}",
            "make the SQL cheaper, or allow more with --memory",
        )

    def _drop(self) -> int:
        """End the worker, and forget it; its exit status."""
        self._process, self._ready = None, False
        return self._end() or 0


def _read(process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """Return an answer, None if the worker ended without one."""
    assert process.stdout is not None
    head = process.stdout.read(8)
    length = int.from_bytes(head, "little")
    if length > _MOST_READ:
        return {"too_much": True, "last": True}
    text = process.stdout.read(length)
    if len(head) < 8 or len(text) < length:
        return None
    answer: dict[str, Any] = json.loads(text)
    return answer


def _watch(process_of: Callable[[], SqlProcess | None]) -> None:
    """Kill a worker that takes too long; a thread for each run would cost more than the run."""
    while (it := process_of()) is not None and not it.closed:
        with it._lock:
            process = it._process
            if it._deadline is not None and time.monotonic() > it._deadline and process is not None:
                it._late = True
                process.kill()
        del it
        time.sleep(_WATCH)


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill a process unless it has ended; its exit status."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
    return process.wait()


def _signal(name: str) -> int:
    """The exit status of a process that this signal ended; none where there is no such signal."""
    return -int(getattr(signal, name, -_NO_STATUS))
