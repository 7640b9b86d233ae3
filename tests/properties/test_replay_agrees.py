"""The columnar replay is the scalar one, on arrays made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import histories

from engine.lifecycle.action import Action
from engine.lifecycle.belief import MAX_ORDERED, Belief, Instant, initial_belief
from engine.replay import columnar, fold, scalar
from engine.replay.columnar import Replay, replay
from engine.replay.streams import Streams
from engine.replay.table import TransitionTable, status_mask

History = list[Instant]
REPORTS = st.lists(histories(), max_size=8)
THOROUGH = settings(max_examples=60, deadline=None)


def streams_of(report: Sequence[History]) -> tuple[Streams, np.ndarray]:
    """Streams as :func:`engine.replay.streams.arrange` would make them, and their actions."""
    actions: list[int] = []
    starts, instants, at = [0], [0], []
    for history in report:
        for number, instant in enumerate(history):
            actions += instant
            at += [number] * len(instant)
            instants.append(len(actions))
        starts.append(len(actions))
    count = np.arange(len(actions))
    return (
        Streams(count, np.array(at, np.int64), np.array(starts), np.array(instants), count[:0]),
        np.array(actions, np.uint8),
    )


@contextmanager
def limits(**values: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            module = columnar if name == "MAX_TIED_SYMBOLS" else fold
            patch.setattr(module, name, value)
        yield


def expect_scalar(report: Sequence[History], *, partial: bool) -> Replay:
    streams, actions = streams_of(report)
    table = TransitionTable()
    result = replay(streams, actions, partial=partial, table=table)
    outcome, order, after, unsearched, final = [], [], [], [], []
    before: list[Belief] = []
    for history in report:
        held, done = scalar.replay(history, partial=partial)
        final.append(done[-1].belief)
        for each in done:
            before += [event.before if each.unsearched else held for event in each.events]
            held = each.belief
            if each.unsearched:
                unsearched.append(len(outcome))
            order += [len(outcome) + position for position in each.order]
            outcome += table.pack(each).tolist()
            after.append(status_mask(each.belief))
    assert result.outcome.tolist() == outcome
    assert result.streams.events.tolist() == order, "the events in the order played"
    assert result.after.tolist() == after
    assert result.unsearched.tolist() == unsearched
    assert [table.beliefs[number] for number in result.before.tolist()] == before
    assert [table.beliefs[number] for number in result.final.tolist()] == final
    return result


@THOROUGH
@given(REPORTS, st.booleans())
def test_columnar_is_scalar(report: list[History], partial: bool) -> None:
    expect_scalar(report, partial=partial)


@THOROUGH
@given(REPORTS, st.booleans(), st.integers(0, 3))
def test_columnar_is_scalar_where_tied_instants_are_too_varied(
    report: list[History], partial: bool, compiled: int
) -> None:
    with limits(MAX_TIED_SYMBOLS=compiled):
        expect_scalar(report, partial=partial)


@THOROUGH
@given(REPORTS, st.booleans(), st.integers(1, 4), st.integers(0, 4))
def test_columnar_is_scalar_in_blocks_of_any_size(
    report: list[History], partial: bool, block: int, few: int
) -> None:
    with limits(FIRST=block, BLOCK=block, FEW=few):
        expect_scalar(report, partial=partial)


@THOROUGH
@given(st.lists(histories(largest=1), min_size=1, max_size=40), st.booleans())
def test_columnar_is_scalar_without_ties(report: list[History], partial: bool) -> None:
    assert expect_scalar(report, partial=partial).streams.untied


@THOROUGH
@given(st.lists(REPORTS, min_size=2, max_size=3))
def test_a_table_may_be_shared(reports: list[list[History]]) -> None:
    shared = TransitionTable()
    for report in reports:
        alone = replay(*streams_of(report), partial=False, table=TransitionTable())
        again = replay(*streams_of(report), partial=False, table=shared)
        assert again.outcome.tolist() == alone.outcome.tolist()
        assert again.after.tolist() == alone.after.tolist()


def slow_fold(symbols: Sequence[Instant], belief: Belief) -> list[Belief]:
    path = [belief]
    for instant in symbols:
        path.append(scalar.advance_instant(path[-1], instant).belief)
    return path


@THOROUGH
@given(
    st.lists(st.tuples(histories(largest=3), st.booleans()), max_size=12),
    st.integers(1, 5),
    st.integers(0, 30),
)
def test_fold_gives_the_belief_before_each_step_and_the_last(
    report: list[tuple[History, bool]], block: int, few: int
) -> None:
    table = TransitionTable()
    begin = [initial_belief(history[0], partial=partial) for history, partial in report]
    symbols = [table.symbol(instant) for history, _ in report for instant in history]
    starts = np.cumsum([0, *(len(history) for history, _ in report)])
    numbers = np.array([table.belief(each) for each in begin], np.int32)
    with limits(FIRST=block, BLOCK=block, FEW=few):
        before, final = fold.fold(table, np.array(symbols, np.int32), starts, numbers)
    for stream, (low, high) in enumerate(pairwise(starts.tolist())):
        path = slow_fold(report[stream][0], begin[stream])
        assert [table.beliefs[number] for number in before[low:high]] == path[:-1]
        assert table.beliefs[final[stream]] == path[-1]
    assert numbers.tolist() == [table.belief(each) for each in begin], "the input is left alone"


def test_the_largest_searched_instant_and_the_smallest_that_is_not() -> None:
    for size in (MAX_ORDERED, MAX_ORDERED + 1):
        crowd = (Action.ENROL,) * (size - 1) + (Action.REVOKE,)
        result = expect_scalar([[crowd], [(Action.ENROL,), crowd]], partial=False)
        assert len(result.unsearched) == (2 if size > MAX_ORDERED else 0)


def test_the_commonest_kinds_of_tied_instant_are_compiled() -> None:
    common, rare = (Action.ENROL, Action.START), (Action.ENROL, Action.REVOKE)
    streams, actions = streams_of([[rare], [common], [common]])
    for limit, compiled in ((0, set()), (1, {common}), (2, {common, rare})):
        table = TransitionTable()
        with limits(MAX_TIED_SYMBOLS=limit):
            replay(streams, actions, partial=False, table=table)
        known = {
            table.instant(symbol) for symbol in range(table.singles, table.symbol((*rare, *rare)))
        }
        assert known == compiled | {()}, "besides: tied events after the first do nothing"


def test_every_pair_of_actions_at_one_instant() -> None:
    # More kinds of instant than beliefs: neither number may be taken for the other.
    report = [[pair] for pair in combinations_with_replacement(Action, 2)]
    result = expect_scalar(report, partial=False)
    assert result.table.successor.shape[1] > result.table.successor.shape[0]
