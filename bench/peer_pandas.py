"""pandas: read, classify, sort, then one loop over the rows in plain Python.

python bench/peer_pandas.py REPORT.csv
"""

from __future__ import annotations

import sys

import pandas as pd
from counts import Counts
from reduced import CLASS, COLUMNS, TABLE, WIDTH, WRONG

classes = pd.DataFrame(
    [(*pair, action) for pair, action in CLASS.items()], columns=["Type", "Source", "action"]
)
rows = pd.read_csv(sys.argv[1], usecols=list(COLUMNS)).merge(classes, on=["Type", "Source"])
rows["record"] = rows.groupby(["Email", "Content Title"], sort=False).ngroup()
rows = rows.sort_values("Timestamp", kind="stable").sort_values("record", kind="stable")

counts = Counts()
current, status, wrong = -1, 0, 0
for record, action in zip(rows["record"].tolist(), rows["action"].tolist(), strict=True):
    if record != current:
        if current >= 0:
            counts.add(status, wrong)
        current, status, wrong = record, 0, 0
    after = TABLE[status * WIDTH + action]
    if after >= WRONG:
        wrong += 1
    else:
        status = after
if current >= 0:
    counts.add(status, wrong)
counts.say(len(rows))
