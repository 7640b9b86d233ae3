"""A repair leaves no error, and no set of edits that does is cheaper."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from repair_brute import History, every_set, price, severities

from engine.lifecycle.action import Action
from engine.repair.edits import EditKind, apply
from engine.repair.repairer import Repairer
from engine.replay.scalar import replay

REPAIRERS = {
    (partial, most): Repairer(partial=partial, most_states=most)
    for partial in (False, True)
    for most in (40_000, 0)
}
"""Those without a state to spend answer with the beam, unless nothing needs repair."""


@st.composite
def histories(draw: st.DrawFn, most_events: int, most_tied: int = 3) -> History:
    events = draw(st.lists(st.sampled_from(Action), min_size=1, max_size=most_events))
    instants: list[list[Action]] = []
    for event in events:
        if instants and len(instants[-1]) < most_tied and draw(st.integers(0, 3)) == 0:
            instants[-1].append(event)
        else:
            instants.append([event])
    return tuple(tuple(sorted(instant)) for instant in instants)


def errors(history: History, *, partial: bool) -> int:
    _, outcomes = replay(history, partial=partial)
    return sum(
        event.finding is not None and event.finding.startswith("S1")
        for outcome in outcomes
        for event in outcome.events
    )


@pytest.mark.parametrize("most", [40_000, 0], ids=["search", "beam"])
@given(history=histories(12, most_tied=12), partial=st.booleans())
@example(history=(tuple([Action.CERTIFY_FOR_COMPLETION] * 12),), partial=False)
@example(history=(tuple(Action),), partial=False)
@settings(max_examples=60, deadline=None)
def test_after_a_repair_nothing_is_impossible(most: int, history: History, partial: bool) -> None:
    repair = REPAIRERS[partial, most].repair(history)
    assert errors(tuple(apply(history, repair.edits)), partial=partial) == 0
    moved = [edit.event for edit in repair.edits if edit.event is not None]
    assert len(moved) == len(set(moved))
    if not errors(history, partial=partial):
        assert repair.edits == () or not repair.optimal


@given(history=histories(5), partial=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_smaller_set_of_edits_will_do(history: History, partial: bool) -> None:
    repair = REPAIRERS[partial, 40_000].repair(history)
    assert repair.optimal
    for size in range(min(2, len(repair.edits))):
        for edits in every_set(history, size):
            assert price(history, edits, partial=partial) is None


@given(history=histories(5), partial=st.booleans())
@settings(max_examples=150, deadline=None)
def test_of_as_many_edits_none_is_better(history: History, partial: bool) -> None:
    repair = REPAIRERS[partial, 40_000].repair(history)
    if len(repair.edits) != 1:
        return
    prices = (price(history, edits, partial=partial) for edits in every_set(history, 1))
    best = min(each for each in prices if each is not None)
    assert price(history, repair.edits, partial=partial) == best


@given(history=histories(4), partial=st.booleans())
@settings(max_examples=30, deadline=None)
def test_neither_of_two_edits(history: History, partial: bool) -> None:
    repair = REPAIRERS[partial, 40_000].repair(history)
    if len(repair.edits) != 2:
        return
    prices = (price(history, edits, partial=partial) for edits in every_set(history, 2))
    best = min(each for each in prices if each is not None)
    assert price(history, repair.edits, partial=partial) == best


@given(histories(8), st.lists(histories(8), max_size=4), st.booleans())
@settings(max_examples=30, deadline=None)
def test_what_was_repaired_before_changes_nothing(
    history: History, others: list[History], partial: bool
) -> None:
    repairer = Repairer(partial=partial, most_states=300)
    alone = repairer.repair(history)
    later = Repairer(partial=partial, most_states=300)
    for other in others:
        later.repair(other)
    assert later.repair(history) == alone


@given(histories(5), st.booleans())
@settings(max_examples=40, deadline=None)
def test_alternatives_do_as_well(history: History, partial: bool) -> None:
    edits = REPAIRERS[partial, 40_000].repair(history).edits
    counts = severities(apply(history, edits), partial=partial)
    for at, edit in enumerate(edits):
        if edit.kind is not EditKind.INSERT:
            continue
        for action in Action:
            other = [*edits[:at], edit._replace(action=action), *edits[at + 1 :]]
            as_good = severities(apply(history, other), partial=partial) == counts
            assert as_good == (action is edit.action or action in edit.alternatives)
