"""The short way to one learner of a store: only that learner's events are read.

What it answers is what the audit of the whole store would; where it cannot know, it declines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.auditor import Audit
from engine.intake.sniff import is_store
from engine.options import Options

__all__ = ["audit_of_learner"]

_ACROSS = ("across", "reschedule_window")
"""Options of findings that one learner's events alone cannot have."""


def audit_of_learner(
    source: Sequence[str],
    learner: str | None,
    content: str | None,
    reading: dict[str, Any],
    tell: Callable[[str], None],
) -> Audit | None:
    """Return an audit that has the same status and intervals of this learner; None: read it all.

    Findings across records and between imports, and rows that are no events, are not in it. A
    learner or a content that is not there is for the audit of everything to answer, which knows
    the names nearest to it; so is whatever is wrong with the call or with the store.
    """
    told_how = reading.keys() & {"date_order", "timestamp_format", "dialect"}
    if learner is None or len(source) != 1 or told_how or not is_store(source[0]):
        return None
    from engine.errors import UserError
    from engine.storekeeper.store import Store

    tell(f"reading {source[0]}")
    try:
        with Store(source[0]) as store:
            Options(**{name: value for name, value in reading.items() if name != "known_on"})
            own = {name: value for name, value in reading.items() if name not in _ACROSS}
            result = store.of_learner(learner, **own)
            return result if len(result.history_of(learner, content).streams) else None
    except UserError:
        return None
