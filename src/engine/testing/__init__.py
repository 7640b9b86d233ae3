"""The testing kit: hard histories, and a checker of other people's status models.

>>> from engine.testing import history
>>> [event.source for event in history("E S | C")]
['registration', 'course_started', 'course_completed']

Nothing of the product imports this room, except the command that offers it. All but the notation
needs Hypothesis: ``pip install "learner-engine[testing]"``. docs/testing.md is its manual.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.testing.checking import check
    from engine.testing.disagreement import Disagreement
    from engine.testing.notation import History, history
    from engine.testing.report import Report
    from engine.testing.store_backend import StoreBackend
    from engine.testing.store_contract import StoreContract
    from engine.testing.strategies import events, histories, reports

__all__ = [
    "Disagreement",
    "History",
    "Report",
    "StoreBackend",
    "StoreContract",
    "check",
    "events",
    "histories",
    "history",
    "reports",
]

# Loaded when first asked for: who only writes histories needs no Hypothesis.
_HOME = {
    "Disagreement": "disagreement",
    "History": "notation",
    "Report": "report",
    "StoreBackend": "store_backend",
    "StoreContract": "store_contract",
    "check": "checking",
    "events": "strategies",
    "histories": "strategies",
    "history": "notation",
    "reports": "strategies",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'engine.testing' has no attribute {name!r}")
    try:
        module = import_module(f"engine.testing.{_HOME[name]}")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ModuleNotFoundError(
            f'engine.testing.{name} needs Hypothesis; run: pip install "learner-engine[testing]"',
            name="hypothesis",
        ) from None
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
