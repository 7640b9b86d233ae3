"""Belief states: the set of configurations a record may be in, and what an event does to it.

Source: semantics.md §5 (belief states) and §6 (tied instants).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from engine.lifecycle.configuration import NOT_ENROLLED, Access, Configuration, Status
from engine.lifecycle.step import Outcome, reachable, step
from engine.vocabulary import Action

__all__ = [
    "COMPLETE_HISTORY",
    "ENROLMENTS",
    "MAX_ORDERED",
    "ORDER_NOT_SEARCHED",
    "Belief",
    "EventOutcome",
    "Instant",
    "InstantOutcome",
    "advance",
    "advance_instant",
    "initial_belief",
    "severity_rank",
    "statuses",
]

Belief = frozenset[Configuration]
Instant = tuple[Action, ...]
"""The actions of one instant, sorted in the order of the table in §3."""

MAX_ORDERED: Final = 8
"""An instant with more events than this is taken in table order (§6)."""

ORDER_NOT_SEARCHED: Final = "S304"

ENROLMENTS: Final = frozenset(action for action in Action if action <= Action.ENROL_ECHO)
"""The actions that begin a cycle where none is open."""

COMPLETE_HISTORY: Final[Belief] = frozenset({NOT_ENROLLED})

_BEFORE_AN_ENROLMENT: Final[Belief] = frozenset(
    {
        NOT_ENROLLED,
        Configuration(access=Access.REVOKED),
        Configuration(access=Access.REVOKED, ever_completed=True),
    }
)


class EventOutcome(NamedTuple):
    """What one event did: its finding's code, if any, and the belief before and after it."""

    finding: str | None
    before: Belief
    after: Belief


class InstantOutcome(NamedTuple):
    """What one instant did.

    Attributes
    ----------
    belief:
        The union of the beliefs after each of the best orders.
    events:
        One outcome an event, for the events in the order of :data:`Instant`.
    order:
        The best order that the findings are from: positions in ``events``.
    unsearched:
        Whether the instant is too large to search (S304 at its first event).
    """

    belief: Belief
    events: tuple[EventOutcome, ...]
    order: tuple[int, ...]
    unsearched: bool = False


@cache
def severity_rank(finding: str | None) -> int:
    """Return 0 for no finding, 1 for info, 2 for warning, 3 for error (§4: the first digit)."""
    return 0 if finding is None else 4 - int(finding[1])


def statuses(belief: Belief) -> tuple[Status, ...]:
    """Return the statuses possible in this belief, in the order of §5; one if it is certain."""
    return tuple(sorted({configuration.status for configuration in belief}))


def initial_belief(first: Iterable[Action], *, partial: bool) -> Belief:
    """Return the belief before a stream whose first instant holds the actions ``first`` (§5)."""
    if not partial:
        return COMPLETE_HISTORY
    if ENROLMENTS.isdisjoint(first):
        return reachable()
    return _BEFORE_AN_ENROLMENT


@cache
def advance(belief: Belief, action: Action) -> tuple[Belief, str | None]:
    """Return the belief after one event, and the code of its finding.

    Outcomes with an error are refuted if another outcome has none; the finding is the least
    severe that is left, the lowest code among equals (§5).
    """
    outcomes = frozenset[Outcome]().union(*(step(member, action) for member in belief))
    kept = {outcome for outcome in outcomes if severity_rank(outcome[1]) < 3} or outcomes
    finding = min({code for _, code in kept}, key=_weight)
    return frozenset(configuration for configuration, _ in kept), finding


@cache
def _weight(finding: str | None) -> tuple[int, str]:
    return severity_rank(finding), finding or ""


def advance_instant(belief: Belief, instant: Instant) -> InstantOutcome:
    """Return what the tied events of one instant do (§6).

    ``instant`` is sorted; every order of it is weighed by its errors, then warnings, then infos.
    The orders are not listed one by one: two that lead to the same belief with the same events
    used share their future, so only the cheaper of them, or the first among equals, is followed.
    """
    if len(instant) == 1:
        after, finding = advance(belief, instant[0])
        return InstantOutcome(after, (EventOutcome(finding, belief, after),), (0,))
    if len(instant) > MAX_ORDERED:
        return _in_table_order(belief, instant)

    # (events used, as one count an action; belief) → (cost, actions so far)
    kinds = tuple(dict.fromkeys(instant))
    totals = tuple(instant.count(kind) for kind in kinds)
    paths: dict[tuple[tuple[int, ...], Belief], tuple[_Cost, Instant]]
    paths = {(tuple(0 for _ in kinds), belief): ((0, 0, 0), ())}
    for _ in instant:
        longer: dict[tuple[tuple[int, ...], Belief], tuple[_Cost, Instant]] = {}
        for (used, held), (cost, actions) in paths.items():
            for index, kind in enumerate(kinds):
                if used[index] == totals[index]:
                    continue
                after, finding = advance(held, kind)
                key = ((*used[:index], used[index] + 1, *used[index + 1 :]), after)
                path = (_add(cost, finding), (*actions, kind))
                if key not in longer or path < longer[key]:
                    longer[key] = path
        paths = longer
    least = min(cost for cost, _ in paths.values())
    first = min(actions for cost, actions in paths.values() if cost == least)
    union = frozenset[Configuration]().union(
        *(held for (_, held), (cost, _) in paths.items() if cost == least)
    )
    events, order = _along(belief, instant, first)
    return InstantOutcome(union, events, order)


_Cost = tuple[int, int, int]
"""Errors, warnings, infos."""


def _add(cost: _Cost, finding: str | None) -> _Cost:
    errors, warnings, infos = cost
    rank = severity_rank(finding)
    return (errors + (rank == 3), warnings + (rank == 2), infos + (rank == 1))


def _along(
    belief: Belief, instant: Instant, actions: Instant
) -> tuple[tuple[EventOutcome, ...], tuple[int, ...]]:
    """Replay ``actions``; the k-th of one action is the k-th such event of ``instant``."""
    waiting = {kind: instant.index(kind) for kind in actions}
    events: list[EventOutcome | None] = [None] * len(instant)
    order = []
    for action in actions:
        after, finding = advance(belief, action)
        position = waiting[action]
        waiting[action] += 1
        events[position] = EventOutcome(finding, belief, after)
        order.append(position)
        belief = after
    return tuple(event for event in events if event is not None), tuple(order)


def _in_table_order(belief: Belief, instant: Instant) -> InstantOutcome:
    events, order = _along(belief, instant, instant)
    return InstantOutcome(events[-1].after, events, order, unsearched=True)
