"""configuration × action → outcomes: the machine as a pure, total function.

Source: semantics.md §4. Every answer comes from the machine's own transitions and is remembered, so
the machine is asked once for each configuration and action that occur.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cache
from typing import Any

from transitions import Machine

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import NOT_ENROLLED, Configuration
from engine.lifecycle.machine import TRIGGERS, Memory, build_machine

__all__ = ["Outcome", "reachable", "step"]

Outcome = tuple[Configuration, str | None]
"""Where an action leads, and the code of the finding it has, if any."""


@cache
def _machine() -> Machine:
    return build_machine(Memory())


@cache
def step(configuration: Configuration, action: Action) -> frozenset[Outcome]:
    """Return every outcome of ``action`` in ``configuration``: one, or up to three (§4).

    Total over the reachable configurations and all actions.
    """
    # A memory of its own, since other threads may ask at the same time.
    memory, machine = Memory(), _machine()
    outcomes = set()
    for trigger in TRIGGERS[action]:
        memory.load(configuration)
        _take(memory, machine.events[trigger].transitions[memory.state])
        outcomes.add((memory.configuration, memory.finding))
    return frozenset(outcomes)


def _take(memory: Memory, transitions: Iterable[Any]) -> None:
    """Take the first of the machine's transitions whose guards hold.

    This is what ``memory.trigger`` does, which spends nine tenths of its time on queues, logs and
    callbacks that nobody has hung up; a test holds the two together.
    """
    for transition in transitions:
        if all(getattr(memory, guard.func)() for guard in transition.conditions):
            for effect in transition.before:
                getattr(memory, effect)()
            memory.finding = transition.finding
            return


@cache
def reachable() -> frozenset[Configuration]:
    """Return every configuration that some history leads to, the empty history included."""
    found = {NOT_ENROLLED}
    waiting = deque(found)
    while waiting:
        configuration = waiting.popleft()
        for action in Action:
            for successor, _ in step(configuration, action):
                if successor not in found:
                    found.add(successor)
                    waiting.append(successor)
    return frozenset(found)
