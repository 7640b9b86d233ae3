"""What else could be inserted where a repair inserts an event: often it matters little what.

A record that lacks its enrolment is mended by an enrolment of any kind. The repair names one, and
these tell how much that says.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.repair.edits import Edit, EditKind, arranged
from engine.repair.steps import Steps

__all__ = ["with_alternatives"]


def with_alternatives(
    steps: Steps, instants: Sequence[Instant], edits: Sequence[Edit]
) -> tuple[Edit, ...]:
    """Return the edits of a repair, each insertion with the actions that would do as well."""
    if not any(edit.kind is EditKind.INSERT for edit in edits):
        return tuple(edits)
    after = arranged(instants, edits)
    repaired = _Replayed(steps, [instant for instant, _ in after])
    places = iter(at for at, (_, edit) in enumerate(after) if edit is not None)
    found = []
    for edit in edits:
        if edit.kind is EditKind.INSERT:
            at = next(places)
            fitting = repaired.as_good_at(at)
            others = tuple(action for action in fitting if action is not edit.action)
            edit = edit._replace(alternatives=others)
        elif edit.kind is EditKind.MOVE:
            next(places)
        found.append(edit)
    return tuple(found)


class _Replayed:
    """A history without errors: the belief before each instant, and the cost up to it."""

    def __init__(self, steps: Steps, instants: Sequence[Instant]) -> None:
        self._steps = steps
        self._symbols = [steps.symbol(instant) for instant in instants]
        self._beliefs, self._costs = [steps.start], [0]
        for symbol in self._symbols:
            step = steps.step(self._beliefs[-1], symbol)
            assert step is not None
            self._beliefs.append(step.after)
            self._costs.append(self._costs[-1] + step.cost)

    def as_good_at(self, at: int) -> list[Action]:
        """Return the actions that could stand in place of an instant with as good a history."""
        spent = self._costs[at]
        afterwards: dict[int, int | None] = {}
        found = []
        for action in Action:
            step = self._steps.step(self._beliefs[at], action)
            if step is None:
                continue
            if step.after not in afterwards:
                afterwards[step.after] = self._cost_from(at + 1, step.after)
            rest = afterwards[step.after]
            if rest is not None and spent + step.cost + rest == self._costs[-1]:
                found.append(action)
        return found

    def _cost_from(self, at: int, belief: int) -> int | None:
        """What the instants from one on cost from another belief, None with an error."""
        cost = 0
        for place in range(at, len(self._symbols)):
            if belief == self._beliefs[place]:
                return cost + self._costs[-1] - self._costs[place]
            step = self._steps.step(belief, self._symbols[place])
            if step is None:
                return None
            belief, cost = step.after, cost + step.cost
        return cost
