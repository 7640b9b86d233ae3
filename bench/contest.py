"""The contest: every contestant on every size, in turn, so that a ratio lies within one round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from contestants import Contestant
from cores import CAN_PIN, Cores
from measure import Failed, Run, run
from reports import Reports, warm


class Entry(NamedTuple):
    """One cell of the table: a contestant on a report of some size."""

    name: str
    rows: int
    cores: Cores


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
            for each in list(running):
                command = each.command(files[each.report], reports.output())
                for cores in each.cores:
                    tell(f"{rows:,} rows, round {number} of {rounds}: {each.name}, {cores} core(s)")
                    try:
                        done = run(command, cores)
                    except Failed as failure:
                        tell(f"left out: {failure}")
                        running.remove(each)
                        break
                    results.setdefault(Entry(each.name, rows, cores), []).append(done)
        _agree(contestants, results, rows, tell)
    return results


def _agree(contestants: Sequence[Contestant], results: Results, rows: int, tell: Tell) -> None:
    """Peers on the same report and machine must count the same, or they do not do the same work."""
    counted = {
        (said["rows"], said["records"], said["bad"])
        for each in contestants
        if each.counts
        for cores in each.cores
        for done in results.get(Entry(each.name, rows, cores), [])
        for said in [done.said]
    }
    if len(counted) > 1:
        raise Failed(f"the peers disagree on {rows:,} rows (rows, records, bad): {counted}")
    for found in counted:
        tell(f"{rows:,} rows: the peers agree on {found[1]:,} records, {found[2]:,} of them bad")


def middle(results: Results, name: str, rows: int, cores: Cores) -> float | None:
    """Return the median of the seconds that a contestant took, None if it did not run."""
    runs = results.get(Entry(name, rows, cores if CAN_PIN else "all"))
    return median(each.wall for each in runs) if runs else None


def peak(results: Results, name: str, rows: int, cores: Cores) -> int | None:
    """Return the greatest peak memory of a contestant, None if it did not run."""
    runs = results.get(Entry(name, rows, cores if CAN_PIN else "all"))
    return max(each.peak for each in runs) if runs else None
