"""The search of a tied instant is the rule of semantics.md §6, order by order."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from strategies import beliefs, instants

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    COMPLETE_HISTORY,
    Belief,
    EventOutcome,
    Instant,
    advance,
    advance_instant,
    severity_rank,
)
from engine.lifecycle.step import reachable


def in_every_order(
    belief: Belief, instant: Instant
) -> tuple[Belief, tuple[int, ...], list[EventOutcome]]:
    """The union of the beliefs after the best orders; the first of them, and its outcomes."""
    tried = {}
    for order in sorted(set(permutations(instant))):
        held, outcomes = belief, []
        for action in order:
            after, finding = advance(held, action)
            outcomes.append(EventOutcome(finding, held, after))
            held = after
        ranks = Counter(severity_rank(each.finding) for each in outcomes)
        tried[order] = (ranks[3], ranks[2], ranks[1]), held, outcomes
    least = min(cost for cost, _, _ in tried.values())
    best = {order: (held, said) for order, (cost, held, said) in tried.items() if cost == least}
    first = min(best)
    waiting = {action: instant.index(action) for action in first}
    positions = []
    for action in first:
        positions.append(waiting[action])
        waiting[action] += 1
    union = frozenset().union(*(held for held, _ in best.values()))
    return union, tuple(positions), best[first][1]


def agree(belief: Belief, instant: Instant) -> None:
    outcome = advance_instant(belief, instant)
    union, order, said = in_every_order(belief, instant)
    assert outcome.belief == union
    assert outcome.order == order
    assert [outcome.events[place] for place in outcome.order] == said


@settings(max_examples=300, deadline=None)
@given(beliefs, instants(5))
def test_the_search_finds_what_all_orders_show(belief: Belief, instant: Instant) -> None:
    agree(belief, instant)


A = Action


@pytest.mark.parametrize(
    "instant",
    [
        (A.ENROL, A.START, A.COMPLETE, A.RECERTIFY, A.SET_UNKNOWN, A.CERTIFY_FOR_EXAM, A.REVOKE),
        (A.ENROL_BY_MANAGER, A.START, A.START, A.COMPLETE, A.COMPLETE, A.REVOKE, A.REVOKE),
        (A.COMPLETE, A.RECERTIFY, A.CERTIFY_FOR_COMPLETION, A.CERTIFY_BY_GRANT, A.REVOKE),
        (A.START, A.COMPLETE, A.CERTIFY_FOR_COURSE_PURCHASE, A.REVOKE),
    ],
)
@pytest.mark.parametrize("belief", [COMPLETE_HISTORY, reachable()])
def test_many_events_that_no_order_makes_legal(belief: Belief, instant: Instant) -> None:
    agree(belief, tuple(sorted(instant)))
