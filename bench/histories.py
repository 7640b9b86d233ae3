"""A report's histories by the csv module: the reader of the peers that have none of their own."""

from __future__ import annotations

import csv

from reduced import CLASS


def read(path: str) -> list[list[int]]:
    """Return each record's classes of action, oldest first. Of equal times the order is any."""
    histories: dict[tuple[str, str], list[tuple[str, int]]] = {}
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        place = {name: index for index, name in enumerate(next(rows))}
        email, title = place["Email"], place["Content Title"]
        type_, source, time = place["Type"], place["Source"], place["Timestamp"]
        for row in rows:
            event = (row[time], CLASS[row[type_], row[source]])
            histories.setdefault((row[email], row[title]), []).append(event)
    return [[action for _, action in sorted(events)] for events in histories.values()]
