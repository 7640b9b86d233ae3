"""This program beside its peers and a floor, as ratios within one run: `make bench`.

python bench/run.py [--rows 10k,1M,10M] [--runs 3] [--only NAME ...] [--data DIR] [--write]
                    [--contest] [--answers] [--stages] [--readers] [--repairs]
                    [--store]

Without one of the last six, all of them. What each figure means: docs/performance.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

import alignments
import answers
import figures
from contest import agreement, hold
from contestants import CONTESTANTS, Contestant
from cores import MODES
from measure import FailedError, run, script
from readers import READERS
from reports import Reports, warm
from store import of_store
from tables import machine, mebibytes, rewrite, seconds, size, table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
PARTS = ("contest", "answers", "stages", "readers", "repairs", "store")
_UNITS = {"k": 1_000, "m": 1_000_000}
_MOST_ANSWERS = 1_000_000
"""The truth is found by trying every order, in Python: a larger report would take minutes."""
_MOST_REPAIRED = 1_000_000
"""Of more rows, alignments take minutes."""

Sections = dict[str, list[str]]


def main() -> int:
    options = _options()
    reports = Reports(Path(options.data))
    sizes, rounds = options.rows, options.runs
    chosen = _chosen(options.only)
    only = bool(options.only)
    parts = [part for part in PARTS if getattr(options, part)] or (
        ["contest"] if only else list(PARTS)
    )
    sections: Sections = {}
    if "contest" in parts:
        results = hold(chosen, sizes, rounds, reports, tell)
        counted = agreement(chosen, sizes, results)
        sections["seconds"] = [*figures.of_time(chosen, sizes, results), "", *counted]
        sections["memory"] = figures.of_memory(chosen, sizes, results)
        sections["ratios"] = figures.of_ratios(sizes, results)
        if not only:
            sections["alone"] = figures.alone(sizes[-1], rounds, reports, results, tell)
    if "answers" in parts:
        rows = min(sizes[-1], _MOST_ANSWERS)
        sections["tied"] = [f"{rows:,} rows.", "", *answers.tied(rows, reports, tell)]
        sections["dirty"] = [f"{rows:,} rows.", "", *answers.dirty(rows, reports, tell)]
    if "stages" in parts:
        sections["stages"] = stages(sizes, rounds, reports)
    if "readers" in parts:
        sections["readers"] = readers(sizes, rounds, reports)
    if "repairs" in parts:
        rows = min(sizes[-1], _MOST_REPAIRED)
        sections["repairs"] = alignments.repairs(rows, rounds, reports, tell)
    if "store" in parts:
        sections["store"] = of_store(sizes, rounds, reports, tell)
    if parts == list(PARTS):
        sections["machine"] = machine(rounds)
    else:
        apart = [f"Measured apart from the other tables: {line}" for line in machine(rounds)]
        sections = {name: [*lines, "", *apart] for name, lines in sections.items()}
    Path(reports.output()).unlink(missing_ok=True)
    for name, lines in sections.items():
        print(f"\n{name}\n")
        print("\n".join(lines))
    if options.write:
        rewrite(PAGE, sections)
        tell(f"written to {PAGE}")
    return 0


def stages(sizes: list[int], rounds: int, reports: Reports) -> list[str]:
    """Return where the time of an audit goes, and the peak memory reached by then."""
    columns: list[dict[str, tuple[float, int]]] = []
    head = ["stage"]
    for rows in sizes:
        path = reports.generated("plain", rows)
        warm(path)
        for cores in MODES:
            tell(f"stages of {size(rows)} rows, {cores} core(s)")
            command = script("stages.py", path, reports.output())
            runs = [run(command, cores).said for _ in range(rounds)]
            column = {}
            for position, (stage, _, _) in enumerate(runs[0]["stages"]):
                found = [each["stages"][position] for each in runs]
                column[stage] = median(each[1] for each in found), max(each[2] for each in found)
            reached = max(peak for _, peak in column.values())
            column["whole"] = median(each["whole"] for each in runs), reached
            columns.append(column)
            head += [f"{size(rows)}, {cores}: s", "MiB"]
    lines = []
    for stage in columns[0]:
        cells = [stage]
        for column in columns:
            taken, peak = column[stage]
            cells += [f"{taken:.3f}", mebibytes(peak)]
        lines.append(cells)
    return table(head, lines, numbers=len(head) - 1)


def readers(sizes: list[int], rounds: int, reports: Reports) -> list[str]:
    """Return how long each reader takes, imports included; round follows round."""
    head = ["reader"]
    cells: dict[str, list[str]] = {name: [name] for name in READERS}
    for rows in sizes:
        path = reports.generated("plain", rows)
        warm(path)
        for cores in MODES:
            head += [f"{size(rows)}, {cores}: s", "MiB"]
            found = {name: [] for name in READERS}
            for _ in range(rounds):
                for name, runs in found.items():
                    tell(f"reading {size(rows)} rows by {name}, {cores} core(s)")
                    runs.append(run(script("readers.py", path, name), cores))
            for name, runs in found.items():
                wall = seconds(median(each.wall for each in runs))
                cells[name] += [wall, mebibytes(max(each.peak for each in runs))]
    return table(head, list(cells.values()), numbers=len(head) - 1)


def _chosen(names: list[str]) -> list[Contestant]:
    """The contestants of these names, or all, that are installed."""
    wanted = [name for argument in names for name in argument.split(",") if name]
    known = {each.name for each in CONTESTANTS}
    if strangers := set(wanted) - known:
        sys.exit(f"no contestant is called {', '.join(strangers)}; there are {', '.join(known)}")
    chosen = [each for each in CONTESTANTS if not wanted or each.name in wanted]
    for each in chosen:
        if each.version is None:
            tell(f"left out: {each.name}, since {each.package} is not installed")
    return [each for each in chosen if each.version is not None]


def _rows(text: str) -> list[int]:
    found = []
    for each in text.replace(" ", "").split(","):
        unit = _UNITS.get(each[-1:].lower(), 1)
        found.append(int(each[:-1] if unit > 1 else each) * unit)
    return sorted(set(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=_rows, default=_rows("10k,1M,10M"), metavar="10k,1M,10M")
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="rounds; medians are shown"
    )
    names = ", ".join(each.name for each in CONTESTANTS)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help=names)
    parser.add_argument("--data", default=str(ROOT / "bench-data"), metavar="DIR")
    parser.add_argument("--write", action="store_true", help=f"rewrite the tables of {PAGE.name}")
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true", help=f"only this part: {part}")
    return parser.parse_args()


def tell(line: str) -> None:
    """Say on standard error what is being done."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FailedError as failure:
        sys.exit(f"bench: {failure}")
