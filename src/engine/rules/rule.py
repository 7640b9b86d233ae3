"""The shape of a rule: all that belongs to one code, as data and small functions.

A rule is of one of five kinds, by what it looks at: a row (R codes), the events of one record (S),
several records (X), two reports, or a report and a list of statuses (both C).
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.lifecycle.action import Action
from engine.rules.argument import Argued, Role

if TYPE_CHECKING:
    from engine.rules.arguing import Case, Grounds
    from engine.rules.argument import CaseAcross
    from engine.rules.found import Found
    from engine.rules.view import View

__all__ = [
    "AcrossRule",
    "Disagreement",
    "Hint",
    "ReportsRule",
    "RowRule",
    "Rule",
    "SequenceRule",
    "Severity",
    "StatusesRule",
    "WhereRevoked",
]

Actions = frozenset[Action]


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


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What many findings of one code suggest: often one cause outside the learners' records.

    Attributes
    ----------
    text:
        What is said. ``{rows}`` and ``{events}`` stand for how many have the finding, ``{share}``
        for their share, ``{sources}`` for the sources of the rows.
    place:
        Hints are told in the order of their places, the likeliest cause first.
    share:
        The least share that makes a hint, of the events, the records, or (where rows repeat
        others) the rows; None: one finding does.
    of:
        What the share is of.
    only_without_starts:
        Whether it is said only of a report in which nothing starts.
    """

    text: str
    place: int
    share: float | None = None
    of: Literal["events", "records", "rows"] = "events"
    only_without_starts: bool = False


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
    hint:
        What many such findings suggest, None if nothing.
    role:
        What the rows of evidence do in an argument across records; empty: there is none.
    of_report:
        Whether the finding is about the report as a whole, and not about a record.
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
    hint: Hint | None = None
    role: str = ""
    of_report: bool = False


class RowRule(Rule, frozen=True, kw_only=True):
    """A rule on a row as such (R codes).

    Attributes
    ----------
    message:
        What is said of a row, with ``{}`` for its detail: what the code alone does not say.
    message_without:
        The same for a row without a detail.
    sets_aside:
        Whether the row becomes no event: it goes to the quarantine.
    on_event:
        Whether the finding is on the row as an event of a record.
    names_source:
        Whether the detail is the row's source.
    """

    message: str
    message_without: str
    sets_aside: bool = False
    on_event: bool = False
    names_source: bool = False


class WhereRevoked(msgspec.Struct, frozen=True):
    """What a rule says instead of a record whose access was revoked, and not never given."""

    reason: str
    takes: str
    conclusion: str


class SequenceRule(Rule, frozen=True, kw_only=True):
    """A rule on the order of events in one record (S codes). The machine says where it applies.

    Attributes
    ----------
    reason:
        What the message says after "The content was started (source)". ``{cause}`` stands for what
        a certificate names as its cause.
    whole:
        The whole message, with ``{source}``, where it is no event and reason.
    unopened:
        Whether it says that the record begins without an enrolment, at its first event.
    again:
        Whether the message says that the event happened again.
    speaks_of:
        The one status that the reason speaks of. If the record may have had another one too,
        another code holds there, and the reason alone would claim too much.
    where_revoked:
        What is said instead where access was revoked, if that is another thing.
    argue:
        Picks the rows that the argument speaks of, and says what no row tells.
    takes:
        What an event of this kind takes, or what is usual; with ``{cause}`` as in ``reason``.
    conclusion:
        What follows for whoever answers for the record; with ``{cause}``.
    already:
        What earlier rows do of which the argument says that they did so already.
    effects:
        What an earlier row does to those before it, by its role.
    opening:
        Where the argument tells how the enrolment begins: before the other rows or after them.
    so:
        What follows from the last row of the argument; ``{before}`` are the statuses before it.
    lacks_before:
        Whether what is missing should stand before the row that the argument speaks of.
    any_status:
        Whether the statuses before the event do not matter.
    rests_on_absence:
        Whether the finding rests on a row that is not there, and so on all that are.
    of_order:
        Whether the finding is about the order of tied events itself.
    rests_on:
        Kinds of earlier row that the finding may rest on, and at which actions. Of each kind the
        last row before the event is looked at. Without any the finding rests on an absence.
    missing:
        Action of the event → the rows of which one is missing where it has this finding. None: no
        repair of it may take away another finding.
    cures:
        Action of the event → the certificates whose missing cause is all that the repair may add;
        an action that is not here may have to do with any later finding.
    """

    reason: str = ""
    whole: str = ""
    unopened: bool = False
    again: bool = False
    speaks_of: str = ""
    where_revoked: WhereRevoked | None = None
    argue: Callable[[Case], Grounds]
    takes: str
    conclusion: str
    already: frozenset[Role] = frozenset()
    effects: Mapping[Role, str] = {}
    opening: Literal["", "before", "after"] = ""
    so: str = ""
    lacks_before: bool = False
    any_status: bool = False
    rests_on_absence: bool = False
    of_order: bool = False
    rests_on: tuple[tuple[Actions, Actions], ...] = ()
    missing: Mapping[Action, tuple[Action, ...]] | None = None
    cures: Mapping[Action, Actions] = {}


class AcrossRule(Rule, frozen=True, kw_only=True):
    """A rule on several records together (X codes).

    Attributes
    ----------
    find:
        Finds them all in a replayed report.
    argue:
        Says why one of them is one.
    """

    find: Callable[[View], Found]
    argue: Callable[[CaseAcross], Argued]


class ReportsRule(Rule, frozen=True, kw_only=True):
    """A rule on two reports of the same time; ``say`` puts a finding in words."""

    say: Callable[..., str]


class Disagreement(msgspec.Struct, frozen=True):
    """One finding between a report and a list of statuses, as a sentence speaks of it.

    Attributes
    ----------
    field:
        The field of the list that it is about.
    ours:
        The statuses that the report may come to; none where it has no such record.
    at:
        When the report has the event that the field is the date of, ISO 8601; None: it has none.
    theirs:
        What the list says, as it is spelled there.
    certified:
        Whether the list says that there is a certificate.
    """

    field: str
    ours: tuple[str, ...]
    at: str | None
    theirs: str
    certified: bool = False

    @property
    def status(self) -> str | None:
        """The status that the report comes to, "uncertain" if it may be several."""
        return self.ours[0] if len(self.ours) == 1 else "uncertain" if self.ours else None


class StatusesRule(Rule, frozen=True, kw_only=True):
    """A rule on a report and a list of statuses.

    ``tell`` returns what the report comes to and what the list says, each None where there is
    nothing, and both in a sentence.
    """

    tell: Callable[[Disagreement], tuple[str | None, str | None, str]]
