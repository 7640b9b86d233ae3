"""The slow twin of the columnar replay: one stream, instant by instant, in plain Python.

Also what replays a stream whose instants are too varied to compile. Source: semantics.md §5, §6.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.lifecycle.belief import (
    Belief,
    Instant,
    InstantOutcome,
    advance_instant,
    initial_belief,
)

__all__ = ["replay"]


def replay(instants: Sequence[Instant], *, partial: bool) -> tuple[Belief, list[InstantOutcome]]:
    """Return the belief before the first instant, and what each instant did."""
    first = instants[0] if instants else ()
    start = belief = initial_belief(first, partial=partial)
    outcomes = []
    for instant in instants:
        outcome = advance_instant(belief, instant)
        outcomes.append(outcome)
        belief = outcome.belief
    return start, outcomes
