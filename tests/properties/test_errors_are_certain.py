"""An error is reported only where brute force finds no way in which the event is possible.

The brute force here knows :func:`engine.lifecycle.step.step` and nothing else of the program: it
goes through every configuration and every order, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CONFIGURATIONS, actions, beliefs, histories, instants

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief, Instant, advance_instant
from engine.lifecycle.configuration import NOT_ENROLLED, Configuration
from engine.lifecycle.step import step
from engine.replay.scalar import replay

THOROUGH = settings(max_examples=250, deadline=None)
Codes = tuple[str | None, ...]
SEVERITIES = (None, "S3", "S2", "S1")


def severity(code: str | None) -> int:
    return SEVERITIES.index(code and code[:2])


def is_error(code: str | None) -> bool:
    return severity(code) == 3


def one_event(held: set[Configuration], action: Action) -> tuple[set[Configuration], str | None]:
    """Semantics.md §5, in so many words."""
    outcomes = {outcome for configuration in held for outcome in step(configuration, action)}
    below_error = {outcome for outcome in outcomes if not is_error(outcome[1])}
    left = below_error or outcomes
    least = min(severity(code) for _, code in left)
    code = min((code for _, code in left if severity(code) == least), key=str)
    return {configuration for configuration, _ in left}, code


def one_order(
    held: Iterable[Configuration], order: Sequence[Action]
) -> tuple[set[Configuration], Codes]:
    now, codes = set(held), []
    for action in order:
        now, code = one_event(now, action)
        codes.append(code)
    return now, tuple(codes)


def every_order(held: Belief, instant: Instant) -> tuple[Belief, tuple[Action, ...], Codes]:
    """Semantics.md §6: the union over the best orders, and the findings of the first of them."""
    tried = {order: one_order(held, order) for order in sorted(set(permutations(instant)))}

    def cost(order: tuple[Action, ...]) -> tuple[int, ...]:
        ranks = [severity(code) for code in tried[order][1]]
        return ranks.count(3), ranks.count(2), ranks.count(1)

    least = min(map(cost, tried))
    best = [order for order in tried if cost(order) == least]
    union = frozenset[Configuration]().union(*(tried[order][0] for order in best))
    return union, best[0], tried[best[0]][1]


def legal_ends(held: Iterable[Configuration], order: Sequence[Action]) -> set[Configuration]:
    """Where single configurations may end that meet no error on their way."""
    now = set(held)
    for action in order:
        now = {
            end
            for configuration in now
            for end, code in step(configuration, action)
            if not is_error(code)
        }
    return now


@THOROUGH
@given(beliefs, instants(5).filter(lambda instant: len(instant) <= 5))
def test_an_instant_does_what_brute_force_says(belief: Belief, instant: Instant) -> None:
    union, order, codes = every_order(belief, instant)
    outcome = advance_instant(belief, instant)
    assert outcome.belief == union
    assert tuple(instant[position] for position in outcome.order) == order
    assert tuple(outcome.events[position].finding for position in outcome.order) == codes


@THOROUGH
@given(beliefs, instants(5))
def test_an_error_means_that_no_configuration_and_no_order_is_legal(
    belief: Belief, instant: Instant
) -> None:
    accused = any(is_error(event.finding) for event in advance_instant(belief, instant).events)
    legal = any(legal_ends(belief, order) for order in set(permutations(instant)))
    assert accused == (not legal)


@THOROUGH
@given(histories(longest=5, largest=4), st.booleans())
def test_a_history_does_what_brute_force_says(history: list[Instant], partial: bool) -> None:
    enrols = any(action <= Action.ENROL_ECHO for action in history[0])
    held = frozenset({NOT_ENROLLED})
    if partial:
        # Before an enrolment no cycle was open; before anything else all is possible.
        without = [held for held in CONFIGURATIONS if held.status.label in NO_ACCESS]
        held = frozenset(without if enrols else CONFIGURATIONS)
    begin, outcomes = replay(history, partial=partial)
    assert begin == held
    for instant, outcome in zip(history, outcomes, strict=True):
        held, _, codes = every_order(held, instant)
        assert outcome.belief == held
        found = [outcome.events[position].finding for position in outcome.order]
        assert found == list(codes)


NO_ACCESS = ("not_enrolled", "revoked")


@THOROUGH
@given(st.lists(actions, min_size=1, max_size=10), st.booleans())
def test_without_ties_an_error_means_that_no_course_of_events_explains_the_rows(
    events: list[Action], partial: bool
) -> None:
    begin, outcomes = replay([(event,) for event in events], partial=partial)
    accused = False
    for count, outcome in enumerate(outcomes, 1):
        accused |= is_error(outcome.events[0].finding)
        assert accused == (not legal_ends(begin, events[:count]))


@THOROUGH
@given(st.lists(actions, min_size=1, max_size=10))
def test_a_window_is_never_accused_of_more_than_the_whole(events: list[Action]) -> None:
    """What has an error in a partial history has one in a complete history too."""
    instants = [(event,) for event in events]
    _, complete = replay(instants, partial=False)
    _, partial = replay(instants, partial=True)
    if any(is_error(outcome.events[0].finding) for outcome in partial):
        assert any(is_error(outcome.events[0].finding) for outcome in complete)
