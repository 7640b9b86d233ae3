"""From a record's events and a finding to its argument.

Each rule has a pure function that picks the rows of which the argument speaks, and says what no
row tells. What several rules share of that is here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from engine.lifecycle.action import Action
from engine.lifecycle.kinds import (
    ENROLS,
    FINISHES,
    FINISHES_BY_MANAGER,
    GRANTS,
    RESETS,
    REVOKES,
    SETS_NOT_STARTED,
    STARTS,
)
from engine.rules.argument import Absence, Argument, Fact, Missing, Premise, Role
from engine.rules.rule import SequenceRule

__all__ = [
    "CAUSES",
    "CURED_BY_ENROLMENT",
    "EVERY",
    "LACKS_CAUSE",
    "LACKS_COMPLETION",
    "LACKS_ENROLMENT",
    "Case",
    "Grounds",
    "after_revocation",
    "argue",
    "never_completed",
    "never_enrolled",
    "nothing",
    "role_of",
]

EVERY: Final = frozenset(Action)
_CHANGES: Final = EVERY - GRANTS

CAUSES: Final[Mapping[Action, tuple[Missing, frozenset[Action]]]] = {
    Action.CERTIFY_FOR_COURSE_PURCHASE: ("purchase", frozenset({Action.ENROL_BY_COURSE_PURCHASE})),
    Action.CERTIFY_FOR_COLLECTION_PURCHASE: (
        "collection purchase",
        frozenset({Action.ENROL_BY_COLLECTION_PURCHASE}),
    ),
    Action.CERTIFY_FOR_MANAGER_ENROLMENT: (
        "enrolment by a manager",
        frozenset({Action.ENROL_BY_MANAGER}),
    ),
    Action.CERTIFY_FOR_MANAGER_COMPLETION: ("completion by a manager", FINISHES_BY_MANAGER),
}

_THAT_ARE: Final[Mapping[Missing, Collection[Action]]] = {
    "enrolment": ENROLS,
    "revocation": REVOKES,
    "start": STARTS,
    "completion": FINISHES,
    "reset": RESETS | REVOKES,
    **dict(CAUSES.values()),
}

_CLOSED: Final = {"not_enrolled", "revoked"}

Grounds = tuple[list[tuple[Role, int | None]], Absence | None]


class Case:
    """An event among those of its record, and the few questions that arguments ask about them."""

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
    rule: SequenceRule,
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
    named, absence = rule.argue(Case(events, event))
    roles: dict[int, Role] = {}
    for role, each in named:
        if each is not None:
            roles.setdefault(each, role)
    for each in because:
        roles.setdefault(each, role_of(events[each].action))
    premises = (Premise(roles[each], each, each in because) for each in sorted(roles))
    return Argument(rule.code, event, events[event].before, tuple(premises), absence, tuple(tied))


def role_of(action: Action) -> Role:
    """Return what an event of this action does in an argument."""
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


def never_enrolled(case: Case) -> Grounds:
    """No row enrols the learner."""
    return [], case.missing("enrolment")


def after_revocation(case: Case) -> Grounds:
    """Access was revoked, and no row gives it back."""
    revoked = case.last(REVOKES)
    return [("revocation", revoked)], case.missing("enrolment", revoked)


def never_completed(case: Case) -> Grounds:
    """No row completes the content."""
    return [("status", case.last(_CHANGES))], case.missing("completion")


def nothing(case: Case) -> Grounds:
    """The event speaks for itself."""
    return [], None


def _whatever(*rows: Action) -> Mapping[Action, tuple[Action, ...]]:
    return dict.fromkeys(Action, rows)


LACKS_ENROLMENT: Final = _whatever(
    Action.ENROL,
    Action.ENROL_BY_COURSE_PURCHASE,
    Action.ENROL_BY_COLLECTION_PURCHASE,
    Action.ENROL_BY_MANAGER,
)
"""Action of an event → the rows of which one is missing; so the next two."""

LACKS_COMPLETION: Final = _whatever(Action.COMPLETE, Action.ATTEND, Action.SET_COMPLETED)

LACKS_CAUSE: Final[Mapping[Action, tuple[Action, ...]]] = {
    action: (min(kinds),) for action, (_, kinds) in CAUSES.items()
}

CURED_BY_ENROLMENT: Final[Mapping[Action, frozenset[Action]]] = dict.fromkeys(
    Action, EVERY - {Action.CERTIFY_FOR_MANAGER_COMPLETION}
)
"""An event without access is taken to begin an enrolment of no known kind: the missing row adds its
kind, and so the cause of certificates."""
