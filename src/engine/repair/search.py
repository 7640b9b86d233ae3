"""The cheapest repair of a history: an optimal alignment of the history with the machine.

Source: Adriansyah, "Aligning Observed and Modeled Behavior" (2014), whose log moves and model
moves are the drops and insertions here; an event that moves is both at once, for the price of one.
The search runs over the synchronous product of history and belief states: a state is the belief,
what is left of the history, the moved events on their way, and the number of edits left to spend.
That number is deepened until a repair exists, so all repairs that are compared have equally many
edits. Histories that end alike share what is left, and so answers about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from engine.lifecycle.belief import Instant
from engine.repair.operations import INSERT, KEEP, PLACE_HELD, PLACE_OWED, WalkStep
from engine.repair.pending import EMPTY, NOTHING_PENDING, Pendings
from engine.repair.steps import Step, Steps, effort, order_cost
from engine.vocabulary import Action

__all__ = ["GivenUp", "Search"]

SHORT: Final = 16
"""Events that may be left for an answer to be kept for other histories."""

SHARED_EDITS: Final = 1
"""Edits that may be left to spend for an answer to be kept for other histories."""

UNTANGLED: Final = 4
"""Events of an instant whose orders are searched at no cost worth counting."""

LIGHT, MIDDLING, HEAVY = 1, 8, 32
"""What a state weighs: with no edits to spend, with some, and with some and answers that others
may not yet have found."""

MOST_KEPT: Final = 1_500_000
"""Answers kept before all are forgotten and found again as needed: a bound on memory."""


class GivenUp(Exception):  # noqa: N818 - not a fault: the search was told how far to go
    """The search met more states than it was allowed."""


class _Choice(NamedTuple):
    """The first thing done in a state, and the state that follows."""

    step: WalkStep
    belief: int
    pending: int
    edits: int


_Answer = tuple[int, _Choice | None]
"""The least cost from a state to the end, and how it begins; None keeps the next instant."""

_UNKNOWN: Final = (-1, None)


class _Rest:
    """What is left of a history: an instant and the rest after it, or nothing."""

    __slots__ = ("actions", "answers", "following", "number", "short", "symbol")

    def __init__(self, symbol: int, instant: Instant, following: _Rest | None, number: int) -> None:
        self.symbol = symbol
        self.following = following
        self.number = number
        self.actions: dict[Action, int] = {} if following is None else dict(following.actions)
        for action in instant:
            self.actions[action] = self.actions.get(action, 0) + 1
        self.short: bool = following is None or (
            following.short and len(instant) <= UNTANGLED and sum(self.actions.values()) <= SHORT
        )
        self.answers: dict[int, _Answer | None] = {}


class Search:
    """Finds cheapest repairs; what it learns of the ends of histories serves all of them.

    Only answers for few edits and short rests are shared, and only others count as states met: so
    whether a history is given up never depends on those searched before it.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._pendings = Pendings(steps)
        self._own: dict[int, dict[int, _Answer | None]] = {}
        self._end = _Rest(EMPTY, (), None, 0)
        self._short: dict[tuple[int, int], _Rest] = {}
        self._tangles: set[tuple[int, int]] = set()
        self._allowed = self._kept = 0

    def cheapest(self, instants: Sequence[Instant], *, states: int) -> list[WalkStep]:
        """Return the walk through the history that does the cheapest edits.

        Raises
        ------
        GivenUp
            If the states met weigh more than ``states``.
        """
        if self._kept + len(self._short) > MOST_KEPT:
            self._end = _Rest(EMPTY, (), None, 0)
            self._short = {}
            self._kept = 0
        self._own = {}
        self._tangles = set()
        self._allowed = states
        rest = self._rest_of(instants)
        depth = 0
        # It ends: without any event there is no error.
        while self._answer(self._steps.start, rest, NOTHING_PENDING, depth) is None:
            depth += 1
        return self._walk(rest, depth)

    def _rest_of(self, instants: Sequence[Instant]) -> _Rest:
        rest = self._end
        for at, instant in enumerate(reversed(instants), 1):
            symbol = self._steps.symbol(instant)
            key = (symbol, rest.number)
            known = self._short.get(key)
            if known is None:
                # Numbers below zero are of this history alone.
                known = _Rest(symbol, instant, rest, len(self._short) + 1)
                if known.short:
                    self._short[key] = known
                else:
                    known.number = -at
            rest = known
        return rest

    def _answer(self, belief: int, rest: _Rest, pending: int, edits: int) -> _Answer | None:
        """The best that can be done from a state with exactly so many edits, None if nothing.

        A state is met only where fewer edits than so many cannot do: the depths before this one
        would have ended the search.
        """
        chain = []
        while True:
            key = (pending << 16 | edits) << 32 | belief
            answers = self._answers(rest, edits)
            found = answers.get(key, _UNKNOWN)
            if found is not _UNKNOWN:
                break
            found = None
            if pending != NOTHING_PENDING and not self._payable(rest, pending):
                answers[key] = None
                break
            step = None
            if rest.following is not None:
                step = self._step(belief, rest, rest.symbol)
            chain.append((belief, rest, key, answers, step))
            if step is None or rest.following is None:
                break
            belief, rest = step.after, rest.following
        passing = self._pendings.passing(pending)
        for belief, rest, key, answers, step in reversed(chain):
            kept = None
            if found is not None and step is not None:
                kept = (step.cost + passing + found[0], None)
            found = answers[key] = self._best(belief, rest, pending, edits, kept)
        return found

    def _answers(self, rest: _Rest, edits: int) -> dict[int, _Answer | None]:
        if edits <= SHARED_EDITS and rest.short:
            return rest.answers
        return self._own.setdefault(rest.number, {})

    def _payable(self, rest: _Rest, pending: int) -> bool:
        """Whether the rows that are owed are still to come."""
        owed = self._pendings.owed(pending)
        return all(rest.actions.get(action, 0) >= owed.count(action) for action in owed)

    def _best(
        self, belief: int, rest: _Rest, pending: int, edits: int, kept: _Answer | None
    ) -> _Answer | None:
        """The best of keeping the next instant and of everything else that can be done.

        Of equally good choices the first stays, so edits stand as late as they can.
        """
        self._count(rest, edits)
        if not edits and pending == NOTHING_PENDING:
            return (0, None) if rest.following is None else kept
        if rest.following is None and pending == NOTHING_PENDING:
            return None
        best = kept
        for cost, choice in self._choices(belief, rest, pending, edits):
            if best is not None and cost >= best[0]:
                continue
            left = rest
            if choice.step.onward:
                assert rest.following is not None
                left = rest.following
            then = self._answer(choice.belief, left, choice.pending, choice.edits)
            if then is not None and (best is None or cost + then[0] < best[0]):
                best = (cost + then[0], choice)
        return best

    def _choices(
        self, belief: int, rest: _Rest, pending: int, edits: int
    ) -> Iterator[tuple[int, _Choice]]:
        """Everything that can be done here but to keep the next instant, and what it costs."""
        steps, pendings = self._steps, self._pendings
        if rest.following is not None:
            for part in pendings.parts(rest.symbol, pending, edits):
                after, cost = belief, part.cost
                if part.left != EMPTY:
                    step = self._step(belief, rest, part.left)
                    if step is None:
                        continue
                    after, cost = step.after, cost + step.cost
                yield cost, _Choice(part.step, after, part.pending, edits - part.edits)
        for action in dict.fromkeys(pendings.held(pending)):
            step = steps.step(belief, action)
            if step is not None:
                waiting = pendings.placing(pending, action)
                yield step.cost, _Choice(PLACE_HELD[action], step.after, waiting, edits)
        if not edits:
            return
        for action, after, cost in steps.insertions(belief):
            yield cost, _Choice(INSERT[action], after, pending, edits - 1)
        owed = pendings.owed(pending)
        for action, count in rest.actions.items():
            step = steps.step(belief, action)
            if step is not None and owed.count(action) < count:
                waiting = pendings.owing(pending, action)
                cost = step.cost + order_cost(action)
                yield cost, _Choice(PLACE_OWED[action], step.after, waiting, edits - 1)

    def _step(self, belief: int, rest: _Rest, symbol: int) -> Step | None:
        """What an instant does; to search the orders of many events weighs as much as it takes."""
        if not rest.short:
            size = len(self._steps.instants[symbol])
            if size > UNTANGLED and (belief, symbol) not in self._tangles:
                self._tangles.add((belief, symbol))
                self._weigh(effort(size) // MIDDLING)
        return self._steps.step(belief, symbol)

    def _count(self, rest: _Rest, edits: int) -> None:
        if not rest.short:
            self._weigh(MIDDLING if edits else LIGHT)
        elif edits > SHARED_EDITS:
            self._weigh(HEAVY)
        else:
            self._kept += 1

    def _weigh(self, weight: int) -> None:
        self._allowed -= weight
        if self._allowed < 0:
            raise GivenUp

    def _walk(self, rest: _Rest, edits: int) -> list[WalkStep]:
        belief, pending = self._steps.start, NOTHING_PENDING
        walk = []
        while rest.following is not None or pending != NOTHING_PENDING:
            answer = self._answer(belief, rest, pending, edits)
            assert answer is not None
            choice = answer[1]
            if choice is None:
                step = self._steps.step(belief, rest.symbol)
                assert step is not None
                belief, done = step.after, KEEP
            else:
                done, belief, pending, edits = choice
            walk.append(done)
            if done.onward:
                assert rest.following is not None
                rest = rest.following
        return walk
