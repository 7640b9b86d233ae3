"""The reports that are measured; made once, and again when the generator has changed."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import run

_ROOT = Path(__file__).resolve().parent.parent
_GENERATOR = _ROOT / "src" / "engine" / "synthesis"

ENGINE = str(Path(sys.executable).parent / "learner-engine")

KINDS = {
    "plain": [],
    "tied": ["--ties", "0.1"],
    "dirty": ["--dirty", "0.01"],
    "damaged": ["--errors", "0.5"],
}
"""Every report is newest first, with 3 % damaged histories. Tied: a row in ten has the very time of
the row before it. Dirty: a row in a hundred has a bad time, a new source or an empty cell. Damaged:
every second history is, so that a row in seven has a finding."""

_HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"

_CYCLE = (
    ("revoked_access", "access_expiration"),
    ("certificate_grant", "course_completed"),
    ("status_change", "course_completed"),
    ("status_change", "course_started"),
    ("enrollment", "license_access"),
)
"""A legal cycle, newest first."""


class Reports:
    """The reports in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def generated(self, kind: str, rows: int) -> str:
        """Return a synthetic report of this kind and size."""
        path = self.folder / f"{kind}-{rows}.csv"
        changed = max(each.stat().st_mtime for each in _GENERATOR.glob("*.py"))
        if not path.exists() or path.stat().st_mtime < changed:
            options = ["--rows", str(rows), "--errors", "0.03", *KINDS[kind]]
            run([ENGINE, "generate", *options, "-o", str(path)])
        return str(path)

    def one_stream(self, events: int) -> str:
        """Return a report of one long history: the same learner and content in every row."""
        start = 1_000_000_000

        def row(number: int) -> list[str]:
            type_, source = _CYCLE[number % len(_CYCLE)]
            return [*_WHO, "course", "Long", type_, source, str(start + 60 * (events - number))]

        return self._written(f"one-stream-{events}.csv", events - events % len(_CYCLE), row)

    def one_instant(self, events: int) -> str:
        """Return a report of one instant of one stream.

        The client portals differ, which are no part of what identifies a stream: equal rows would
        be duplicates, and five events would be left.
        """

        def row(number: int) -> list[str]:
            type_, source = _CYCLE[number % len(_CYCLE)]
            who = [_WHO[0], f"Portal {number}"]
            return [*who, "course", "Crowded", type_, source, "2024-05-01T10:00:00Z"]

        return self._written(f"one-instant-{events}.csv", events, row)

    def _written(self, name: str, rows: int, row: Callable[[int], list[str]]) -> str:
        path = self.folder / name
        if not path.exists():
            draft = path.with_suffix(".tmp")
            with draft.open("w", encoding="utf-8", newline="") as file:
                file.write(f"{_HEADER}\n")
                lines: Any = csv.writer(file, lineterminator="\n")
                lines.writerows(map(row, range(rows)))
            os.replace(draft, path)
        return str(path)

    def output(self) -> str:
        """Return where an audit is written; each run writes over it."""
        return str(self.folder / "audit.json")


_WHO = ["ana@example.com", "Portal"]


def warm(path: str) -> None:
    """Read a file once, so that no contestant has the disk to wait for."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
