"""Whatever a public function is given, it answers or refuses with an `engine.UserError`.

Classes, functions, methods and their parameters are found by looking at what ``import engine``
offers, so that what is added later is tried as well; only how each object is made stands here.
"""

from __future__ import annotations

import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hostile_values import TEXTS, objects

import engine

HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
ROWS = (
    "ana@example.com,,course,Fire,enrollment,registration,2024-03-01T09:00:00Z",
    "ana@example.com,,course,Fire,status_change,course_started,2024-03-01T10:00:00Z",
    "bob@example.com,,course,Fire,certificate_grant,course_completed,2024-03-02T10:00:00Z",
)

EVENT = {"type": "enrollment", "source": "registration", "at": datetime(2024, 3, 1)}

MADE: dict[str, Callable[[], Any]] = {
    "Audit": lambda: engine.audit("report.csv"),
    "Comparison": lambda: engine.compare("report.csv", "report.csv"),
    "Reconciliation": lambda: engine.reconcile("report.csv", against="statuses.csv"),
    "Store": lambda: engine.Store("store.duckdb"),
    "Record": engine.Record,
    "Frame": lambda: engine.audit("report.csv").findings,
}
"""An object of each public class that has methods to call."""

NO_CALLS = {
    "Belief": "an alias of a type",
    "Configuration": "a plain value that the lifecycle makes",
    "Finding": "a plain value that a record makes",
    "InputError": "an exception",
    "Status": "an enumeration",
    "Summary": "a plain value that an audit makes",
    "UnknownLearnerError": "an exception",
    "UsageError": "an exception",
    "UserError": "an exception",
}
"""Public names that nobody calls with values of their own, and why."""

RIGHT: dict[str, Any] = {
    "source": "report.csv",
    "old": "report.csv",
    "new": "report.csv",
    "against": "statuses.csv",
    "learner": "ana@example.com",
    "name": "code",
    "names": ["code"],
    "wanted": ["S101"],
    "path": "store.duckdb",
    "event": engine.Event(**EVENT),
    **EVENT,
}
"""A right value of each parameter that has no default."""


class Parameter(NamedTuple):
    """One parameter of a public call."""

    owner: str
    call: str
    name: str
    several: bool
    required: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(filter(None, (self.owner, self.call, self.name)))


def _parameters() -> list[Parameter]:
    found: list[Parameter] = []

    def add(owner: str, call: str, function: Any) -> None:
        known = [
            each for each in inspect.signature(function).parameters.values() if each.name != "self"
        ]
        needed = tuple(
            each.name
            for each in known
            if each.default is each.empty
            and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        )
        found.extend(
            Parameter(owner, call, each.name, each.kind is each.VAR_POSITIONAL, needed)
            for each in known
        )

    for name in engine.__all__:
        public = getattr(engine, name)
        if name in NO_CALLS:
            continue
        if not inspect.isclass(public):
            add("", name, public)
            continue
        if name not in ("Audit", "Comparison", "Reconciliation", "Frame"):
            add("", name, public)
        for method, function in inspect.getmembers(public, inspect.isfunction):
            if not method.startswith("_") and name in MADE:
                add(name, method, function)
    return found


PARAMETERS = _parameters()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "report.csv").write_text("\n".join([HEADER, *ROWS, ""]))
    statuses = "learner,content_title,status\nana@example.com,Fire,started\n"
    (folder / "statuses.csv").write_text(statuses)
    engine.Store(folder / "store.duckdb").append(folder / "report.csv")
    return folder


@pytest.fixture
def place(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run in a folder that has the files which the right values name."""
    for file in files.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield tmp_path


def _wrong(parameter: Parameter, values: list[object]) -> list[str]:
    """Call with each value in the parameter's place, and tell what came of it but an answer."""
    wrong = []
    owner = MADE[parameter.owner]() if parameter.owner else None
    for number, value in enumerate(values):
        made = owner if parameter.owner != "Record" else engine.Record()
        function = getattr(made if made is not None else engine, parameter.call)
        given = {name: RIGHT.get(name) for name in parameter.required}
        given.pop(parameter.name, None)
        try:
            if parameter.several:
                function(value, **given)
            else:
                function(**given, **{parameter.name: value})
        except engine.UserError as fault:
            said = str(fault)
            if "$." in said or not said.endswith((".", "?", "!")) or "object at 0x" in said:
                wrong.append(f"value {number}: no sentence: {said[:300]!r}")
        except Exception as fault:
            if parameter.name == "progress" and callable(value):
                continue  # What a caller's own function raises is the caller's.
            raised = f"{type(fault).__name__}: {str(fault)[:200]}"
            wrong.append(f"value {number} ({type(value).__name__}): {raised}")
    return wrong


EACH = 6
"""One value in so many is tried of each parameter where time is short, other ones of the next."""


@pytest.mark.parametrize("number", range(len(PARAMETERS)), ids=lambda n: str(PARAMETERS[n]))
def test_every_parameter_with_some_values(number: int, place: Path) -> None:
    wrong = _wrong(PARAMETERS[number], [*objects(), *TEXTS][number % EACH :: EACH])
    assert not wrong, "\n".join(wrong)


@pytest.mark.deep
@pytest.mark.parametrize("parameter", PARAMETERS, ids=str)
def test_every_parameter_with_every_value(parameter: Parameter, place: Path) -> None:
    wrong = _wrong(parameter, [*objects(), *TEXTS])
    assert not wrong, "\n".join(wrong)


def test_every_public_name_is_tried() -> None:
    called = {each.call for each in PARAMETERS if not each.owner} | MADE.keys()
    missing = set(engine.__all__) - called - NO_CALLS.keys()
    assert not missing, f"add each to MADE, or to NO_CALLS with the reason: {sorted(missing)}"


def test_every_required_parameter_has_a_right_value() -> None:
    needed = {name for each in PARAMETERS for name in each.required}
    made = {"found", "history", "streams", "rows"}
    assert not needed - RIGHT.keys() - made, f"add a right value to RIGHT: {needed - RIGHT.keys()}"
