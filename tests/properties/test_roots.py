"""Root causes: a lost enrolment is one finding, and the rest of what it breaks its consequences."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from histories import PAIR_OF, Stream, report, streams
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine.lifecycle.action import Action
from engine.lifecycle.belief import COMPLETE_HISTORY, ENROLMENTS, Belief, advance, severity_rank
from engine.replay.scalar import replay
from engine.rules.roots import consequences

Trace = tuple[Action, ...]


def legal(belief: Belief, length: int, *, worst: int = 0) -> Iterator[Trace]:
    """Every continuation of up to so many events, without a finding worse than this."""
    yield ()
    if length:
        for action in Action:
            after, finding = advance(belief, action)
            if severity_rank(finding) <= worst:
                for rest in legal(after, length - 1, worst=worst):
                    yield action, *rest


@cache
def counted(belief: Belief, length: int) -> int:
    if not length:
        return 1
    steps = (advance(belief, action) for action in Action)
    return sum(counted(after, length - 1) for after, finding in steps if finding is None)


def drawn(source: random.Random, length: int) -> Trace:
    """One of all legal histories of this length, each as likely."""
    belief, trace = COMPLETE_HISTORY, []
    for left in range(length, 0, -1):
        steps = [
            (action, after)
            for action in Action
            for after, finding in [advance(belief, action)]
            if finding is None
        ]
        weights = [counted(after, left - 1) for _, after in steps]
        (chosen,) = source.choices(steps, weights)
        trace.append(chosen[0])
        belief = chosen[1]
    return tuple(trace)


def without_one_enrolment(trace: Trace) -> Iterator[Trace]:
    for number, action in enumerate(trace):
        if action in ENROLMENTS:
            yield trace[:number] + trace[number + 1 :]


def codes(trace: Trace) -> list[str | None]:
    instants = [(action,) for action in trace]
    return [outcome.events[0].finding for outcome in replay(instants, partial=False)[1]]


def roots(trace: Trace) -> tuple[int, int]:
    """How many findings a history has, and how many of them are roots."""
    found = sum(code is not None for code in codes(trace))
    return found, found - len(consequences(COMPLETE_HISTORY, [(action,) for action in trace]))


FIRST = [trace[0] for trace in legal(COMPLETE_HISTORY, 1) if trace]


@pytest.mark.parametrize("events", [5, pytest.param(6, marks=pytest.mark.deep)])
@pytest.mark.parametrize("first", FIRST, ids=lambda action: action.label)
def test_a_lost_enrolment_is_one_root_in_every_legal_history_of_up_to_so_many_events(
    first: Action, events: int
) -> None:
    after, _ = advance(COMPLETE_HISTORY, first)
    broken = 0
    for rest in legal(after, events - 1):
        for left in without_one_enrolment((first, *rest)):
            found, left_as_roots = roots(left)
            assert left_as_roots == min(found, 1), left
            broken += found > 1
    assert broken > {5: 100, 6: 1000}[events]


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(7, 9))
def test_and_in_longer_ones(source: random.Random, length: int) -> None:
    for _ in range(20):
        for left in without_one_enrolment(drawn(source, length)):
            found, left_as_roots = roots(left)
            assert left_as_roots == min(found, 1), left


def test_where_the_history_has_warnings_of_its_own_those_stay_and_one_root_is_new() -> None:
    for trace in legal(COMPLETE_HISTORY, 3, worst=2):
        whole = codes(trace)
        for number, action in enumerate(trace):
            if action in ENROLMENTS:
                left = trace[:number] + trace[number + 1 :]
                follows = {
                    event for event, _ in consequences(COMPLETE_HISTORY, [(a,) for a in left])
                }
                before = whole[:number] + whole[number + 1 :]
                new = [
                    event
                    for event, (was, now) in enumerate(zip(before, codes(left), strict=True))
                    if event not in follows and severity_rank(now) > severity_rank(was)
                ]
                assert len(new) <= 1, left


@settings(deadline=None, max_examples=60)
@given(many=st.lists(streams(most=9, minutes=60) | streams(most=9, minutes=4), min_size=1))
def test_the_report_is_worked_on_as_one_record_is(many: list[Stream]) -> None:
    with report(many) as path:
        audit = engine.audit(path)
    history, findings = audit.history, audit.found()
    told = {
        (int(position), int(root))
        for position, root in zip(findings.position, findings.root, strict=True)
        if root >= 0
    }
    expected = set()
    for low, high in zip(history.streams.starts[:-1], history.streams.starts[1:], strict=True):
        instants, places = [], []
        bounds = [each for each in history.streams.instants.tolist() if low <= each <= high]
        for begin, end in pairwise(bounds):
            order = sorted(range(begin, end), key=lambda each: history.action[each])
            places += order
            instants.append(tuple(Action(int(history.action[each])) for each in order))
        found = consequences(COMPLETE_HISTORY, instants)
        expected |= {(places[event], places[root]) for event, root in found}
    assert told == expected
    assert audit.summary.consequences == len(expected)
    assert audit.summary.roots + audit.summary.consequences == len(findings)


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False))
def test_in_a_report_the_row_of_the_root_is_named(source: random.Random) -> None:
    many = []
    for _ in range(20):
        lefts = list(without_one_enrolment(drawn(source, 6)))
        left = source.choice(lefts) if lefts else ()
        many.append([(PAIR_OF[action], minute) for minute, action in enumerate(left)])
    with report(many) as path:
        rows = [row for row in engine.audit(path).findings.rows() if row["code"][0] == "S"]
    first: dict[str, int] = {}
    for row in rows:
        root = first.setdefault(row["learner"], row["row"])
        assert row["root"] is (root == row["row"])
        assert row["root_row"] == (None if row["root"] else root)
