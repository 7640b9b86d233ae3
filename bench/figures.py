"""The tables of the contest: seconds, memory, ratios, and the figures that stand alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from contest import Entry, Results, Tell, middle, peak
from contestants import CONTESTANTS, Contestant
from cores import MODES, Cores
from measure import run, script
from reports import Reports, warm
from tables import NOTHING, mebibytes, ratio, seconds, size, table

STREAM_EVENTS, INSTANT_EVENTS = 1_000_000, 10_000


def of_time(contestants: Sequence[Contestant], sizes: Sequence[int], results: Results) -> list[str]:
    """Return the wall seconds of the whole processes."""
    return _table(
        contestants, sizes, lambda *entry: seconds(middle(results, *entry)), "wall seconds"
    )


def of_memory(
    contestants: Sequence[Contestant], sizes: Sequence[int], results: Results
) -> list[str]:
    """Return the peak memory of the processes."""
    return _table(
        contestants, sizes, lambda *entry: mebibytes(peak(results, *entry)), "peak memory, MiB"
    )


def _table(
    contestants: Sequence[Contestant],
    sizes: Sequence[int],
    cell: Callable[[str, int, Cores], str],
    what: str,
) -> list[str]:
    head = [what, "version"] + [f"{size(rows)}, {cores}" for rows in sizes for cores in MODES]
    lines = []
    for each in contestants:
        cells = [cell(each.name, rows, cores) for rows in sizes for cores in MODES]
        lines.append([each.label, each.version or "not installed", *cells])
    return table(head, lines, numbers=len(head) - 2)


def of_ratios(sizes: Sequence[int], results: Results) -> list[str]:
    """Return the program's time by that of others, each the median over the rounds."""

    def walls(name: str, rows: int, cores: Cores) -> list[float]:
        return [each.wall for each in results.get(Entry(name, rows, cores), [])]

    def by(name: str, cores: Cores) -> list[str]:
        return [_divided(walls("engine", rows, cores), walls(name, rows, cores)) for rows in sizes]

    def growth(cores: Cores) -> list[str]:
        found = [NOTHING]
        for smaller, larger in pairwise(sizes):
            found.append(_divided(walls("engine", larger, cores), walls("engine", smaller, cores)))
        return found

    lines = [
        [
            "÷ polars, the faster of its two engines at each size, one core",
            *_by_faster(sizes, results),
        ],
        ["÷ floor, all cores", *by("floor", "all")],
        ["÷ `import duckdb`, all cores", *by("import-duckdb", "all")],
        ["÷ itself at the size to the left, all cores", *growth("all")],
        ["÷ itself at the size to the left, one core", *growth("one")],
        ["tied report ÷ plain report, all cores", *_by_kind("engine-tied", sizes, results)],
        ["dirty report ÷ plain report, all cores", *_by_kind("engine-dirty", sizes, results)],
    ]
    shown = [line for line in lines if set(line[1:]) != {NOTHING}]
    return table(["learner-engine", *map(size, sizes)], shown, numbers=len(sizes))


def _by_faster(sizes: Sequence[int], results: Results) -> list[str]:
    found = []
    for rows in sizes:
        names = ("polars", "polars-streaming")
        entries = [Entry(name, rows, "one") for name in names]
        rivals = [results[entry] for entry in entries if entry in results]
        ours = [each.wall for each in results.get(Entry("engine", rows, "one"), [])]
        fastest = min(([each.wall for each in runs] for runs in rivals), key=median, default=[])
        found.append(_divided(ours, fastest))
    return found


def _by_kind(name: str, sizes: Sequence[int], results: Results) -> list[str]:
    return [
        _divided(
            [each.wall for each in results.get(Entry(name, rows, "all"), [])],
            [each.wall for each in results.get(Entry("engine", rows, "all"), [])],
        )
        for rows in sizes
    ]


def _divided(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Round by round: what ran next to each other had the same machine."""
    return ratio([mine / other for mine, other in zip(ours, theirs, strict=False)])


def alone(rows: int, rounds: int, reports: Reports, results: Results, tell: Tell) -> list[str]:
    """Return the figures that have no rival."""
    tell("the fold alone")
    folded = run(script("fold_alone.py", reports.generated("plain", rows)), MODES[0]).said
    lines = [
        [
            f"fold alone, {folded['events']:,} events in {folded['streams']:,} streams, one core",
            f"{folded['cold'] / 1e6:,.1f} M events/s with an empty table, "
            f"{folded['warm'] / 1e6:,.0f} M events/s with a filled one",
        ]
    ]
    engine = CONTESTANTS[0]
    for what, path in (
        (f"audit of one stream of {STREAM_EVENTS:,} events", reports.one_stream(STREAM_EVENTS)),
        (f"audit of one instant of {INSTANT_EVENTS:,} events", reports.one_instant(INSTANT_EVENTS)),
    ):
        tell(what)
        warm(path)
        runs = [run(engine.command(path, reports.output())) for _ in range(rounds)]
        lines.append([f"{what}, all cores", f"{seconds(median(each.wall for each in runs))} s"])
    reached = peak(results, "engine", rows, "all")
    if reached is not None:
        lines.append(
            [f"peak memory of the audit of {size(rows)} rows", f"{mebibytes(reached)} MiB"]
        )
    return table(["what", "found"], lines, numbers=0)
