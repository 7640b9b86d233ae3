"""configuration × action → outcomes: the machine as a pure, total function.

Source: semantics.md §4. Every answer comes from one run of the machine and is remembered, so the
machine is asked once for each configuration and action that occur.
"""

from __future__ import annotations

from collections import deque
from functools import cache

from engine.lifecycle.configuration import NOT_ENROLLED, Configuration
from engine.lifecycle.machine import TRIGGERS, Memory, build_machine
from engine.vocabulary import Action

__all__ = ["Outcome", "reachable", "step"]

Outcome = tuple[Configuration, str | None]
"""Where an action leads, and the code of the finding it has, if any."""


@cache
def _memory() -> Memory:
    memory = Memory()
    build_machine(memory)
    return memory


@cache
def step(configuration: Configuration, action: Action) -> frozenset[Outcome]:
    """Return every outcome of ``action`` in ``configuration``: one, or up to three (§4).

    Total over the reachable configurations and all actions.
    """
    memory = _memory()
    outcomes = set()
    for trigger in TRIGGERS[action]:
        memory.load(configuration)
        memory.trigger(trigger)  # type: ignore[attr-defined]
        outcomes.add((memory.configuration, memory.finding))
    return frozenset(outcomes)


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
