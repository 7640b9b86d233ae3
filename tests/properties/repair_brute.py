"""Repairs by trying every set of edits: slow, and too simple to be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, permutations, product

from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    ENROLMENTS,
    Belief,
    Instant,
    InstantOutcome,
    advance_instant,
    initial_belief,
    severity_rank,
)
from engine.repair.edits import Edit, EditKind, apply

History = tuple[Instant, ...]
Price = tuple[int, int, int, int, int, list[Action]]


@cache
def _outcome(belief: Belief, instant: Instant) -> InstantOutcome:
    return advance_instant(belief, instant)


def severities(instants: Sequence[Instant], *, partial: bool) -> tuple[int, int, int]:
    """Errors, warnings, infos."""
    counts = [0, 0, 0, 0]
    belief = initial_belief(instants[0] if instants else (), partial=partial)
    for instant in instants:
        outcome = _outcome(belief, instant)
        counts[1] += outcome.unsearched
        for event in outcome.events:
            counts[severity_rank(event.finding)] += 1
        belief = outcome.belief
    return counts[3], counts[2], counts[1]


def price(instants: Sequence[Instant], edits: Sequence[Edit], *, partial: bool) -> Price | None:
    """What a repair is compared by, None if it leaves an error."""
    errors, warnings, infos = severities(apply(instants, edits), partial=partial)
    if errors:
        return None
    kinds = [edit.kind for edit in edits]
    return (
        len(edits),
        warnings,
        kinds.count(EditKind.DROP) + (partial and _hides_the_beginning(edits)),
        infos,
        kinds.count(EditKind.INSERT) + sum(_passed(instants, edit) for edit in edits),
        sorted(edit.action for edit in edits),
    )


def _passed(instants: Sequence[Instant], edit: Edit) -> int:
    """How many instants a moved event passes."""
    if edit.kind is not EditKind.MOVE:
        return 0
    assert edit.event is not None
    assert edit.place is not None
    of_event = [number for number, instant in enumerate(instants) for _ in instant]
    own = of_event[edit.event]
    return edit.place - own - 1 if edit.place > own else own - edit.place


def _hides_the_beginning(edits: Sequence[Edit]) -> bool:
    """Whether an event that is no enrolment is inserted before everything else."""
    first = next((edit for edit in edits if edit.place is not None), None)
    return (
        first is not None
        and first.place == 0
        and first.kind is EditKind.INSERT
        and first.action not in ENROLMENTS
    )


def every_set(instants: Sequence[Instant], size: int) -> Iterator[tuple[Edit, ...]]:
    """Every way to do so many edits."""
    events = [action for instant in instants for action in instant]
    places = range(len(instants) + 1)
    for removed in range(size + 1):
        for rows in combinations(range(len(events)), removed):
            for inserted in product(Action, repeat=size - removed):
                placeable = [(EditKind.INSERT, action, None) for action in inserted]
                for fates in product((EditKind.DROP, EditKind.MOVE), repeat=removed):
                    fated = [
                        (fate, events[row], row) for fate, row in zip(fates, rows, strict=True)
                    ]
                    drops = [Edit(*each, None) for each in fated if each[0] is EditKind.DROP]
                    moves = [each for each in fated if each[0] is EditKind.MOVE]
                    for order in set(permutations([*placeable, *moves])):
                        for where in product(places, repeat=len(order)):
                            if list(where) == sorted(where):
                                put = zip(order, where, strict=True)
                                yield (*drops, *(Edit(*each, place) for each, place in put))
