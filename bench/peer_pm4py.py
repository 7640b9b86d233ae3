"""pm4py: the machine as an accepting Petri net, and an optimal alignment of every variant.

python bench/peer_pm4py.py REPORT.csv

The net has a place a status, a labelled transition a possible (status, class), and a silent way
from each status to the end, since a history may stop anywhere. A record whose alignment costs a
move is bad.
"""

from __future__ import annotations

import sys
import warnings

import pandas as pd
import pm4py
from counts import say
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to
from reduced import CLASS, CLASSES, COLUMNS, STATUSES, SUCCESSOR

MOVE = 10_000
"""What pm4py's standard cost function charges for a move of one side alone."""


def lifecycle() -> tuple[PetriNet, Marking, Marking]:
    net = PetriNet("lifecycle")
    places = {name: PetriNet.Place(name) for name in (*STATUSES, "end")}
    net.places.update(places.values())

    def connect(name: str, label: str | None, before: str, after: str) -> None:
        transition = PetriNet.Transition(name, label)
        net.transitions.add(transition)
        add_arc_from_to(places[before], transition, net)
        add_arc_from_to(transition, places[after], net)

    for (before, action), after in SUCCESSOR.items():
        connect(
            f"{CLASSES[action]} when {STATUSES[before]}",
            CLASSES[action],
            STATUSES[before],
            STATUSES[after],
        )
    for status in STATUSES:
        connect(f"stop when {status}", None, status, "end")
    return net, Marking({places[STATUSES[0]]: 1}), Marking({places["end"]: 1})


warnings.simplefilter("ignore")
pm4py.util.constants.SHOW_PROGRESS_BAR = False
classes = pd.DataFrame(
    [(*pair, CLASSES[action]) for pair, action in CLASS.items()],
    columns=["Type", "Source", "activity"],
)
rows = pd.read_csv(sys.argv[1], usecols=list(COLUMNS)).merge(classes, on=["Type", "Source"])
rows["record"] = rows["Email"] + "|" + rows["Content Title"]
rows["Timestamp"] = pd.to_datetime(rows["Timestamp"])
log = pm4py.format_dataframe(
    rows[["record", "activity", "Timestamp"]],
    case_id="record",
    activity_key="activity",
    timestamp_key="Timestamp",
)
aligned = pm4py.conformance_diagnostics_alignments(log, *lifecycle())
say(len(log), len(aligned), sum(each["cost"] >= MOVE for each in aligned))
