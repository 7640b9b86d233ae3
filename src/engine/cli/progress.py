"""What is being done, shown on standard error while it takes long. Nothing without a terminal."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from engine.report.plain import plain_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

__all__ = ["Progress"]

_PATIENCE: Final = 1.0
"""Seconds until the bar shows. Most work is over by then, and rich is never imported for it."""


class Progress:
    """A context in which :meth:`stage` tells what is being done now.

    The bar appears when the work has taken a second, and goes when the context ends.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._wanted = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._bar: Bar | None = None
        self._task: Any = None
        self._stage = ""
        self._over = False

    def __enter__(self) -> Progress:
        if self._wanted:
            self._timer = threading.Timer(_PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stage(self, words: str) -> None:
        """Say what begins now."""
        if not self._wanted:
            return
        with self._lock:
            self._stage = plain_line(words)
            if self._bar is not None:
                self._bar.update(self._task, words=self._stage)

    def stop(self) -> None:
        """Take the bar away: what follows is written to the same terminal."""
        with self._lock:
            self._over = True
            if self._timer is not None:
                self._timer.cancel()
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        with self._lock:
            if self._over:
                return
            self._bar = Bar(
                SpinnerColumn(),
                BarColumn(bar_width=20),
                TimeElapsedColumn(),
                TextColumn("{task.fields[words]}", markup=False),
                console=Console(stderr=True, markup=False, highlight=False, emoji=False),
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, words=self._stage)
            self._bar.start()
