"""What a store has to offer to be tested by the contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from engine.testing.store_model import Counts, Status

__all__ = ["StoreBackend"]


class StoreBackend(Protocol):
    """A store under test. All moments are in UTC."""

    def import_reports(self, reports: Sequence[Path], now: datetime) -> list[Counts]:
        """Import CSV reports one after another, each as a whole, recorded ``now``."""

    def break_off(self, report: Path, now: datetime, moment: int) -> None:
        """Import a report and break off at a ``moment`` from 0 to 15, as a crash would.

        What moment is what is the backend's business; 0 should be early, and 15 may be too late.
        """

    def imports(self) -> list[tuple[datetime, Counts]]:
        """Return the recorded time of each import, and what came of its rows."""

    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        """Return the status of each record on both axes of time; None: now."""

    def findings(self, known_on: datetime | None) -> Counter[str]:
        """Return how often each R and S code is found."""

    def views(self) -> Mapping[str, object]:
        """Return all that is kept ready for those who query; compared with ``==``."""

    def rebuild(self) -> None:
        """Make all that again from the events."""

    def faults(self) -> Sequence[object]:
        """Verify; return what does not fit."""

    def head(self) -> str:
        """Return the digest that stands for everything imported; empty without any import."""

    def close(self) -> None:
        """Let all files go."""
