"""The true number of bad records on the reduced machine: slow, obvious, the standard library alone.

python bench/truth.py REPORT.csv

A record is bad if no order of its tied rows is possible from beginning to end. Every order of every
instant is tried. Rows that cannot be events (a cell that is needed is empty, the time is none, the
type is unknown) are left out, a new source acts by its type, and a row that is there twice counts
once: the rules of docs/semantics.md §6 and §7.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import permutations

from reduced import CLASS, SUCCESSOR, UNLISTED

Event = tuple[datetime, int]


def rows(path: str) -> Iterator[dict[str, str]]:
    """Yield each row of a report once, in any order."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        names = next(lines)
        for cells in set(map(tuple, lines)):
            yield dict(zip(names, cells, strict=True))


def events(path: str) -> dict[tuple[str, str], list[Event]]:
    """Return each record's events, in any order."""
    records: dict[tuple[str, str], list[Event]] = {}
    for cells in rows(path):
        action = CLASS.get((cells["Type"], cells["Source"]), UNLISTED.get(cells["Type"]))
        at = instant(cells["Timestamp"])
        if cells["Email"] and cells["Content Title"] and action is not None and at is not None:
            record = cells["Email"], cells["Content Title"]
            records.setdefault(record, []).append((at, action))
    return records


def instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def possible(history: list[Event]) -> bool:
    """Return whether some order of the events that share a time is possible."""
    statuses = frozenset({0})
    for at in sorted({at for at, _ in history}):
        tied = tuple(sorted(action for when, action in history if when == at))
        statuses = frozenset().union(*(after(status, tied) for status in statuses))
    return bool(statuses)


@cache
def after(status: int, tied: tuple[int, ...]) -> frozenset[int]:
    """Return every status that an order of these actions leads to without an impossible one."""
    found = set()
    for order in set(permutations(tied)):
        current: int | None = status
        for action in order:
            current = None if current is None else SUCCESSOR.get((current, action))
        if current is not None:
            found.add(current)
    return frozenset(found)


if __name__ == "__main__":
    histories = events(sys.argv[1])
    print(
        json.dumps(
            {
                "rows": sum(map(len, histories.values())),
                "records": len(histories),
                "bad": sum(not possible(history) for history in histories.values()),
            }
        )
    )
