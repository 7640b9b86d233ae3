"""The same count as the program's `streams_with_errors`, by its slow twin and the standard library.

python bench/twin.py REPORT.csv

The full machine (docs/semantics.md), one record after another through `engine.replay.scalar`, on
rows read by the csv module: nothing of the columnar path has a part in it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import datetime

from truth import instant, rows

from engine.dialects.dialect import canonical
from engine.dialects.usual import classify
from engine.lifecycle.action import Action
from engine.lifecycle.belief import severity_rank
from engine.replay.scalar import replay

ERROR = severity_rank("S101")

streams: dict[tuple[str, str, str], dict[datetime, list[tuple[int, str]]]] = {}
flagged: set[tuple[str, str, str]] = set()
for cells in rows(sys.argv[1]):
    pair, at = classify(cells["Type"], cells["Source"]), instant(cells["Timestamp"])
    if not (cells["Email"] and cells["Content Title"]) or at is None or pair.action is None:
        continue
    stream = cells["Email"].lower(), cells["Content Type"], cells["Content Title"]
    instants = streams.setdefault(stream, defaultdict(list))
    instants[at].append((int(pair.action), canonical(pair.source)))
    if pair.code == "R008":
        flagged.add(stream)

events = 0
for stream, instants in streams.items():
    ordered = [
        tuple(Action(action) for action, _ in sorted(instants[at])) for at in sorted(instants)
    ]
    events += sum(map(len, ordered))
    _, outcomes = replay(ordered, partial=False)
    found = (event.finding for outcome in outcomes for event in outcome.events)
    if any(severity_rank(code) >= ERROR for code in found):
        flagged.add(stream)
print(json.dumps({"rows": events, "records": len(streams), "bad": len(flagged)}))
