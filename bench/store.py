"""The store beside the report that it came from: `make bench BENCH=--store`.

python bench/store.py STORE: one learner's timeline through the Python API, many times over.
python bench/store.py STORE REPORT MORE: both imports in one process.

Rounds are interleaved: each has an audit, a first import, an import of one row in a hundred more,
and the two statuses, one after another, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports import Reports

_ASKED = 300
"""Learners whose timeline is asked for."""

_WARM = 20
"""The first of them, which are not counted."""

_BARS = {
    "first import ÷ audit": "≤ 1.5",
    "the same, damaged report": "≤ 1.5",
    "import of 1 % more ÷ first import": "≤ 3 %",
    "the same in one process": "≤ 3 %",
    "the same, time of processor": "≤ 3 %",
    "status --as-of ÷ status": "≤ 1.2",
    "store ÷ CSV, bytes": "≤ 0.5",
    "one timeline, warm": "≤ 10 ms",
}


def of_store(
    sizes: list[int], rounds: int, reports: Reports, tell: Callable[[str], None]
) -> list[str]:
    """Return the table of the store's figures, one column a size."""
    from tables import size, table

    columns = [_figures(rows, rounds, reports, tell) for rows in sizes]
    lines = [
        [name, *(column[name] for column in columns), _BARS.get(name, "")] for name in columns[0]
    ]
    return table(["", *(size(rows) for rows in sizes), "bar"], lines, numbers=len(sizes) + 1)


def _figures(
    rows: int, rounds: int, reports: Reports, tell: Callable[[str], None]
) -> dict[str, str]:
    from measure import run, script
    from reports import ENGINE, warm

    report = reports.generated("plain", rows)
    damaged = reports.generated("damaged", rows)
    more = _one_percent_more(report, rows)
    store = str(reports.folder / f"store-{rows}.duckdb")
    warm(report)
    warm(damaged)
    out = str(reports.folder / "store-out.json")
    taken: dict[str, list[float]] = {}
    shares: list[dict[str, float]] = []

    def timed(name: str, *command: str) -> None:
        tell(f"{name}, {rows} rows")
        taken.setdefault(name, []).append(run([ENGINE, *command, "-q"], check=False).wall)

    def both(audit: str, first_import: str, source: str) -> None:
        for each in (store, f"{store}.wal"):
            Path(each).unlink(missing_ok=True)
        timed(audit, "audit", source, "--fail-on", "never", "-o", out)
        timed(first_import, "import", store, source, "-o", out)

    for _ in range(rounds):
        both("audit, damaged report", "first import, damaged report", damaged)
        both("audit", "first import", report)
        written = os.path.getsize(store)
        timed("status", "status", store, "-o", out)
        timed("status --as-of", "status", store, "--as-of", "2024-06-30", "-o", out)
        timed("import of 1 % more", "import", store, more, "-o", out)
        tell(f"both imports in one process, {rows} rows")
        one_run = f"{store}-one"
        shares.append(run(script("store.py", one_run, report, more)).said)
        Path(one_run).unlink(missing_ok=True)
    timeline = run(script("store.py", store)).said["median"]
    timed("verify", "verify", store, "-o", out)
    seconds = {name: f"{median(walls):.2f} s" for name, walls in taken.items()}

    def ratio(name: str, base: str) -> float:
        return median(a / b for a, b in zip(taken[name], taken[base], strict=True))

    Path(store).unlink(missing_ok=True)
    Path(out).unlink(missing_ok=True)
    return {
        **seconds,
        "first import ÷ audit": f"{ratio('first import', 'audit'):.2f}",
        "the same, damaged report": (
            f"{ratio('first import, damaged report', 'audit, damaged report'):.2f}"
        ),
        "import of 1 % more ÷ first import": (
            f"{100 * ratio('import of 1 % more', 'first import'):.1f} %"
        ),
        "the same in one process": f"{100 * median(each['wall'] for each in shares):.1f} %",
        "the same, time of processor": f"{100 * median(each['cpu'] for each in shares):.1f} %",
        "status --as-of ÷ status": f"{ratio('status --as-of', 'status'):.2f}",
        "store ÷ CSV, bytes": f"{written / os.path.getsize(report):.2f}",
        "one timeline, warm": f"{1000 * timeline:.1f} ms",
    }


def _one_percent_more(report: str, rows: int) -> str:
    """Write one row in a hundred: half of them events of old histories, half of new learners.

    A row of the report becomes a new event by another second of its time.
    """
    path = f"{report.removesuffix('.csv')}-more.csv"
    wanted = rows // 100
    step = max(1, rows // wanted)
    with open(report, encoding="utf-8") as source, open(path, "w", encoding="utf-8") as out:
        out.write(next(source))
        written = 0
        for number, line in enumerate(source):
            if number % step == 0 and written < wanted:
                at = line.rindex(":") + 1
                second = "01" if line[at : at + 2] == "59" else "59"
                shifted = line[:at] + second + line[at + 2 :]
                out.write(("" if written % 2 else "new.") + shifted)
                written += 1
    return path


def _timelines(path: str) -> dict[str, float]:
    """Ask for learners one after another, in no order of theirs."""
    import duckdb

    import engine

    with duckdb.connect(path, read_only=True) as client:
        learners = client.execute(
            "SELECT value FROM journal.texts WHERE field = 0 "
            f"ORDER BY hash(number) LIMIT {_ASKED + _WARM}"
        ).fetchall()
    taken = []
    with engine.Store(path) as store:
        for (learner,) in learners:
            began = time.perf_counter()
            found = store.timeline(learner).to_arrow()
            taken.append(time.perf_counter() - began)
            assert len(found)
    warm = taken[_WARM:] or taken
    return {"median": median(warm), "longest": max(warm)}


def _imports(path: str, report: str, more: str) -> dict[str, float]:
    """Import a report and one per cent more: what share of the first the second takes."""
    import engine

    taken = []
    with engine.Store(path) as store:
        for each in (report, more):
            wall, cpu = time.perf_counter(), time.process_time()
            store.import_reports(each)
            taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    (wall, cpu), (more_wall, more_cpu) = taken
    return {"wall": more_wall / wall, "cpu": more_cpu / cpu}


if __name__ == "__main__":
    measured = _timelines if len(sys.argv) == 2 else _imports
    print(json.dumps(measured(*sys.argv[1:])))
