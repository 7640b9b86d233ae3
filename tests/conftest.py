"""What all tests share: how much is tried of each property, and what a quick run takes first.

Source: CONTRIBUTING.md, "The fast loop".
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from touched import touched_tests

ROOT = Path(__file__).parents[1]

USUAL: Final = 100
"""Examples of a property that does not say how many, in ``make test``: Hypothesis's own default."""

settings.register_profile("quick", max_examples=USUAL // 10, deadline=None)
settings.register_profile("deep", max_examples=USUAL * 10, deadline=None)

FOLDERS: Final = ("unit", "docs", "contract", "cli", "hostile", "properties")
"""The order of a quick run after the tests touched: those first that try most in a second."""

_UNTIL: Final = "LEARNER_ENGINE_TESTS_UNTIL"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--budget",
        type=float,
        metavar="SECONDS",
        help="begin with the tests of what changed, and start no test after this many seconds",
    )


def pytest_configure(config: pytest.Config) -> None:
    budget = config.getoption("--budget")
    # The processes of pytest-xdist inherit the moment, so that all stop together.
    if budget is not None and not hasattr(config, "workerinput"):
        os.environ[_UNTIL] = str(time.time() + budget)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        _scale(item)
    if config.getoption("--budget") is not None:
        touched = touched_tests(ROOT)
        items.sort(key=lambda item: _turn(item.path, touched))


def _turn(path: Path, touched: set[Path]) -> tuple[bool, int]:
    folder = path.parent.name
    return path not in touched, FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS)


def _scale(item: pytest.Item) -> None:
    """Let a property that says how many examples it takes have its share more or fewer.

    Hypothesis's profiles only change those that do not say it.
    """
    now = settings.default.max_examples
    test = getattr(item, "obj", None)
    chosen = getattr(test, "_hypothesis_internal_use_settings", None)
    if now == USUAL or chosen is None or chosen.max_examples == now:
        return
    scaled = settings(chosen, max_examples=max(1, chosen.max_examples * now // USUAL))
    # Of tests with parameters the items share one function, which is scaled once.
    function = getattr(test, "__func__", test)
    if not hasattr(function, "_scaled"):
        function._scaled = True
        function._hypothesis_internal_use_settings = scaled


def pytest_runtest_setup(item: pytest.Item) -> None:
    until = os.environ.get(_UNTIL)
    if item.config.getoption("--budget") is not None and until and time.time() > float(until):
        pytest.skip("the time of a quick run is over; 'make test' runs it")
