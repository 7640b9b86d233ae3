"""Why an event cannot be, or is suspicious: as data, and in the parts of a text.

An :class:`Argument` has premises and what is missing, without words: :mod:`engine.rules.arguing`
finds them, :mod:`engine.rules.argument_text` puts them in words. What is argued across records is
written by the rules themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

import msgspec

from engine.lifecycle.action import Action
from engine.rules.phrases import PHRASES

__all__ = [
    "ANY_ROLE",
    "Absence",
    "Argued",
    "Argument",
    "CaseAcross",
    "Cited",
    "Fact",
    "Missing",
    "Premise",
    "Role",
    "Told",
    "argued",
    "as_sentence",
    "row_says",
    "says",
]

Role = Literal["enrolment", "revocation", "start", "completion", "certificate", "reset", "status"]
"""What an earlier row does in an argument; ``status``: it is merely the last to change it."""

ANY_ROLE: Final[frozenset[Role]] = frozenset(get_args(Role))

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


class Told(msgspec.Struct, frozen=True):
    """A row as a sentence speaks of it: ``row 12``, its source, its action's label, its time."""

    name: str
    source: str
    action: str
    at: str


class Argued(msgspec.Struct, frozen=True):
    """An argument in sentences.

    Attributes
    ----------
    claim:
        What the row says.
    rule:
        What that takes, or what is usual.
    grounds:
        What the record has instead.
    conclusion:
        What follows for whoever answers for the record.
    contrary:
        Whether the grounds begin with what stands against the rule.
    known:
        Whether the finding's message tells the grounds already.
    """

    claim: str
    rule: str
    grounds: tuple[str, ...]
    conclusion: str
    contrary: bool = False
    known: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in order."""
        grounds = list(self.grounds)
        if self.contrary:
            grounds[0] = f"However, {grounds[0][0].lower()}{grounds[0][1:]}"
        return (self.claim, self.rule, *grounds, self.conclusion)


def row_says(row: Told) -> str:
    """Say what a row does and when, without a full stop."""
    return f"{row.name} {says(row)}"


def says(row: Told) -> str:
    """Say the same without the row's name."""
    source = f" ({row.source})" if row.source else ""
    return f"{PHRASES[row.action].says}{source}, at {row.at}"


def as_sentence(text: str) -> str:
    """Return a clause as a sentence."""
    return f"{text[0].upper()}{text[1:]}."


class Cited(msgspec.Struct, frozen=True):
    """A row of any record, as a sentence speaks of it, and whose it is."""

    told: Told
    learner: str
    panorama: str
    content_type: str
    content_title: str


class CaseAcross(msgspec.Struct, frozen=True):
    """What an argument across records is made from.

    Attributes
    ----------
    event, because:
        The row that has the finding, and the rows it rests on.
    message:
        The finding in one sentence.
    hours:
        How far apart the two halves of a move to another session may be.
    """

    event: Cited
    because: Sequence[Cited]
    message: str
    hours: float


def argued(
    claim: str, rule: str, grounds: Sequence[str], conclusion: str, *, known: bool = False
) -> Argued:
    """Return an argument across records; its parts are clauses, but for ``rule``."""
    return Argued(
        claim=as_sentence(claim),
        rule=rule,
        grounds=tuple(map(as_sentence, grounds)),
        conclusion=f"Therefore {conclusion}.",
        contrary=True,
        known=known,
    )
