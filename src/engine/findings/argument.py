"""Why an event cannot be, or is suspicious, as data: premises and what is missing, without words.

:mod:`engine.findings.arguing` finds them, :mod:`engine.findings.argument_text` puts them in words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.vocabulary import Action

__all__ = ["Absence", "Argument", "Fact", "Missing", "Premise", "Role"]

Role = Literal["enrolment", "revocation", "start", "completion", "certificate", "reset", "status"]
"""What an earlier row does in an argument; ``status``: it is merely the last to change it."""

Missing = Literal[
    "enrolment",
    "revocation",
    "start",
    "completion",
    "reset",
    "purchase",
    "collection purchase",
    "enrolment by a manager",
    "completion by a manager",
]


class Fact(msgspec.Struct, frozen=True):
    """One event of a record, with the statuses that were possible before and after it."""

    action: Action
    before: tuple[str, ...]
    after: tuple[str, ...]


class Premise(msgspec.Struct, frozen=True):
    """An earlier row that the argument rests on.

    ``needed``: the finding would go or change without this one row (it is in ``because``).
    """

    role: Role
    event: int
    needed: bool = False


class Absence(msgspec.Struct, frozen=True):
    """What no row tells.

    Attributes
    ----------
    of:
        What is missing.
    since:
        Since which event; None: since the beginning.
    late:
        The first later event that would have been it.
    """

    of: Missing
    since: int | None = None
    late: int | None = None


class Argument(msgspec.Struct, frozen=True):
    """Why the event at ``event`` has the finding ``code``; events are positions in the record.

    ``before`` are the statuses possible before it, ``tied`` the other events of its
    moment, the first eight of them where they are more.
    """

    code: str
    event: int
    before: tuple[str, ...]
    premises: tuple[Premise, ...] = ()
    absence: Absence | None = None
    tied: tuple[int, ...] = ()
