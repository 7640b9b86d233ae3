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

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief, Instant, advance, advance_instant, severity_rank
from engine.rules.arguing import LACKS_CAUSE
from engine.rules.catalogue import SEQUENCE_RULES

__all__ = ["REPAIRED", "answers", "consequences", "repaired"]

REPAIRED: Final = frozenset(
    code for code, rule in SEQUENCE_RULES.items() if rule.missing is not None
)
"""The findings whose repair may take away another one.

Others have none: a revocation without an enrolment ends as revoked with an enrolment or without; to
repair a start after its completion would be to drop it, and nothing depends on it but a further
start. A warning or an info that something happened twice has nothing to repair.
"""

_advance_instant: Final = lru_cache(1 << 16)(advance_instant)


@cache
def answers(code: str, action: Action, later: str, later_action: Action) -> bool:
    """Tell whether the repair of a finding can have to do with a later one at all.

    An event of a record without access is taken to begin an enrolment of no known kind, and a
    recertification completes: all that the missing row adds is the cause of a certificate.
    """
    rule = SEQUENCE_RULES[code]
    certificates = rule.cures.get(action)
    if certificates is None:
        return rule.missing is not None
    return SEQUENCE_RULES[later].missing is LACKS_CAUSE and later_action in certificates


@cache
def repaired(belief: Belief, code: str, action: Action) -> Belief:
    """Return the belief before an event once the row that its finding misses is there.

    Which of several rows is missing nobody knows, so each is believed to be possible; what follows
    refutes those that do not fit.
    """
    missing = SEQUENCE_RULES[code].missing
    assert missing is not None, "only a finding with a repair is put right"
    return frozenset().union(*(advance(belief, each)[0] for each in missing[action]))


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
