"""polars: read, classify, sort, gather each record's actions into a list; then one gather from the
machine's table for each position in the lists, all records at once.

python bench/peer_polars.py REPORT.csv [streaming]
"""

from __future__ import annotations

import sys

import polars as pl
from counts import say
from reduced import CLASS, STATUSES, TABLE, WIDTH, WRONG

path, engine = sys.argv[1], "streaming" if "streaming" in sys.argv[2:] else "in-memory"

classes = pl.LazyFrame(
    {
        "Type": [type_ for type_, _ in CLASS],
        "Source": [source for _, source in CLASS],
        "action": pl.Series(list(CLASS.values()), dtype=pl.UInt32),
    }
)
records = (
    pl.scan_csv(path)
    .select("Email", "Content Title", "Type", "Source", "Timestamp")
    .join(classes, on=["Type", "Source"])
    .sort("Timestamp")
    .group_by("Email", "Content Title")
    .agg("action")
    .select("action", size=pl.col("action").list.len())
    .sort("size", descending=True)
    .collect(engine=engine)
)
# Longest first: the records that have an action at a position are a prefix.
table = pl.Series(TABLE, dtype=pl.UInt32)
status = pl.zeros(len(records), pl.UInt32, eager=True)
wrong = pl.zeros(len(records), pl.UInt32, eager=True)
finished: list[tuple[pl.Series, pl.Series]] = []
sizes, actions = records["size"], records["action"]
for position in range(sizes.max() or 0):
    running = int((sizes > position).sum())
    finished.append((status[running:], wrong[running:]))
    status, wrong, actions = status[:running], wrong[:running], actions[:running]
    sizes = sizes[:running]
    after = table.gather(status * WIDTH + actions.list.get(position))
    # A status that an impossible action leaves stands above WRONG: both come out of one number.
    wrong = wrong + (after >= WRONG).cast(pl.UInt32)
    status = after % WRONG
finished.append((status, wrong))
last = pl.concat([each for each, _ in finished])
errors = pl.concat([each for _, each in finished])
say(
    int(records["size"].sum()),
    len(records),
    int((errors > 0).sum()),
    int(errors.sum()),
    [int((last == each).sum()) for each in range(len(STATUSES))],
)
