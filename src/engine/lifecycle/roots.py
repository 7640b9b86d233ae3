"""Root causes: which findings of a record go away once an earlier one is put right.

A finding is put right by its least repair: the row that it misses is taken to stand just before its
moment (an enrolment whose kind nobody knows, a completion, the cause of a certificate), and the
rest of the history is replayed. A finding that is then gone, or less severe, is a consequence of
the first root whose repair does that; one that no root's repair touches is a root itself. So a
record whose enrolment was lost has one root, however much of it looks impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final

from engine.lifecycle.belief import Belief, Instant, advance, advance_instant, severity_rank
from engine.vocabulary import Action

__all__ = ["REPAIRED", "answers", "consequences", "repaired"]

_ENROLMENTS: Final = (
    Action.ENROL,
    Action.ENROL_BY_COURSE_PURCHASE,
    Action.ENROL_BY_COLLECTION_PURCHASE,
    Action.ENROL_BY_MANAGER,
)
_COMPLETIONS: Final = (Action.COMPLETE, Action.ATTEND, Action.SET_COMPLETED)
_CAUSES: Final = {
    Action.CERTIFY_FOR_COURSE_PURCHASE: (Action.ENROL_BY_COURSE_PURCHASE,),
    Action.CERTIFY_FOR_COLLECTION_PURCHASE: (Action.ENROL_BY_COLLECTION_PURCHASE,),
    Action.CERTIFY_FOR_MANAGER_ENROLMENT: (Action.ENROL_BY_MANAGER,),
    Action.CERTIFY_FOR_MANAGER_COMPLETION: (Action.SET_COMPLETED,),
}

REPAIRED: Final = frozenset({"S101", "S102", "S103", "S104", "S107", "S108", "S207", "S208"})
"""The findings whose repair may take away another one.

Of the other errors, S105 ends as revoked with an enrolment or without; the repair of S106 would be
to drop its start, on which nothing depends but a further start. A warning or an info that something
happened twice has nothing to repair.
"""

_advance_instant: Final = lru_cache(1 << 16)(advance_instant)


@cache
def answers(code: str, action: Action, later: str, later_action: Action) -> bool:
    """Tell whether the repair of a finding can have to do with a later one at all.

    An event of a record without access is taken to begin an enrolment of no known kind, and a
    recertification completes: all that the missing row adds is the cause of a certificate.
    """
    match code:
        case "S101" | "S108":
            return later == "S104" and later_action is not Action.CERTIFY_FOR_MANAGER_COMPLETION
        case "S107":
            return later == "S104" and later_action is Action.CERTIFY_FOR_MANAGER_COMPLETION
        case "S104" if action is not Action.CERTIFY_FOR_MANAGER_COMPLETION:
            return later == "S104" and later_action is action
        case _:
            return code in REPAIRED


@cache
def repaired(belief: Belief, code: str, action: Action) -> Belief:
    """Return the belief before an event once the row that its finding misses is there.

    Which of several rows is missing nobody knows, so each is believed to be possible; what follows
    refutes those that do not fit.
    """
    missing: tuple[Action, ...]
    if code == "S104":
        missing = _CAUSES[action]
    else:
        missing = _COMPLETIONS if code in ("S103", "S107") else _ENROLMENTS
    return frozenset().union(*(advance(belief, each)[0] for each in missing))


def consequences(belief: Belief, instants: Sequence[Instant]) -> list[tuple[int, int]]:
    """Return each consequence with its root, as numbers of events.

    ``belief`` is that before the first instant. Events are numbered in the order of ``instants``.
    """
    found: list[tuple[int, int]] = []
    # The history as it is; then, for each root that still makes a difference, the history with
    # the repair of this root alone.
    worlds, roots = [belief], [-1]
    told: dict[int, tuple[str, Action]] = {}
    first = 0
    for instant in instants:
        outcomes = [_advance_instant(world, instant) for world in worlds]
        for event in outcomes[0].order:
            code = outcomes[0].events[event].finding
            if code is None:
                continue
            weight = severity_rank(code)
            for root, outcome in zip(roots[1:], outcomes[1:], strict=True):
                cured = severity_rank(outcome.events[event].finding) < weight
                if cured and answers(*told[root], code, instant[event]):
                    found.append((first + event, root))
                    break
            else:
                if code in REPAIRED:
                    world = repaired(worlds[0], code, instant[event])
                    outcomes.append(_advance_instant(world, instant))
                    roots.append(first + event)
                    told[first + event] = code, instant[event]
        worlds, roots = _apart([outcome.belief for outcome in outcomes], roots)
        first += len(instant)
    return found


def _apart(worlds: Iterable[Belief], roots: Iterable[int]) -> tuple[list[Belief], list[int]]:
    """Of equal worlds keep the first: they stay equal, and the first root is the one to name."""
    kept: dict[Belief, int] = {}
    for world, root in zip(worlds, roots, strict=True):
        kept.setdefault(world, root)
    return list(kept), list(kept.values())
