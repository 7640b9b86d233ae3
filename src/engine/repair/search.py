"""The cheapest repair of a history: an optimal alignment of the history with the machine.

Source: Adriansyah, "Aligning Observed and Modeled Behavior" (2014), whose log moves and model
moves are the drops and insertions here; an event that moves is both at once, for the price of one.
The search runs over the synchronous product of history and belief states: a state is the belief,
what is left of the history, the moved events on their way, and the number of edits left to spend.
That number is deepened until a repair exists, so all repairs that are compared have equally many
edits. Histories that end alike share what is left, and so answers about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.repair.choices import Choice, Choices, state_key
from engine.repair.operations import KEEP, WalkStep
from engine.repair.pending import EMPTY, NOTHING_PENDING, Pendings
from engine.repair.steps import Steps, effort

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


_Answer = int | None
"""The least cost from a state to the end, None if there is no way. What to do is not kept: the few
states on the way that is taken are asked again."""

_UNKNOWN: Final[_Answer] = -1


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
        self.answers: dict[int, _Answer] = {}


class Search:
    """Finds cheapest repairs; what it learns of the ends of histories serves all of them.

    Only answers for few edits and short rests are shared, and only others count as states met: so
    whether a history is given up never depends on those searched before it.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._pendings = Pendings(steps)
        self._choices = Choices(steps, self._pendings)
        self._own: dict[int, dict[int, _Answer]] = {}
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

    def _answer(self, belief: int, rest: _Rest, pending: int, edits: int) -> _Answer:
        """The best that can be done from a state with exactly so many edits, None if nothing.

        A state is met only where fewer edits than so many cannot do: the depths before this one
        would have ended the search.
        """
        chain = []
        owed = self._pendings.owed(pending)
        rest_of_key = state_key(0, pending, edits)
        nothing_but_keep = not edits and pending == NOTHING_PENDING
        while True:
            key = rest_of_key | belief
            if edits <= SHARED_EDITS and rest.short:
                answers = rest.answers
            else:
                answers = self._own.setdefault(rest.number, {})
            found = answers.get(key, _UNKNOWN)
            if found != _UNKNOWN:
                break
            found = None
            if owed and any(rest.actions.get(action, 0) < owed.count(action) for action in owed):
                # A row that is owed is no longer to come.
                answers[key] = None
                break
            self._count(belief, rest, pending, edits)
            if rest.following is None:
                step = None
                found = 0 if nothing_but_keep else None
            else:
                step = self._steps.step(belief, rest.symbol)
            chain.append((belief, rest, key, answers, step))
            if step is None or rest.following is None:
                break
            belief, rest = step.after, rest.following
        passing = self._pendings.passing(pending)
        for belief, rest, key, answers, step in reversed(chain):
            if found is not None and step is not None:
                found = step.cost + passing + found
            elif rest.following is not None:
                found = None
            if not nothing_but_keep:
                found = self._best(belief, rest, pending, edits, found)
            answers[key] = found
        return found

    def _best(self, belief: int, rest: _Rest, pending: int, edits: int, kept: _Answer) -> _Answer:
        """The best of keeping the next instant and of everything else that can be done."""
        if rest.following is None and pending == NOTHING_PENDING:
            return None
        best = kept
        for choice in self._choices_of(belief, rest, pending, edits):
            cost = choice.cost
            if best is not None and cost >= best:
                continue
            then = self._after(choice, rest)
            if then is not None and (best is None or cost + then < best):
                best = cost + then
        return best

    def _after(self, choice: Choice, rest: _Rest) -> _Answer:
        """The best that can be done after a choice."""
        left = rest.following if choice.step.onward else rest
        assert left is not None
        if choice.edits <= SHARED_EDITS and left.short:
            known = left.answers.get(choice.key, _UNKNOWN)
            if known != _UNKNOWN:
                return known
        return self._answer(choice.belief, left, choice.pending, choice.edits)

    def _choices_of(self, belief: int, rest: _Rest, pending: int, edits: int) -> list[Choice]:
        """Everything that can be done but to keep the next instant."""
        choices = self._choices.near(belief, rest.symbol, pending, edits)
        if not edits:
            return choices
        owing = self._choices.owing(belief, pending, edits)
        owed = self._pendings.owed(pending)
        return choices + [
            owing[action]
            for action, count in rest.actions.items()
            if action in owing and owed.count(action) < count
        ]

    def _count(self, belief: int, rest: _Rest, pending: int, edits: int) -> None:
        """Weigh a state; to search the orders of many tied events weighs as much as it takes."""
        if rest.short:
            if edits > SHARED_EDITS:
                self._weigh(HEAVY)
            else:
                self._kept += 1
            return
        self._weigh(MIDDLING if edits else LIGHT)
        instants = self._steps.instants
        if len(instants[rest.symbol]) <= UNTANGLED:
            return
        symbols = [part.left for part in self._pendings.parts(rest.symbol, pending, edits)]
        for symbol in (rest.symbol, *symbols):
            size = 0 if symbol == EMPTY else len(instants[symbol])
            if size > UNTANGLED and (belief, symbol) not in self._tangles:
                self._tangles.add((belief, symbol))
                self._weigh(effort(size) // MIDDLING)

    def _weigh(self, weight: int) -> None:
        self._allowed -= weight
        if self._allowed < 0:
            raise GivenUp

    def _walk(self, rest: _Rest, edits: int) -> list[WalkStep]:
        belief, pending = self._steps.start, NOTHING_PENDING
        walk = []
        while rest.following is not None or pending != NOTHING_PENDING:
            choice = self._first_best(belief, rest, pending, edits)
            if choice is None:
                step = self._steps.step(belief, rest.symbol)
                assert step is not None
                belief, done = step.after, KEEP
            else:
                done, belief, pending, edits = choice[2:]
            walk.append(done)
            if done.onward:
                assert rest.following is not None
                rest = rest.following
        return walk

    def _first_best(self, belief: int, rest: _Rest, pending: int, edits: int) -> Choice | None:
        """The first thing to do on the way of least cost; None keeps the next instant.

        Of equally good ones the first is taken, so edits stand as late as they can.
        """
        least = self._answer(belief, rest, pending, edits)
        if rest.following is not None:
            step = self._steps.step(belief, rest.symbol)
            if step is not None:
                then = self._answer(step.after, rest.following, pending, edits)
                passing = self._pendings.passing(pending)
                if then is not None and step.cost + passing + then == least:
                    return None
        for choice in self._choices_of(belief, rest, pending, edits):
            if least is not None and choice.cost <= least:
                then = self._after(choice, rest)
                if then is not None and choice.cost + then == least:
                    return choice
        raise AssertionError("the least cost is that of some choice")
