"""The fold alone: events a second through the compiled table, on a report that is read already.

python bench/fold_alone.py REPORT.csv

Each event is a step of the table, as it is where no two share a time. Cold: an empty table, in a
process that has asked the machine nothing yet. Warm: the same table once more.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median

import numpy as np

from engine.instants import TimestampRules
from engine.intake.encode import encode
from engine.intake.reader import read
from engine.lifecycle.belief import COMPLETE_HISTORY
from engine.projection.history import classified
from engine.replay.fold import fold
from engine.replay.streams import arrange
from engine.replay.table import TransitionTable

WARM = 5

records = encode([read(sys.argv[1])], TimestampRules(), now=time.time_ns() // 1000)
streams = arrange(records, key="email,content", tolerance=0)
_, actions = classified(records, streams.events)

table = TransitionTable()
seconds = []
for _ in range(1 + WARM):
    began = time.perf_counter()
    initial = np.full(len(streams), table.belief(COMPLETE_HISTORY), np.int32)
    fold(table, actions, streams.starts, initial)
    seconds.append(time.perf_counter() - began)
print(
    json.dumps(
        {
            "events": len(actions),
            "streams": len(streams),
            "beliefs": len(table.beliefs),
            "cold": len(actions) / seconds[0],
            "warm": len(actions) / median(seconds[1:]),
        }
    )
)
