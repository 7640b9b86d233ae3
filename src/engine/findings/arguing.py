"""From a record's events and a finding to its argument: one pure function a code.

Each picks the rows that the argument speaks of, and says what no row tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from engine.findings.argument import Absence, Argument, Fact, Missing, Premise, Role
from engine.lifecycle.kinds import (
    ENROLS,
    FINISHES,
    FINISHES_BY_LEARNER,
    FINISHES_BY_MANAGER,
    GRANTS,
    RESETS,
    REVOKES,
    SETS_NOT_STARTED,
    STARTS,
)
from engine.vocabulary import Action

__all__ = ["argue"]

_CHANGES: Final = frozenset(Action) - GRANTS

_CAUSES: Final[Mapping[Action, tuple[Missing, frozenset[Action]]]] = {
    Action.CERTIFY_FOR_COURSE_PURCHASE: (
        "purchase",
        frozenset({Action.ENROL_BY_COURSE_PURCHASE}),
    ),
    Action.CERTIFY_FOR_COLLECTION_PURCHASE: (
        "collection purchase",
        frozenset({Action.ENROL_BY_COLLECTION_PURCHASE}),
    ),
    Action.CERTIFY_FOR_MANAGER_ENROLMENT: (
        "enrolment by a manager",
        frozenset({Action.ENROL_BY_MANAGER}),
    ),
    Action.CERTIFY_FOR_MANAGER_COMPLETION: (
        "completion by a manager",
        FINISHES_BY_MANAGER,
    ),
}

_THAT_ARE: Final[Mapping[Missing, Collection[Action]]] = {
    "enrolment": ENROLS,
    "revocation": REVOKES,
    "start": STARTS,
    "completion": FINISHES,
    "reset": RESETS | REVOKES,
    **dict(_CAUSES.values()),
}

_CLOSED: Final = {"not_enrolled", "revoked"}

Found = tuple[list[tuple[Role, int | None]], Absence | None]


class _Record:
    """The events, and the few questions that arguments ask about them."""

    def __init__(self, events: Sequence[Fact], event: int) -> None:
        self.events = events
        self.event = event
        self.action = events[event].action

    def last(self, kinds: Collection[Action], *, before: int | None = None) -> int | None:
        """The last earlier event of these kinds."""
        end = self.event if before is None else before
        return next((n for n in range(end - 1, -1, -1) if self.events[n].action in kinds), None)

    def late(self, kinds: Collection[Action]) -> int | None:
        """The first later event of these kinds."""
        later = range(self.event + 1, len(self.events))
        return next((n for n in later if self.events[n].action in kinds), None)

    def opened(self) -> int | None:
        """The event that began the current enrolment."""
        for n in range(self.event - 1, -1, -1):
            each = self.events[n]
            if not _CLOSED.isdisjoint(each.before) and _CLOSED.isdisjoint(each.after):
                return n
        return None

    def missing(
        self, of: Missing, since: int | None = None, *, late: bool = True
    ) -> Absence | None:
        """Say that nothing of this kind stands between ``since`` and the event.

        None where something does: with tied rows a finding may hold in other orders than the one
        shown, and nothing untrue shall be said of that one.
        """
        kinds = _THAT_ARE[of]
        between = range(0 if since is None else since + 1, self.event)
        if any(self.events[n].action in kinds for n in between):
            return None
        return Absence(of, since, self.late(kinds) if late else None)


def argue(
    code: str,
    events: Sequence[Fact],
    event: int,
    because: Collection[int] = (),
    tied: Sequence[int] = (),
) -> Argument:
    """Return the argument for a sequence finding.

    Parameters
    ----------
    events:
        The record's events in the order replayed, also those after the one with the finding.
    event, because, tied:
        Positions in ``events``: where the finding is, its evidence, what shares its moment.
    """
    named, absence = _ARGUMENTS[code](_Record(events, event))
    roles: dict[int, Role] = {}
    for role, each in named:
        if each is not None:
            roles.setdefault(each, role)
    for each in because:
        roles.setdefault(each, _role(events[each].action))
    premises = (Premise(roles[each], each, each in because) for each in sorted(roles))
    return Argument(code, event, events[event].before, tuple(premises), absence, tuple(tied))


def _role(action: Action) -> Role:
    for kinds, role in _ROLES:
        if action in kinds:
            return role
    return "status"


_ROLES: Final[tuple[tuple[Collection[Action], Role], ...]] = (
    (ENROLS, "enrolment"),
    (REVOKES, "revocation"),
    (FINISHES, "completion"),
    (SETS_NOT_STARTED, "reset"),
    (STARTS, "start"),
    (GRANTS, "certificate"),
)


def _never_enrolled(record: _Record) -> Found:
    return [], record.missing("enrolment")


def _after_revocation(record: _Record) -> Found:
    revoked = record.last(REVOKES)
    return [("revocation", revoked)], record.missing("enrolment", revoked)


def _without_access(record: _Record) -> Found:
    closed = "revoked" in record.events[record.event].before
    return _after_revocation(record) if closed else _never_enrolled(record)


def _never_completed(record: _Record) -> Found:
    return [("status", record.last(_CHANGES))], record.missing("completion")


def _no_cause(record: _Record) -> Found:
    of, kinds = _CAUSES[record.action]
    opened = record.opened()
    had = record.last(kinds)
    named: list[tuple[Role, int | None]] = [("enrolment", opened)]
    since = opened
    if had is not None and opened is not None and had < opened:
        named += [(_role(record.events[had].action), had)]
        named += [("revocation", record.last(REVOKES, before=opened))]
    elif had is not None:
        since = record.last(RESETS)
        named = [("completion", had), ("reset", since)]
    return named, record.missing(of, since)


def _started_late(record: _Record) -> Found:
    opened, completed = record.opened(), record.last(FINISHES_BY_LEARNER)
    return [("enrolment", opened), ("completion", completed)], record.missing(
        "start", opened, late=False
    )


def _not_started(record: _Record) -> Found:
    opened, reset = record.opened(), record.last(SETS_NOT_STARTED)
    if reset is not None and reset > (-1 if opened is None else opened):
        return [("reset", reset)], record.missing("start", reset)
    return [("enrolment", opened)], record.missing("start", opened)


def _completed_again(record: _Record) -> Found:
    kinds = FINISHES_BY_LEARNER if record.action is Action.COMPLETE else FINISHES
    completed = record.last(kinds)
    return [("completion", completed)], record.missing("reset", completed, late=False)


def _started_again(record: _Record) -> Found:
    started = record.last(STARTS)
    return [("start", started)], record.missing("reset", started, late=False)


def _restarted(record: _Record) -> Found:
    completed = record.last(FINISHES)
    started = record.last(STARTS, before=completed)
    named: list[tuple[Role, int | None]] = [("start", started), ("completion", completed)]
    return named, record.missing("reset", completed, late=False)


def _granted_again(record: _Record) -> Found:
    granted = record.last(GRANTS)
    return [("certificate", granted)], record.missing("completion", granted)


def _completed_before(record: _Record) -> Found:
    completed = record.last(FINISHES)
    opened, reset = record.opened(), record.last(RESETS)
    if completed is not None and opened is not None and completed < opened:
        revoked = record.last(REVOKES, before=opened)
        named: list[tuple[Role, int | None]] = [("revocation", revoked), ("enrolment", opened)]
        since = opened
    else:
        named, since = [("reset", reset)], -1 if reset is None else reset
    lacking = record.missing("completion", None if since < 0 else since)
    return [("completion", completed), *named], lacking


def _enrolled_again(record: _Record) -> Found:
    opened, enrolled = record.opened(), record.last(ENROLS)
    # The row that opened the access may be no enrolment, but the first of a record without one.
    named = opened if enrolled is None or (opened or 0) > enrolled else enrolled
    return [("enrolment", named)], record.missing("revocation", named)


def _already_so(record: _Record) -> Found:
    if record.action in FINISHES_BY_MANAGER:
        return [("completion", record.last(FINISHES))], None
    if record.action in SETS_NOT_STARTED:
        opened, reset = record.opened(), record.last(SETS_NOT_STARTED)
        found = max((each for each in (opened, reset) if each is not None), default=None)
        return [("enrolment" if found == opened else "reset", found)], None
    return [("start", record.last(STARTS))], None


def _nothing(record: _Record) -> Found:
    return [], None


_ARGUMENTS: Final[Mapping[str, Callable[[_Record], Found]]] = {
    "S101": _never_enrolled,
    "S102": _after_revocation,
    "S103": _never_completed,
    "S104": _no_cause,
    "S105": _never_enrolled,
    "S106": _started_late,
    "S107": _never_completed,
    "S108": _never_enrolled,
    "S201": _not_started,
    "S202": _completed_again,
    "S203": _started_again,
    "S204": _restarted,
    "S205": _after_revocation,
    "S206": _granted_again,
    "S207": _after_revocation,
    "S208": _without_access,
    "S209": _completed_before,
    "S301": _enrolled_again,
    "S302": _already_so,
    "S303": _nothing,
    "S304": _nothing,
}
