"""The shape of a rule: one code's meaning, as data."""

from __future__ import annotations

import enum
import functools

import msgspec

__all__ = ["Rule", "Severity"]


@functools.total_ordering
class Severity(enum.Enum):
    """How grave a finding is; ``ERROR`` is the greatest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return _RANKS[self.value]

    def __lt__(self, other: object) -> bool:
        """Compare by rank: an info is less than a warning, a warning less than an error."""
        if not isinstance(other, Severity):
            return NotImplemented
        return self.rank < other.rank


_RANKS = {"info": 0, "warning": 1, "error": 2}


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One code of the catalogue.

    Attributes
    ----------
    code, name, severity:
        As semantics.md §7 and §8 list them; a code is never given a second meaning.
    what:
        What it flags, for a reader who knows the platform but not this tool.
    why:
        Why it matters to the person who answers for the record.
    false_alarm:
        When it is a false alarm, and what to do then.
    example:
        CSV records, without the header, that have the finding. Each ends with a newline.
    twin:
        The nearest records that do not have it.
    says:
        What an audit says of the example, where that takes more than the one record to tell.
    against:
        What example and twin are compared with, where it takes two files to tell: an earlier
        report, or a status export. It begins with its header.
    """

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    false_alarm: str
    example: str
    twin: str
    says: str = ""
    against: str = ""
