"""What can be done in a state of the search besides keeping the next instant."""

from __future__ import annotations

from typing import NamedTuple

from engine.lifecycle.action import Action
from engine.repair.operations import INSERT, PLACE_HELD, PLACE_OWED, WalkStep
from engine.repair.pending import EMPTY, Pendings
from engine.repair.steps import Steps, order_cost

__all__ = ["Choice", "Choices", "state_key"]


class Choice(NamedTuple):
    """One thing to do, what it costs, and the state that follows.

    ``key`` stands for that state's belief, pending events and edits.
    """

    cost: int
    key: int
    step: WalkStep
    belief: int
    pending: int
    edits: int


def state_key(belief: int, pending: int, edits: int) -> int:
    """Return a number for what a state is besides what is left of the history."""
    return (pending << 16 | edits) << 32 | belief


class Choices:
    """The choices of each kind of state, each listed once."""

    def __init__(self, steps: Steps, pendings: Pendings) -> None:
        self._steps = steps
        self._pendings = pendings
        self._near: dict[tuple[int, int, int, int], list[Choice]] = {}
        self._owing: dict[tuple[int, int, int], dict[Action, Choice]] = {}

    def near(self, belief: int, symbol: int, pending: int, edits: int) -> list[Choice]:
        """Return what can be done with the next instant alone, or before it.

        ``symbol`` is that of the instant, ``EMPTY`` at the end of the history.
        """
        key = (belief, symbol, pending, edits)
        found = self._near.get(key)
        if found is None:
            found = self._near[key] = [
                *self._with_instant(*key),
                *self._placing_held(belief, pending, edits),
                *self._inserting(belief, pending, edits),
            ]
        return found

    def owing(self, belief: int, pending: int, edits: int) -> dict[Action, Choice]:
        """Return for each action what it is to put an event of a later row here."""
        key = (belief, pending, edits)
        found = self._owing.get(key)
        if found is None:
            found = self._owing[key] = {}
            for action in Action:
                step = self._steps.step(belief, action)
                if step is not None:
                    then = (step.after, self._pendings.owing(pending, action), edits - 1)
                    cost = step.cost + order_cost(action)
                    found[action] = Choice(cost, state_key(*then), PLACE_OWED[action], *then)
        return found

    def _with_instant(self, belief: int, symbol: int, pending: int, edits: int) -> list[Choice]:
        if symbol == EMPTY:
            return []
        found = []
        for part in self._pendings.parts(symbol, pending, edits):
            after, cost = belief, part.cost
            if part.left != EMPTY:
                step = self._steps.step(belief, part.left)
                if step is None:
                    continue
                after, cost = step.after, cost + step.cost
            then = (after, part.pending, edits - part.edits)
            found.append(Choice(cost, state_key(*then), part.step, *then))
        return found

    def _placing_held(self, belief: int, pending: int, edits: int) -> list[Choice]:
        found = []
        for action in dict.fromkeys(self._pendings.held(pending)):
            step = self._steps.step(belief, action)
            if step is not None:
                then = (step.after, self._pendings.placing(pending, action), edits)
                found.append(Choice(step.cost, state_key(*then), PLACE_HELD[action], *then))
        return found

    def _inserting(self, belief: int, pending: int, edits: int) -> list[Choice]:
        found = []
        for action, after, cost in self._steps.insertions(belief) if edits else ():
            then = (after, pending, edits - 1)
            found.append(Choice(cost, state_key(*then), INSERT[action], *then))
        return found
