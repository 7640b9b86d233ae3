"""A small store with everything in it that a store can have: the one that is tampered with."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import engine

_MORE = ("Course Id", "id")


def make_store(folder: Path) -> Path:
    """Make a store of imports that overlap, repeat and rewrite events, and reject rows.

    The last ones are of a few rows, so that rows of read models that they hide are still there.
    """
    generated = folder / "generated.csv"
    call = ["generate", "--streams", "40", "--seed", "3", "--errors", "0.3", "-o", str(generated)]
    subprocess.run([sys.executable, "-m", "engine", *call], check=True, stderr=subprocess.DEVNULL)
    with open(generated, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows = [[*row, "sku-1" if "a" in row[0] else "", f"e{n}"] for n, row in enumerate(rows)]
    first, second, third = rows[:90], rows[60:130], [list(row) for row in rows[100:160]]
    source, moment = header.index("Source"), header.index("Timestamp")
    for row in third[::7]:
        row[source] = "sso_of_tomorrow"
    for row in third[3::20]:
        row[moment] = "never"
    later = [[list(row) for row in (first[10], first[40])] for _ in range(2)]
    for second, part in zip(("31", "32"), later, strict=True):
        for row in part:
            row[moment] = f"{row[moment][:-3]}{second}Z"
    store = folder / "s.duckdb"
    for name, part, width in (
        ("first", first, -2),
        ("second", second, None),
        ("third", third, None),
        ("fourth", later[0], -2),
        ("fifth", later[1], -2),
    ):
        report = folder / f"{name}.csv"
        with open(report, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([*header, *_MORE][:width])
            writer.writerows(row[:width] for row in [*part, *part[:4]])
            out.write("a row with a cell too few\n")
        engine.Store(store).import_reports(report)
    return store
