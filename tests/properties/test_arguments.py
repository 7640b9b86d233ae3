"""What an argument claims is so: its rows come before the event; what is missing is not there."""

from __future__ import annotations

import pytest
from histories import Stream, report, streams
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine.lifecycle import kinds
from engine.lifecycle.action import Action
from engine.projection.arguments import Arguments
from engine.rules.argument import Argument

MISSING = {
    "enrolment": kinds.ENROLS,
    "revocation": kinds.REVOKES,
    "start": kinds.STARTS,
    "completion": kinds.FINISHES,
    "reset": kinds.RESETS,
    "purchase": {Action.ENROL_BY_COURSE_PURCHASE},
    "collection purchase": {Action.ENROL_BY_COLLECTION_PURCHASE},
    "enrolment by a manager": {Action.ENROL_BY_MANAGER},
    "completion by a manager": kinds.FINISHES_BY_MANAGER,
}


def check(argument: Argument, actions: list[Action], because: set[int]) -> None:
    assert all(0 <= each.event < argument.event for each in argument.premises)
    assert {each.event for each in argument.premises if each.needed} == because
    absence = argument.absence
    if absence is not None:
        since = -1 if absence.since is None else absence.since
        wanted = MISSING[absence.of]
        assert not wanted.intersection(actions[since + 1 : argument.event])
        if absence.late is not None:
            assert absence.late > argument.event
            assert actions[absence.late] in wanted


@pytest.mark.parametrize("history", ["complete", "partial"])
@settings(deadline=None, max_examples=40)
@given(many=st.lists(streams() | streams(most=12, minutes=60), min_size=1, max_size=10))
def test_arguments_are_true_and_can_be_said(many: list[Stream], history: str) -> None:
    with report(many) as path:
        audit = engine.audit(path, history=history)
    replayed, findings = audit.history, audit.found()
    arguments = Arguments(replayed, findings)
    for number in range(len(findings)):
        argument = arguments.argument(number)
        if argument is None:
            continue
        position = int(findings.position[number])
        first = arguments.first(position)
        stream = [Action(int(each)) for each in replayed.action[first:]]
        because = replayed.position_of_record[arguments.because(number)]
        check(argument, stream, {each - first for each in because.tolist()})
        told = arguments.in_words(number)
        assert told is not None
        assert all(each[0].isupper() and each.endswith(".") for each in told.sentences), told
        assert told.claim.startswith(f"Row {replayed.records.row[findings.record[number]]} ")
        assert "{" not in " ".join(told.sentences)
