"""The contest: every contestant on every size, in turn, so that a ratio lies within one round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from contestants import Contestant
from cores import CAN_PIN, MODES, Cores
from measure import FailedError, Run, run
from reports import Reports, warm


class Entry(NamedTuple):
    """One cell of the table: a contestant on a report of some size."""

    name: str
    rows: int
    cores: Cores


PATIENCE = 150
"""Seconds: who takes longer is left out at that size."""

Results = dict[Entry, list[Run]]
Tell = Callable[[str], None]


def hold(
    contestants: Sequence[Contestant],
    sizes: Sequence[int],
    rounds: int,
    reports: Reports,
    tell: Tell,
) -> Results:
    """Run them all; round follows round, and in a round contestant follows contestant."""
    results: Results = {}
    for rows in sizes:
        running = [each for each in contestants if rows <= each.largest]
        files = {each.report: reports.generated(each.report, rows) for each in running}
        for path in files.values():
            warm(path)
        for number in range(1, rounds + 1):
            for cores in MODES:
                for each in [one for one in running if cores in one.cores]:
                    command = each.command(files[each.report], reports.output())
                    tell(f"{rows:,} rows, round {number} of {rounds}: {each.name}, {cores} core(s)")
                    try:
                        done = run(command, cores, limit=PATIENCE)
                    except FailedError as failure:
                        tell(f"left out: {failure}")
                        running.remove(each)
                        continue
                    results.setdefault(Entry(each.name, rows, cores), []).append(done)
    return results


def agreement(
    contestants: Sequence[Contestant], sizes: Sequence[int], results: Results
) -> list[str]:
    """Return what the peers counted at each size, and which of them counted something else.

    On the same report and machine they must count the same, or they do not do the same work. A
    large plain report has a tie or two by chance, which may turn out either way.
    """
    lines = []
    for rows in sizes:
        counted: dict[tuple[int, int, int], set[str]] = {}
        for each in contestants:
            for cores in each.cores if each.counts else ():
                for done in results.get(Entry(each.name, rows, cores), []):
                    found = done.said["rows"], done.said["records"], done.said["bad"]
                    counted.setdefault(found, set()).add(each.name)
        for number, found in enumerate(sorted(counted, key=lambda each: -len(counted[each]))):
            who = ", ".join(sorted(counted[found])) if number else "the peers"
            but = "but " if number else ""
            lines.append(
                f"- {rows:,} rows: {but}{who} replay {found[0]:,} events of {found[1]:,} records, "
                f"{found[2]:,} of them bad."
            )
    return lines


def middle(results: Results, name: str, rows: int, cores: Cores) -> float | None:
    """Return the median of the seconds that a contestant took, None if it did not run."""
    runs = results.get(Entry(name, rows, cores if CAN_PIN else "all"))
    return median(each.wall for each in runs) if runs else None


def peak(results: Results, name: str, rows: int, cores: Cores) -> int | None:
    """Return the greatest peak memory of a contestant, None if it did not run."""
    runs = results.get(Entry(name, rows, cores if CAN_PIN else "all"))
    return max(each.peak for each in runs) if runs else None
