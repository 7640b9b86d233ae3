"""Audit and reconstruct learning records.

>>> import engine
>>> audit = engine.audit("fixtures/demo.csv")
>>> audit.summary.rows == (
...     audit.summary.events + audit.summary.duplicates + audit.summary.quarantined
... )
True
"""

from engine.audit import Audit, Options, audit
from engine.errors import InputError, UsageError, UserError
from engine.frame import Frame
from engine.lifecycle.belief import Belief
from engine.lifecycle.configuration import Configuration, Status
from engine.projection.summary import Summary
from engine.record import Event, Finding, Record

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Belief",
    "Configuration",
    "Event",
    "Finding",
    "Frame",
    "InputError",
    "Options",
    "Record",
    "Status",
    "Summary",
    "UsageError",
    "UserError",
    "audit",
]
