"""Belief states (semantics.md §5) and tied instants (§6), on cases small enough to do by hand."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import astuple

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    COMPLETE_HISTORY,
    Belief,
    InstantOutcome,
    advance,
    advance_instant,
    initial_belief,
    severity_rank,
    statuses,
)
from engine.lifecycle.configuration import NOT_ENROLLED, Access, Configuration, Progress, Status
from engine.lifecycle.step import reachable, step

ENROLLED = Configuration(access=Access.ACTIVE)
STARTED = Configuration(access=Access.ACTIVE, progress=Progress.STARTED, started_seen=True)
COMPLETED = Configuration(
    access=Access.ACTIVE, progress=Progress.COMPLETED, learner_completed=True, ever_completed=True
)
REVOKED = Configuration(access=Access.REVOKED)
REVOKED_EVER = Configuration(access=Access.REVOKED, ever_completed=True)


def after(*actions: Action, begin: Belief = COMPLETE_HISTORY) -> Belief:
    for action in actions:
        begin, _ = advance(begin, action)
    return begin


def tie(begin: Belief, *actions: Action) -> InstantOutcome:
    return advance_instant(begin, tuple(sorted(actions)))


def codes(outcome: InstantOutcome) -> dict[int, str | None]:
    """Finding by position in the sorted instant."""
    return dict(enumerate(event.finding for event in outcome.events))


class TestOneEvent:
    def test_outcomes_of_all_members_are_collected(self) -> None:
        belief, finding = advance(frozenset({STARTED, ENROLLED}), Action.COMPLETE)
        assert finding is None, "the least severe: S201 of the one, nothing of the other"
        assert {held.started_seen for held in belief} == {True, False}

    def test_an_error_is_refuted_by_any_outcome_without_one(self) -> None:
        belief, finding = advance(frozenset({REVOKED, ENROLLED}), Action.START)
        assert (belief, finding) == (frozenset({STARTED}), None)

    def test_a_warning_refutes_an_error_but_not_an_info(self) -> None:
        # Revoked: S205. Not enrolled: S105, refuted.
        belief, finding = advance(frozenset({NOT_ENROLLED, REVOKED}), Action.REVOKE)
        assert (belief, finding) == (frozenset({REVOKED}), "S205")
        # A warning is not refuted by an outcome without a finding: both stay possible.
        belief, finding = advance(frozenset({ENROLLED, STARTED}), Action.START)
        assert (belief, finding) == (frozenset({STARTED}), None)
        belief, finding = advance(frozenset({REVOKED, ENROLLED}), Action.REVOKE)
        assert (belief, finding) == (frozenset({REVOKED}), None)
        belief, finding = advance(frozenset({REVOKED_EVER, ENROLLED}), Action.REVOKE)
        assert (belief, finding) == (frozenset({REVOKED, REVOKED_EVER}), None)

    def test_an_error_is_reported_where_every_member_forbids_the_event(self) -> None:
        belief, finding = advance(frozenset({NOT_ENROLLED, REVOKED}), Action.START)
        assert finding == "S101", "the lowest code among equals"
        assert belief == {STARTED, REVOKED}

    def test_the_unknown_status_change_has_three_outcomes(self) -> None:
        belief, finding = advance(frozenset({ENROLLED}), Action.SET_UNKNOWN)
        assert finding == "S303"
        assert statuses(belief) == (Status.ENROLLED, Status.STARTED, Status.COMPLETED)

    def test_a_later_event_settles_what_the_unknown_status_change_left_open(self) -> None:
        belief = after(Action.ENROL, Action.SET_UNKNOWN)
        belief, finding = advance(belief, Action.CERTIFY_FOR_COMPLETION)
        assert finding is None
        assert {held.progress for held in belief} == {Progress.COMPLETED}
        assert statuses(belief) == (Status.CERTIFIED,)

    @pytest.mark.parametrize(
        ("finding", "rank"), [(None, 0), ("S301", 1), ("S209", 2), ("S101", 3)]
    )
    def test_severity_is_told_by_the_first_digit(self, finding: str | None, rank: int) -> None:
        assert severity_rank(finding) == rank


class TestStatuses:
    def test_one_status_is_certain(self) -> None:
        assert statuses(after(Action.ENROL, Action.START)) == (Status.STARTED,)

    def test_possible_statuses_are_listed_in_the_order_of_the_standard(self) -> None:
        labels = [status.label for status in statuses(reachable())]
        assert labels == [
            "not_enrolled",
            "enrolled",
            "started",
            "completed",
            "certified",
            "revoked",
        ]


class TestInitialBelief:
    @pytest.mark.parametrize("first", [(), (Action.ENROL,), (Action.COMPLETE,)])
    def test_a_complete_history_begins_with_nothing(self, first: tuple[Action, ...]) -> None:
        assert initial_belief(first, partial=False) == {NOT_ENROLLED}

    @pytest.mark.parametrize("enrolment", list(Action)[:5])
    def test_before_an_enrolment_no_access_was_open(self, enrolment: Action) -> None:
        for first in ((enrolment,), (enrolment, Action.START), (enrolment, Action.REVOKE)):
            assert initial_belief(first, partial=True) == {NOT_ENROLLED, REVOKED, REVOKED_EVER}

    @pytest.mark.parametrize("other", list(Action)[5:])
    def test_before_anything_else_all_is_possible(self, other: Action) -> None:
        assert initial_belief((other,), partial=True) == reachable()

    def test_a_window_of_a_history_accuses_nobody(self) -> None:
        for action in Action:
            _, finding = advance(initial_belief((action,), partial=True), action)
            assert severity_rank(finding) < 3, action


class TestTiedInstant:
    def test_some_legal_order_is_enough(self) -> None:
        outcome = tie(COMPLETE_HISTORY, Action.ENROL, Action.START, Action.COMPLETE)
        assert set(codes(outcome).values()) == {None}
        assert statuses(outcome.belief) == (Status.COMPLETED,)

    def test_an_order_against_the_table_is_found(self) -> None:
        # Revoked first, then enrolled again: REVOKE stands last in the table.
        outcome = tie(after(Action.ENROL), Action.ENROL, Action.REVOKE)
        assert outcome.order == (1, 0)
        assert codes(outcome) == {0: None, 1: None}
        assert outcome.belief == {ENROLLED}

    def test_errors_weigh_more_than_any_number_of_warnings(self) -> None:
        # complete, start: S201 S106. start, complete: nothing.
        outcome = tie(after(Action.ENROL), Action.START, Action.COMPLETE)
        assert codes(outcome) == {0: None, 1: None}
        # From nothing the first of them has S101 whichever it is.
        outcome = tie(COMPLETE_HISTORY, Action.START, Action.COMPLETE)
        assert codes(outcome) == {0: "S101", 1: None}

    def test_an_error_is_avoided_at_the_price_of_two_warnings(self) -> None:
        # start, revoke, revoke: – – S205; every other order has S102.
        outcome = tie(after(Action.ENROL), Action.START, Action.REVOKE, Action.REVOKE)
        assert codes(outcome) == {0: None, 1: None, 2: "S205"}
        assert outcome.belief == {REVOKED}

    def test_among_equals_in_errors_the_fewest_warnings_win(self) -> None:
        outcome = tie(after(Action.ENROL), Action.COMPLETE, Action.ATTEND)
        # complete first: S201 S202; attend first: nothing for either.
        assert outcome.order == (1, 0)
        assert codes(outcome) == {0: None, 1: None}

    def test_among_equals_in_warnings_the_fewest_infos_win(self) -> None:
        # echo, enrol: S301 for enrol; enrol, echo: none.
        outcome = tie(COMPLETE_HISTORY, Action.ENROL, Action.ENROL_ECHO)
        assert outcome.order == (0, 1)
        assert codes(outcome) == {0: None, 1: None}
        outcome = tie(COMPLETE_HISTORY, Action.ENROL_BY_MANAGER, Action.ENROL_ECHO)
        assert codes(outcome) == {0: None, 1: None}

    def test_equally_good_orders_leave_the_status_uncertain(self) -> None:
        outcome = tie(frozenset({COMPLETED}), Action.SET_NOT_STARTED, Action.SET_STARTED)
        assert statuses(outcome.belief) == (Status.ENROLLED, Status.STARTED)
        assert set(codes(outcome).values()) == {None}

    def test_the_findings_are_those_of_the_first_of_the_best_in_table_order(self) -> None:
        # Two enrolments, either of them first: the other has S301.
        outcome = tie(COMPLETE_HISTORY, Action.ENROL_BY_COURSE_PURCHASE, Action.ENROL_BY_MANAGER)
        assert outcome.order == (0, 1)
        assert codes(outcome) == {0: None, 1: "S301"}

    def test_equal_actions_keep_their_order(self) -> None:
        outcome = tie(COMPLETE_HISTORY, Action.REVOKE, Action.ENROL, Action.REVOKE, Action.ENROL)
        assert outcome.order == (0, 2, 1, 3), "enrol, revoke, enrol, revoke"
        assert outcome.belief == {REVOKED}

    def test_each_event_has_the_belief_before_and_after_it(self) -> None:
        outcome = tie(COMPLETE_HISTORY, Action.ENROL, Action.START)
        enrol, start = outcome.events
        assert (enrol.before, enrol.after) == ({NOT_ENROLLED}, {ENROLLED})
        assert (start.before, start.after) == ({ENROLLED}, {STARTED})


class TestTooManyToSearch:
    def test_eight_events_are_searched(self) -> None:
        outcome = tie(after(Action.ENROL), *[Action.ENROL] * 7, Action.REVOKE)
        assert not outcome.unsearched
        # Revoked before the last enrolment: that one is no repetition.
        assert outcome.order == (0, 1, 2, 3, 4, 5, 7, 6)
        assert outcome.belief == {ENROLLED}

    def test_nine_events_are_taken_in_table_order(self) -> None:
        outcome = tie(after(Action.ENROL), *[Action.ENROL] * 8, Action.REVOKE)
        assert outcome.unsearched
        assert outcome.order == tuple(range(9))
        assert outcome.belief == {REVOKED}
        assert [event.finding for event in outcome.events] == ["S301"] * 8 + [None]

    def test_a_single_event_is_no_tie(self) -> None:
        outcome = tie(COMPLETE_HISTORY, Action.ENROL)
        assert (outcome.order, outcome.unsearched) == ((0,), False)


def test_of_equally_severe_findings_the_lowest_code_is_shown() -> None:
    told = {severity_rank(None): 0}
    for one, other in combinations(sorted(reachable(), key=astuple)[::6], 2):
        for action in Action:
            codes = [code for held in (one, other) for _, code in step(held, action)]
            least = min(severity_rank(code) for code in codes)
            wanted = min((code or "" for code in codes if severity_rank(code) == least), default="")
            assert (advance(frozenset({one, other}), action)[1] or "") == wanted
            told[least] = told.get(least, 0) + (len(set(codes)) > 1)
    assert set(told) == {0, 1, 2, 3}
    assert told[3] > 100, "errors of several codes did meet"
