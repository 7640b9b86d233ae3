"""The testing kit: hard histories, and a checker of other people's status models.

>>> from engine.testing import history
>>> [event.source for event in history("E S | C")]
['registration', 'course_started', 'course_completed']

Nothing here is imported by the product. The strategies and ``check`` need Hypothesis:
``pip install "learner-engine[testing]"``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.testing.notation import History, history

__all__ = ["History", "history"]

# Loaded when first asked for: who only writes histories needs no Hypothesis.
_HOME = {
    "History": "notation",
    "history": "notation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'engine.testing' has no attribute {name!r}")
    value = getattr(import_module(f"engine.testing.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
