"""What an instant, kept or edited, does to a belief and what it costs: the moves of the search.

Costs are whole numbers that compare as lists would: warnings left; drops; infos left; insertions
and the instants that moves pass; and then the actions of the edits, those that come first in the
table of semantics.md §3 before others. The number of edits is not part of them: the search compares
only repairs of equally many.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    ENROLMENTS,
    MAX_ORDERED,
    Belief,
    Instant,
    InstantOutcome,
    advance_instant,
    initial_belief,
    severity_rank,
)

__all__ = [
    "DROP",
    "INFO",
    "PASSED",
    "WARNING",
    "Insertion",
    "Step",
    "Steps",
    "effort",
    "order_cost",
]

_BITS: Final = 6
"""Edits of one action told apart, as a power of two."""

_ORDER_BITS: Final = _BITS * (len(Action) + 1)
PASSED: Final = 1 << _ORDER_BITS
"""What a moved event costs for each instant that it passes; an insertion costs as much as one."""
INFO: Final = PASSED << 16
DROP: Final = INFO << 32
WARNING: Final = DROP << 16

_HIGHEST: Final = 1 << _BITS * len(Action)


def order_cost(action: Action) -> int:
    """Return the part of an edit's cost that prefers the earlier of two actions.

    Of two repairs with equally many edits the sum is less for the one whose actions, sorted, are
    the earlier list.
    """
    return _HIGHEST - (1 << _BITS * (len(Action) - 1 - action))


def effort(events: int) -> int:
    """Return about how many steps it takes to find the best order of so many tied events."""
    return events << events if events <= MAX_ORDERED else events


class Step(NamedTuple):
    """The belief after an instant, and the cost of its findings."""

    after: int
    cost: int


class Insertion(NamedTuple):
    """An event that may be inserted, the belief after it, and the cost of edit and finding."""

    action: Action
    after: int
    cost: int


@cache
def _outcome(belief: Belief, instant: Instant) -> InstantOutcome:
    return advance_instant(belief, instant)


class Steps:
    """Beliefs and instants by number, and the legal steps between beliefs, each computed once.

    ``start`` is the belief before the history. With a partial history that belief depends on the
    first instant (§5), so it has a number of its own that stands for "not yet known".
    """

    def __init__(self, *, partial: bool) -> None:
        self.partial = partial
        self._beliefs: list[Belief] = []
        self._belief_number: dict[Belief, int] = {}
        self._steps: list[dict[int, Step | None]] = []
        self._insertions: list[tuple[Insertion, ...] | None] = []
        self.instants: list[Instant] = [(action,) for action in Action]
        self._symbols = {instant: symbol for symbol, instant in enumerate(self.instants)}
        self.start = self._number(frozenset() if partial else initial_belief((), partial=False))

    def symbol(self, instant: Instant) -> int:
        """Return the number of ``instant``; that of a single event is its action's."""
        symbol = self._symbols.get(instant)
        if symbol is None:
            symbol = self._symbols[instant] = len(self.instants)
            self.instants.append(instant)
        return symbol

    def step(self, belief: int, symbol: int) -> Step | None:
        """Return what the instant does, None if it has an error."""
        known = self._steps[belief]
        if symbol in known:
            return known[symbol]
        found = known[symbol] = self._computed(belief, symbol)
        return found

    def insertions(self, belief: int) -> tuple[Insertion, ...]:
        """Return the events worth inserting here: the cheapest for each belief it can lead to."""
        known = self._insertions[belief]
        if known is not None:
            return known
        best: dict[int, Insertion] = {}
        for action in Action:
            step = self.step(belief, action)
            if step is None or step.after == belief:
                continue
            cost = step.cost + PASSED + order_cost(action)
            if belief == self.start and self.partial and action not in ENROLMENTS:
                # It would turn a record that begins with its enrolment into one of which the
                # beginning is unknown, and so explain anything: as good as dropping that row.
                cost += DROP
            if step.after not in best or cost < best[step.after].cost:
                best[step.after] = Insertion(action, step.after, cost)
        found = self._insertions[belief] = tuple(best.values())
        return found

    def outcome(self, belief: int, symbol: int) -> InstantOutcome:
        """Return what the replay makes of this instant."""
        instant, held = self.instants[symbol], self._beliefs[belief]
        return _outcome(held or initial_belief(instant, partial=True), instant)

    def _computed(self, belief: int, symbol: int) -> Step | None:
        outcome = self.outcome(belief, symbol)
        cost = INFO if outcome.unsearched else 0
        for event in outcome.events:
            rank = severity_rank(event.finding)
            if rank == 3:
                return None
            cost += (0, INFO, WARNING)[rank]
        return Step(self._number(outcome.belief), cost)

    def _number(self, belief: Belief) -> int:
        number = self._belief_number.get(belief)
        if number is None:
            number = self._belief_number[belief] = len(self._beliefs)
            self._beliefs.append(belief)
            self._steps.append({})
            self._insertions.append(None)
        return number
