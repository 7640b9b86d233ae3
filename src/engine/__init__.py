"""Audit and reconstruct learning records.

>>> import engine
>>> audit = engine.audit("fixtures/demo.csv")
>>> summary = audit.summary
>>> summary.rows == summary.events + summary.duplicates + summary.quarantined
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.auditor import Audit
    from engine.columns.frame import Frame
    from engine.comparison import Comparison, compare
    from engine.errors import InputError, UnknownLearnerError, UsageError, UserError
    from engine.event import Event
    from engine.lifecycle.belief import Belief
    from engine.lifecycle.configuration import Configuration, Status
    from engine.options import Options
    from engine.projection.summary import Summary
    from engine.reconciliation import Reconciliation, reconcile
    from engine.record import Finding, Record
    from engine.sources import audit
    from engine.storekeeper.store import Store

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Belief",
    "Comparison",
    "Configuration",
    "Event",
    "Finding",
    "Frame",
    "InputError",
    "Options",
    "Reconciliation",
    "Record",
    "Status",
    "Store",
    "Summary",
    "UnknownLearnerError",
    "UsageError",
    "UserError",
    "audit",
    "compare",
    "reconcile",
]

# Loaded when first asked for: the command sets up its process before numpy is imported, and who
# drives one record needs neither numpy nor pyarrow.
_HOME = {
    "Audit": "auditor",
    "Belief": "lifecycle.belief",
    "Comparison": "comparison",
    "Configuration": "lifecycle.configuration",
    "Event": "event",
    "Finding": "record",
    "Frame": "columns.frame",
    "InputError": "errors",
    "Options": "options",
    "Reconciliation": "reconciliation",
    "Record": "record",
    "Status": "lifecycle.configuration",
    "Store": "storekeeper.store",
    "Summary": "projection.summary",
    "UnknownLearnerError": "errors",
    "UsageError": "errors",
    "UserError": "errors",
    "audit": "sources",
    "compare": "comparison",
    "reconcile": "reconciliation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    value = getattr(import_module(f"engine.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
