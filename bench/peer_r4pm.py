"""r4pm (rust4pm): the same net and the same kind of alignment as peer_pm4py.py, compiled.

python bench/peer_r4pm.py REPORT.csv

A move of one side alone costs 1, a silent transition nothing: a record that costs anything is bad.
"""

from __future__ import annotations

import sys
from typing import Any
from uuid import uuid4

import polars as pl
import r4pm
from counts import say
from r4pm import bindings
from reduced import CLASS, CLASSES, STATUSES, SUCCESSOR


def lifecycle() -> dict[str, Any]:
    """Return the net of peer_pm4py.py as r4pm spells nets."""
    places = {name: str(uuid4()) for name in (*STATUSES, "end")}
    transitions: dict[str, dict[str, str | None]] = {}
    arcs: list[dict[str, Any]] = []

    def connect(label: str | None, before: str, after: str) -> None:
        name = str(uuid4())
        transitions[name] = {"id": name, "label": label}
        for kind, nodes in (
            ("PlaceTransition", [places[before], name]),
            ("TransitionPlace", [name, places[after]]),
        ):
            arcs.append({"from_to": {"type": kind, "nodes": nodes}, "weight": 1})

    for (before, action), after in SUCCESSOR.items():
        connect(CLASSES[action], STATUSES[before], STATUSES[after])
    for status in STATUSES:
        connect(None, status, "end")
    return {
        "places": {place: {"id": place} for place in places.values()},
        "transitions": transitions,
        "arcs": arcs,
        "initial_marking": {places[STATUSES[0]]: 1},
        "final_markings": [{places["end"]: 1}],
    }


classes = pl.LazyFrame(
    {
        "Type": [type_ for type_, _ in CLASS],
        "Source": [source for _, source in CLASS],
        "concept:name": [CLASSES[action] for action in CLASS.values()],
    }
)
rows = (
    pl.scan_csv(sys.argv[1])
    .join(classes, on=["Type", "Source"])
    .select(
        pl.concat_str("Email", "Content Title", separator="|").alias("case:concept:name"),
        "concept:name",
        pl.col("Timestamp").str.to_datetime(time_zone="UTC").alias("time:timestamp"),
    )
    .sort("time:timestamp")
    .collect()
)
log = r4pm.import_item_from_df("EventLog", rows)
projection = r4pm.convert_item(log, "EventLogActivityProjection")
records = bad = 0
for variant in bindings.align_variants(lifecycle(), projection):
    found = variant["result"].get("Ok", variant["result"])
    records += variant["frequency"]
    bad += variant["frequency"] * (found["cost"] > 0)
say(len(rows), records, bad)
