"""Belief states: the set of configurations a record may be in, and what an event does to it.

Source: semantics.md §5 (belief states) and §6 (tied instants).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import NOT_ENROLLED, Access, Configuration, Status
from engine.lifecycle.machine import ORDER_NOT_SEARCHED
from engine.lifecycle.step import Outcome, reachable, step

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
        Whether the instant is too large to search (a finding at its first event).
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
    A property test has the twin that does list them.
    """
    if len(instant) == 1:
        after, finding = advance(belief, instant[0])
        return InstantOutcome(after, (EventOutcome(finding, belief, after),), (0,))
    if len(instant) > MAX_ORDERED:
        return _in_table_order(belief, instant)

    union, first = _best_orders(belief, instant)
    events, order = _along(belief, instant, first)
    return InstantOutcome(union, events, order)


# A path through an instant is one number, so that the better of two is the smaller: errors,
# warnings and infos, four bits each (there are no more than 8 events), then the actions taken,
# five bits each, the first one foremost.
_ACTION_BITS: Final = 5
_COST_SHIFT: Final = _ACTION_BITS * MAX_ORDERED
_COSTS: Final = (0, 1 << _COST_SHIFT, 1 << _COST_SHIFT + 4, 1 << _COST_SHIFT + 8)
"""What a finding of each severity adds to a path."""


def _best_orders(belief: Belief, instant: Instant) -> tuple[Belief, Instant]:
    """Return the union of the beliefs after the best orders, and the first of those orders.

    A state is the events used and the belief held; of the paths to one state only the least is
    followed, and none that costs more than an order already known: costs never shrink.
    """
    beliefs = [belief]
    number_of = {belief: 0}
    moves: list[dict[Action, tuple[int, int]]] = [{}]

    def move(held: int, action: Action) -> tuple[int, int]:
        """The number of the belief after, and the cost."""
        after, finding = advance(beliefs[held], action)
        number = number_of.setdefault(after, len(beliefs))
        if number == len(beliefs):
            beliefs.append(after)
            moves.append({})
        return number, _COSTS[severity_rank(finding)]

    kinds = {kind: instant.count(kind) for kind in dict.fromkeys(instant)}
    bound = _cost_of_some_order(belief, kinds)
    # Events used (as one count an action) → belief held → least path.
    paths: dict[tuple[int, ...], dict[int, int]] = {(0,) * len(kinds): {0: 0}}
    for place in reversed(range(len(instant))):
        longer: dict[tuple[int, ...], dict[int, int]] = {}
        for used, least in paths.items():
            for index, (kind, total) in enumerate(kinds.items()):
                if used[index] == total:
                    continue
                target = longer.setdefault((*used[:index], used[index] + 1, *used[index + 1 :]), {})
                taken = kind << _ACTION_BITS * place
                for held, path in least.items():
                    known = moves[held]
                    if kind not in known:
                        known[kind] = move(held, kind)
                    after, cost = known[kind]
                    new = path + cost + taken
                    if new < bound and new < target.get(after, bound):
                        target[after] = new
        paths = longer
    (last,) = paths.values()
    best = min(last.values())
    union = frozenset[Configuration]().union(
        *(
            beliefs[held]
            for held, path in last.items()
            if path >> _COST_SHIFT == best >> _COST_SHIFT
        )
    )
    mask = (1 << _ACTION_BITS) - 1
    places = reversed(range(len(instant)))
    return union, tuple(Action(best >> _ACTION_BITS * place & mask) for place in places)


def _cost_of_some_order(belief: Belief, kinds: dict[Action, int]) -> int:
    """Return a path dearer than some good order: the one that always takes the cheapest next."""
    waiting = dict(kinds)
    path = 0
    while waiting:
        cost, kind = min(
            (_COSTS[severity_rank(advance(belief, kind)[1])], kind) for kind in waiting
        )
        path += cost
        belief, _ = advance(belief, kind)
        waiting[kind] -= 1
        if not waiting[kind]:
            del waiting[kind]
    return ((path >> _COST_SHIFT) + 1) << _COST_SHIFT


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
