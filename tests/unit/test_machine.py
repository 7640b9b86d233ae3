"""The machine as a whole: how many configurations there are, and that nothing in it is idle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import (
    NOT_ENROLLED,
    Access,
    Certificate,
    Configuration,
    Progress,
    Status,
)
from engine.lifecycle.machine import DEFINITION, TRIGGERS, Memory, Row, build_machine
from engine.lifecycle.step import reachable, step

ALL_TRIGGERS = [trigger for triggers in TRIGGERS.values() for trigger in triggers]


def sources(row: Row) -> list[str]:
    return [row["source"]] if isinstance(row["source"], str) else row["source"]


def taken(memory: Memory, trigger: str) -> tuple[int, Row]:
    """The row that semantics.md §4 means: the first of the trigger and status whose guards hold."""
    return next(
        (number, row)
        for number, row in enumerate(DEFINITION)
        if row["trigger"] == trigger
        and memory.state in sources(row)
        and all(getattr(memory, guard)() for guard in row["conditions"])
    )


def cases() -> Iterator[tuple[Configuration, str]]:
    for configuration in reachable():
        for trigger in ALL_TRIGGERS:
            yield configuration, trigger


def test_259_configurations_can_be_reached() -> None:
    assert len(reachable()) == 259


def test_reachable_configurations_by_status() -> None:
    counts = dict.fromkeys(Status, 0)
    for configuration in reachable():
        counts[configuration.status] += 1
    assert counts[Status.NOT_ENROLLED] == 1
    assert counts[Status.REVOKED] == 2, "nothing of a revoked cycle is kept but ever_completed"
    assert sum(counts.values()) == 259


def test_what_no_configuration_combines() -> None:
    for held in reachable():
        if held.access is not Access.ACTIVE:
            assert held in {
                NOT_ENROLLED,
                Configuration(access=Access.REVOKED),
                Configuration(access=Access.REVOKED, ever_completed=True),
            }
        if held.progress is Progress.COMPLETED or held.learner_completed:
            assert held.ever_completed
        if held.certificate is Certificate.STALE:
            assert held.progress is Progress.COMPLETED
        if held.progress is Progress.STARTED:
            assert held.started_seen


def test_destinations_are_the_statuses_of_the_configurations() -> None:
    memory = Memory()
    build_machine(memory)
    for configuration, trigger in cases():
        memory.load(configuration)
        _, row = taken(memory, trigger)
        declared = memory.state if row["dest"] == "=" else row["dest"]
        assert memory.trigger(trigger) is True  # type: ignore[attr-defined]
        case = (configuration, trigger)
        assert memory.state == declared, case
        assert memory.configuration.status.label == declared, case
        assert memory.finding == row["finding"], case


def test_every_row_of_the_definition_is_taken_by_some_configuration() -> None:
    # A row that stands for several statuses need not be taken from each: of the UNCERTIFIED ones
    # a guard on progress leaves one.
    memory = Memory()
    used = set()
    for configuration, trigger in cases():
        memory.load(configuration)
        used.add(taken(memory, trigger)[0])
    idle = [row for number, row in enumerate(DEFINITION) if number not in used]
    assert idle == []


def test_every_action_has_triggers_and_every_row_an_action() -> None:
    assert set(TRIGGERS) == set(Action)
    assert {row["trigger"] for row in DEFINITION} == set(ALL_TRIGGERS)
    assert len(ALL_TRIGGERS) == len(set(ALL_TRIGGERS))


def test_guards_and_effects_are_methods_of_the_model() -> None:
    named = {name for row in DEFINITION for name in (*row["conditions"], *row["before"])}
    assert all(callable(getattr(Memory, name)) for name in named)


def test_only_the_unknown_status_change_has_several_outcomes() -> None:
    for configuration in reachable():
        for action in Action:
            outcomes = step(configuration, action)
            if action is Action.SET_UNKNOWN:
                assert 1 <= len(outcomes) <= 3
            else:
                assert len(outcomes) == 1


def test_a_trigger_leaves_no_finding_of_the_one_before() -> None:
    memory = Memory()
    build_machine(memory)
    memory.load(NOT_ENROLLED)
    memory.trigger("start")  # type: ignore[attr-defined]
    assert memory.finding == "S101"
    memory.trigger("complete")  # type: ignore[attr-defined]
    assert memory.finding is None


@pytest.mark.parametrize(
    ("configuration", "status"),
    [
        (NOT_ENROLLED, "not_enrolled"),
        (Configuration(access=Access.ACTIVE), "enrolled"),
        (Configuration(access=Access.ACTIVE, progress=Progress.STARTED), "started"),
        (Configuration(access=Access.ACTIVE, progress=Progress.COMPLETED), "completed"),
        (Configuration(access=Access.ACTIVE, certificate=Certificate.CURRENT), "certified"),
        (
            Configuration(
                access=Access.ACTIVE, progress=Progress.COMPLETED, certificate=Certificate.STALE
            ),
            "certified",
        ),
        (Configuration(access=Access.REVOKED, ever_completed=True), "revoked"),
    ],
)
def test_status_is_derived(configuration: Configuration, status: str) -> None:
    assert configuration.status.label == status
