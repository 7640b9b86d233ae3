"""The shortest way from what a record may be to an event with a given finding."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from engine.lifecycle.action import Action
from engine.lifecycle.belief import MAX_ORDERED, ORDER_NOT_SEARCHED, Belief, advance, severity_rank
from engine.testing.plain import LETTERS

__all__ = ["PLAIN_ORDER", "SEARCHED_CODES", "is_error", "plan", "way_to"]

PLAIN_ORDER: Final = (*LETTERS.values(), *(each for each in Action if each not in LETTERS.values()))
"""All actions, the frequent ones first."""

SEARCHED_CODES: Final = (
    *(f"S10{digit}" for digit in range(1, 9)),
    *(f"S20{digit}" for digit in range(1, 10)),
    *(f"S30{digit}" for digit in range(1, 5)),
)
"""Every code that an event can have because of the events before it."""

CROWD: Final = MAX_ORDERED + 1
"""The events of the smallest instant whose order is not searched."""


def is_error(finding: str | None) -> bool:
    """Whether a finding says that something is impossible."""
    return severity_rank(finding) == 3


@cache
def way_to(code: str, belief: Belief, *, legal: bool = False) -> tuple[Action, ...] | None:
    """Return the fewest actions, one after the other, of which the last has the finding.

    None if no way leads there. ``legal``: nothing before the last may be an error. For the order
    that is not searched the way is any enrolment, of which :data:`CROWD` share an instant.
    """
    if code == ORDER_NOT_SEARCHED:
        return (Action.ENROL,)
    waiting: deque[tuple[Belief, tuple[Action, ...]]] = deque([(belief, ())])
    seen = {belief}
    while waiting:
        here, done = waiting.popleft()
        for action in PLAIN_ORDER:
            after, finding = advance(here, action)
            if finding == code:
                return (*done, action)
            if after not in seen and not (legal and is_error(finding)):
                seen.add(after)
                waiting.append((after, (*done, action)))
    return None


def plan(
    codes: Iterable[str], belief: Belief, *, legal: bool = False
) -> tuple[tuple[str, tuple[Action, ...]], ...] | None:
    """Return an order in which all codes can follow each other, each with the way to it.

    None if there is no such order among those that take the shortest way to each.
    """
    return _plan(tuple(dict.fromkeys(codes)), belief, legal)


@cache
def _plan(
    codes: Sequence[str], belief: Belief, legal: bool
) -> tuple[tuple[str, tuple[Action, ...]], ...] | None:
    if not codes:
        return ()
    for position, code in enumerate(codes):
        way = way_to(code, belief, legal=legal)
        if way is None:
            continue
        after = belief
        for action in way:
            after, _ = advance(after, action)
        rest = _plan((*codes[:position], *codes[position + 1 :]), after, legal)
        if rest is not None:
            return ((code, way), *rest)
    return None
