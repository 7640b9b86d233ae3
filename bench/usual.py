"""The scripts that people write: read, sort by time with one tool, replay in that order.

python bench/usual.py REPORT.csv TOOL [lenient]

They replay the reduced machine and count bad records. Each groups and joins in the way that is
usual for its tool. As written first they take the report to be clean; `lenient` is what they become
once that has failed: times that cannot be read are null, pairs that are not known are not joined.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from counts import Counts
from reduced import CLASS, CLASSES, replay

COLUMNS = ["Email", "Content Title", "Type", "Source", "Timestamp"]
KEY = ["Email", "Content Title"]

Replayed = tuple[Iterable[list[int]], int]
"""The actions of each record in the tool's order, and how many of these rows are no events: they
have no time, or no learner and content to belong to."""


def _pandas(path: str, lenient: bool, sort: Callable[[Any], Any]) -> Replayed:
    import pandas as pd

    rows = pd.read_csv(path)[COLUMNS]
    rows["Timestamp"] = pd.to_datetime(rows["Timestamp"], errors="coerce" if lenient else "raise")
    rows = sort(_classified(rows, lenient))
    # groupby leaves rows with an empty key out.
    faulty = rows.dropna(subset=KEY)["Timestamp"].isna().sum()
    return rows.groupby(KEY, sort=False)["action"].agg(list), int(faulty)


def _classified(rows: Any, lenient: bool) -> Any:
    import pandas as pd

    if lenient:
        known = [(*pair, action) for pair, action in CLASS.items()]
        return rows.merge(pd.DataFrame(known, columns=["Type", "Source", "action"]))
    pairs = zip(rows["Type"], rows["Source"], strict=True)
    return rows.assign(action=[CLASS[pair] for pair in pairs])


def pandas_default(path: str, lenient: bool) -> Replayed:
    return _pandas(path, lenient, lambda rows: rows.sort_values("Timestamp"))


def pandas_stable(path: str, lenient: bool) -> Replayed:
    return _pandas(path, lenient, lambda rows: rows.sort_values("Timestamp", kind="stable"))


def pandas_reversed(path: str, lenient: bool) -> Replayed:
    return _pandas(path, lenient, lambda rows: rows[::-1].sort_values("Timestamp", kind="stable"))


def polars(path: str, lenient: bool) -> Replayed:
    import polars as pl

    columns = {name: [pair[place] for pair in CLASS] for place, name in enumerate(COLUMNS[2:4])}
    classes = pl.DataFrame(columns | {"action": list(CLASS.values())})
    time = pl.col("Timestamp").str.to_datetime(time_zone="UTC", strict=not lenient)
    rows = (
        pl.read_csv(path, columns=COLUMNS)
        .with_columns(time)
        .join(classes, on=["Type", "Source"], how="inner" if lenient else "left")
        .sort("Timestamp")
    )
    grouped = rows.group_by(KEY, maintain_order=True).agg("action")
    faulty = rows.filter(pl.any_horizontal(pl.col(*KEY, "Timestamp").is_null()))
    return grouped["action"].to_list(), len(faulty)


def duckdb(path: str, lenient: bool) -> Replayed:
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE classes (Type VARCHAR, Source VARCHAR, action INTEGER)")
    connection.executemany(
        "INSERT INTO classes VALUES (?, ?, ?)", [[*pair, action] for pair, action in CLASS.items()]
    )
    cast, join = ("TRY_CAST", "JOIN") if lenient else ("CAST", "LEFT JOIN")
    rows = connection.execute(
        f"""SELECT Email, "Content Title", action, {cast}("Timestamp" AS TIMESTAMPTZ) AS moment
            FROM read_csv(?, header = true) {join} classes USING (Type, Source)
            ORDER BY moment""",
        [path],
    ).fetchall()
    records: dict[tuple[str, str], list[int]] = {}
    for email, title, action, _ in rows:
        records.setdefault((email, title), []).append(action)
    return records.values(), sum(None in (email, title, at) for email, title, _, at in rows)


def pm4py(path: str, lenient: bool) -> Replayed:
    import pandas as pd
    import pm4py

    rows = pd.read_csv(path)
    rows["record"] = rows["Email"] + "|" + rows["Content Title"]
    rows["activity"] = [
        CLASSES[CLASS[pair]] if pair in CLASS else None
        for pair in zip(rows["Type"], rows["Source"], strict=True)
    ]
    if lenient:
        rows["Timestamp"] = pd.to_datetime(rows["Timestamp"], errors="coerce")
    log = pm4py.format_dataframe(
        rows, case_id="record", activity_key="activity", timestamp_key="Timestamp"
    )
    grouped = log.groupby("case:concept:name", sort=False)["concept:name"].agg(list)
    histories = [[CLASSES.index(name) for name in history] for history in grouped]
    # A column that pandas cannot parse as a whole stays text here, and is sorted as text.
    times = pd.to_datetime(log["time:timestamp"], errors="coerce", utc=True)
    return histories, int(times.isna().sum())


TOOLS: dict[str, tuple[str, str, Callable[[str, bool], Replayed]]] = {
    "pandas-default": ("pandas", 'sort_values("Timestamp")', pandas_default),
    "pandas-stable": ("pandas", 'sort_values("Timestamp", kind="stable")', pandas_stable),
    "pandas-reversed": ("pandas", "the file reversed, then the stable sort", pandas_reversed),
    "polars": ("polars", 'sort("Timestamp")', polars),
    "duckdb": ("duckdb", 'ORDER BY "Timestamp"', duckdb),
    "pm4py": ("pm4py", "format_dataframe", pm4py),
}
"""Name → package, the order it is known by, script."""

if __name__ == "__main__":
    histories, faulty = TOOLS[sys.argv[2]][2](sys.argv[1], "lenient" in sys.argv[3:])
    counts, rows = Counts(), 0
    for history in histories:
        counts.add(*replay(history))
        rows += len(history)
    counts.say(rows, faulty=faulty)
