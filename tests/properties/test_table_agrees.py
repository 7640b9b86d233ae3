"""The machine is total, and the compiled table is the machine."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CONFIGURATIONS, actions, beliefs, instants

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    Belief,
    Instant,
    InstantOutcome,
    advance,
    advance_instant,
    severity_rank,
    statuses,
)
from engine.lifecycle.configuration import NOT_ENROLLED, Access, Configuration
from engine.lifecycle.step import reachable, step
from engine.replay.table import (
    AFTER_SHIFT,
    BEFORE_SHIFT,
    BEGAN_CYCLE,
    FINDING_CODES,
    FINDING_MASK,
    IN_CYCLE,
    STATUS_MASK,
    TransitionTable,
    statuses_of_mask,
)
from engine.rules.catalogue import CATALOGUE

Unpacked = tuple[str | None, tuple[object, ...], tuple[object, ...], bool, bool]
THOROUGH = settings(max_examples=120, deadline=None)


def unpacked(packed: int) -> Unpacked:
    return (
        FINDING_CODES[packed & FINDING_MASK],
        statuses_of_mask(packed >> BEFORE_SHIFT & STATUS_MASK),
        statuses_of_mask(packed >> AFTER_SHIFT & STATUS_MASK),
        bool(packed & BEGAN_CYCLE),
        bool(packed & IN_CYCLE),
    )


def open_cycle(belief: Belief) -> bool:
    return any(held.access is Access.ACTIVE for held in belief)


def said(before: Belief, after: Belief, finding: str | None) -> Unpacked:
    began = open_cycle(after) and not open_cycle(before)
    return (finding, statuses(before), statuses(after), began, open_cycle(after))


def in_order(outcome: InstantOutcome) -> list[Unpacked]:
    events = [outcome.events[position] for position in outcome.order]
    return [said(event.before, event.after, event.finding) for event in events]


def test_a_number_for_each_sequence_finding_and_for_none() -> None:
    assert (None, *(code for code in CATALOGUE if code.startswith("S"))) == FINDING_CODES


def test_the_machine_is_total_over_what_can_be_reached() -> None:
    known = set(FINDING_CODES)
    for configuration in CONFIGURATIONS:
        for action in Action:
            outcomes = step(configuration, action)
            assert outcomes
            for successor, finding in outcomes:
                assert successor in reachable()
                assert finding in known


def test_every_reachable_configuration_is_reached_by_some_history() -> None:
    # From the empty history alone, one action after another.
    seen: set[Configuration] = set()
    fresh = {NOT_ENROLLED}
    while fresh:
        seen |= fresh
        fresh = {end for held in fresh for a in Action for end, _ in step(held, a)} - seen
    assert seen == reachable()


def test_compiled_is_machine_from_every_configuration() -> None:
    table = TransitionTable()
    for configuration in CONFIGURATIONS:
        before = frozenset({configuration})
        number = table.belief(before)
        for action in Action:
            after, finding = advance(before, action)
            successor = table.fill(number, action)
            assert table.beliefs[successor] == after
            assert table.successor[number, action] == successor
            assert unpacked(int(table.outcome[number, action])) == said(before, after, finding)


@THOROUGH
@given(beliefs, st.lists(actions, min_size=1, max_size=8))
def test_compiled_is_machine_from_any_belief(belief: Belief, steps: list[Action]) -> None:
    table = TransitionTable()
    number = table.belief(belief)
    for action in steps:
        after, finding = advance(belief, action)
        successor = table.fill(number, action)
        assert unpacked(int(table.outcome[number, action])) == said(belief, after, finding)
        assert table.beliefs[successor] == after
        assert table.fill(number, action) == successor, "once computed, it stays"
        belief, number = after, successor


@THOROUGH
@given(beliefs, instants())
def test_compiled_is_machine_for_tied_instants(belief: Belief, instant: Instant) -> None:
    table = TransitionTable()
    number, symbol = table.belief(belief), table.symbol(instant)
    assert table.instant(symbol) == instant
    outcome = advance_instant(belief, instant)
    assert table.beliefs[table.fill(number, symbol)] == outcome.belief
    if len(instant) == 1:
        packed, order = [table.outcome[number, symbol]], (0,)
    else:
        packed, order = table.tied(number, symbol)
    assert tuple(order) == outcome.order
    assert [unpacked(int(each)) for each in packed] == in_order(outcome)


@THOROUGH
@given(st.lists(beliefs, min_size=1, max_size=4), st.lists(instants(4), max_size=40))
def test_numbers_hold_while_the_table_grows(held: list[Belief], kinds: list[Instant]) -> None:
    table = TransitionTable()
    numbers = {belief: table.belief(belief) for belief in held}
    symbols = {instant: table.symbol(instant) for instant in kinds}
    for belief, number in list(numbers.items()):
        for instant, symbol in symbols.items():
            table.fill(number, symbol)
            assert table.belief(belief) == number
            assert table.symbol(instant) == symbol
    assert len(set(table.beliefs)) == len(table.beliefs)
    for number, belief in enumerate(table.beliefs):
        assert statuses_of_mask(int(table.masks[number])) == statuses(belief)


@THOROUGH
@given(beliefs, actions)
def test_what_one_member_allows_is_no_error(belief: Belief, action: Action) -> None:
    after, finding = advance(belief, action)
    assert after
    alone = [code for held in belief for _, code in step(held, action)]
    assert severity_rank(finding) == min(severity_rank(code) for code in alone)
    assert (severity_rank(finding) == 3) == all(severity_rank(code) == 3 for code in alone)


@THOROUGH
@given(beliefs, beliefs, actions)
def test_knowing_less_never_makes_an_event_worse(
    belief: Belief, more: Belief, action: Action
) -> None:
    _, finding = advance(belief, action)
    _, vaguer = advance(belief | more, action)
    assert severity_rank(vaguer) <= severity_rank(finding)
