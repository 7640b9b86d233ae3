"""Whatever the testing kit is given, it answers or refuses in one sentence.

Its functions and their arguments are found by looking at what ``engine.testing`` offers.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hostile_values import TEXTS, objects
from hypothesis.errors import InvalidArgument

import engine.testing
from engine import UsageError
from engine.testing import Disagreement, Report, history

RIGHT: dict[str, Mapping[str, Any]] = {
    "History": {"events": history("E")},
    "Report": {},
    "check": {"projection": lambda report: [], "examples": 1},
    "events": {},
    "histories": {},
    "history": {"text": "E S"},
    "reports": {},
}
"""What each needs to be called at all. Of a new function a right call is to be added here."""

NO_CALLS = {
    "Disagreement": "an exception, raised by the kit",
    "StoreBackend": "a protocol, for others to write",
    "StoreContract": "a test class, for others to complete",
}

DOCUMENTED = (UsageError, InvalidArgument, Disagreement)


def _arguments() -> Iterator[tuple[str, str]]:
    for name in RIGHT:
        for argument, parameter in inspect.signature(
            getattr(engine.testing, name)
        ).parameters.items():
            several = parameter.kind is parameter.VAR_POSITIONAL
            yield name, f"*{argument}" if several else argument


ARGUMENTS = list(_arguments())


def wrong_with(name: str, argument: str, value: object) -> str | None:
    """Call with this value, and say what is wrong with how it ended, if anything is."""
    function = getattr(engine.testing, name)
    try:
        if argument.startswith("*"):
            function(value)
        else:
            function(**{**RIGHT[name], argument: value})
    except DOCUMENTED as fault:
        if isinstance(fault, UsageError) and (
            len(str(fault)) > 2100 or "object at 0x" in str(fault)
        ):
            return f"no plain sentence: {fault}"[:300]
    except BaseException as fault:
        return f"raised {type(fault).__name__}: {fault}"[:300]
    return None


def _wrong(name: str, argument: str, values: list[object]) -> list[str]:
    faults = ((value, wrong_with(name, argument, value)) for value in values)
    return [f"{type(value).__name__}: {fault}" for value, fault in faults if fault is not None]


def test_every_function_is_tried() -> None:
    missing = set(engine.testing.__all__) - RIGHT.keys() - NO_CALLS.keys()
    assert not missing, f"add a right call of each of these to RIGHT: {sorted(missing)}"
    assert Report(history("E"))


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_every_argument_with_some_values(name: str, argument: str) -> None:
    number = ARGUMENTS.index((name, argument))
    assert _wrong(name, argument, [*objects(), *TEXTS][number % 8 :: 8]) == []


@pytest.mark.deep
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_every_argument_with_every_value(name: str, argument: str) -> None:
    assert _wrong(name, argument, [*objects(), *TEXTS]) == []
