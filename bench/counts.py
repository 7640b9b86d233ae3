"""What a peer says at its end: one line of JSON on standard output."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reduced import STATUSES


class Counts:
    """Adds up the records that a peer has replayed."""

    def __init__(self) -> None:
        self.records = self.bad = self.wrong = 0
        self.statuses = [0] * len(STATUSES)

    def add(self, status: int, wrong: int) -> None:
        self.records += 1
        self.bad += wrong > 0
        self.wrong += wrong
        self.statuses[status] += 1

    def say(self, rows: int, **more: object) -> None:
        say(rows, self.records, self.bad, self.wrong, self.statuses, **more)


def say(
    rows: int,
    records: int,
    bad: int,
    wrong: int | None = None,
    statuses: Sequence[int] | None = None,
    **more: object,
) -> None:
    """Print the counts; None where a tool does not tell."""
    counted = {"rows": rows, "records": records, "bad": bad, "wrong": wrong, "statuses": statuses}
    print(json.dumps(counted | more))
