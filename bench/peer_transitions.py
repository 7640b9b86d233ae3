"""transitions: one trigger an event, one model set back for each record (its fastest way).

python bench/peer_transitions.py REPORT.csv
"""

from __future__ import annotations

import sys

from counts import Counts
from histories import read
from reduced import CLASSES, STATUSES, SUCCESSOR
from transitions import Machine, MachineError


class Learner:
    """The model; the machine gives it its state and triggers."""

    state: str
    trigger: object


learner = Learner()
machine = Machine(
    model=learner,
    states=list(STATUSES),
    transitions=[
        [CLASSES[action], STATUSES[before], STATUSES[after]]
        for (before, action), after in SUCCESSOR.items()
    ],
    initial=STATUSES[0],
    auto_transitions=False,
)
counts = Counts()
events = 0
for history in read(sys.argv[1]):
    machine.set_state(STATUSES[0], learner)
    wrong = 0
    for action in history:
        try:
            learner.trigger(CLASSES[action])  # type: ignore[operator]
        except MachineError:
            wrong += 1
    events += len(history)
    counts.add(STATUSES.index(learner.state), wrong)
counts.say(events)
