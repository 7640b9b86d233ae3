"""Small reports for the tests of the command line."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]
"""The fixtures ``command`` and ``process``."""

DEMO = str(Path(__file__).parents[2] / "fixtures" / "demo.csv")

HEADER = (
    "Email",
    "Panorama Name",
    "Content Type",
    "Content Title",
    "Type",
    "Source",
    "Timestamp",
)

LEGAL = (
    ("ana@example.com", "", "course", "Fire", "enrollment", "registration", "2024-03-01T09:00:00Z"),
    (
        "ana@example.com",
        "",
        "course",
        "Fire",
        "status_change",
        "course_started",
        "2024-03-02T09:00:00Z",
    ),
)
IMPOSSIBLE = (
    "bob@example.com",
    "",
    "course",
    "Fire",
    "status_change",
    "course_completed",
    "2024-03-02T10:00:00Z",
)


def write_report(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)
