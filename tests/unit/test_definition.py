"""The definition of the machine is pinned word by word: change any, and a case of its tables fails.

A mutation tester changes operators and numbers; the definition is made of words. Here each of its
rows loses a guard or an effect, has another finding, leads elsewhere, or is left out; wherever that
makes a difference in any configuration, it makes one in a configuration of a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from test_machine_table import CASES, configuration

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import Configuration, Status
from engine.lifecycle.machine import DEFINITION, SAME, TRIGGERS, Memory, Row
from engine.lifecycle.step import reachable, step

Outcome = tuple[Configuration, str | None]


def mutants(row: Row) -> Iterator[tuple[str, Row | None]]:
    yield "left out", None
    for part in ("conditions", "before"):
        for number, word in enumerate(row[part]):
            rest = [*row[part][:number], *row[part][number + 1 :]]
            yield f"without {word}", {**row, part: rest}
    other = "S999" if row["finding"] is None else None
    yield f"with {other}", {**row, "finding": other}
    for status in Status:
        if status.label != row["dest"]:
            yield f"to {status.label}", {**row, "dest": status.label}


def outcome(rows: list[Row], before: Configuration) -> Outcome | None:
    """What the rows make of a configuration; None if they lead to a status that it is not in."""
    memory = Memory()
    memory.load(before)
    for row in rows:
        sources = [row["source"]] if isinstance(row["source"], str) else row["source"]
        if memory.state in sources and all(getattr(memory, word)() for word in row["conditions"]):
            for word in row["before"]:
                getattr(memory, word)()
            dest = memory.state if row["dest"] == SAME else row["dest"]
            after = memory.configuration
            return (after, row["finding"]) if after.status.label == dest else None
    return before, None


OF_TRIGGER = {
    name: [row for row in DEFINITION if row["trigger"] == name]
    for name in dict.fromkeys(row["trigger"] for row in DEFINITION)
}
ACTION_OF = {name: action for action, names in TRIGGERS.items() for name in names}


STARTS = {
    action: [configuration(before) for before, label, _, _ in CASES if label == action.label]
    for action in Action
}


def differs(trigger: str, rows: list[Row], starts: Iterable[Configuration]) -> bool:
    """Whether these rows of the trigger do something else in one of the configurations."""
    right = OF_TRIGGER[trigger]
    return any(outcome(rows, start) != outcome(right, start) for start in starts)


@pytest.mark.parametrize("trigger", OF_TRIGGER)
def test_the_rows_are_what_the_step_does(trigger: str) -> None:
    if len(TRIGGERS[ACTION_OF[trigger]]) == 1:
        for held in reachable():
            assert {outcome(OF_TRIGGER[trigger], held)} == step(held, ACTION_OF[trigger])


@pytest.mark.parametrize("trigger", OF_TRIGGER)
def test_no_word_can_be_changed(trigger: str) -> None:
    rows = OF_TRIGGER[trigger]
    alive = []
    for number, row in enumerate(rows):
        for what, mutant in mutants(row):
            changed = [*rows[:number], *([] if mutant is None else [mutant]), *rows[number + 1 :]]
            matters = differs(trigger, changed, reachable())
            if matters and not differs(trigger, changed, STARTS[ACTION_OF[trigger]]):
                alive.append(f"row {number} ({row['source']} to {row['dest']}) {what}")
    assert alive == []


def test_every_action_has_its_triggers() -> None:
    assert set(ACTION_OF.values()) == set(Action)
