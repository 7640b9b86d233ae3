"""A repair where the search for the cheapest is given up: good, legal, and found in bounded time.

The history is walked once with the few cheapest beliefs at each place (a beam search). Events are
inserted or dropped; a drop and an insertion of one action then count as one move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant, severity_rank
from engine.repair.edits import Edit
from engine.repair.operations import INSERT, KEEP, Operation, Operations, WalkStep
from engine.repair.steps import DROP, Steps, effort, order_cost
from engine.repair.walk import edits_of, paired

__all__ = ["good_enough"]

_WIDEST: Final = 16
_WORK: Final = 8192
"""Beliefs kept at a place, for a history of average length: fewer, the longer it is."""

_INSERTED: Final = 2
"""Events inserted at one place; one if only a single belief is kept."""

_LEAST_TRIED: Final = 4
_EFFORT: Final = 4096
"""Paths taken through an instant: fewer, the harder it is to find the best order of its events."""


class _Path(NamedTuple):
    """A way to a belief: its price, and the last thing done on it."""

    edits: int
    cost: int
    belief: int
    before: _Path | None
    done: WalkStep


def good_enough(steps: Steps, instants: Sequence[Instant]) -> tuple[Edit, ...]:
    """Return edits that leave no error; few, but fewer may do."""
    width = max(1, min(_WIDEST, _WORK // max(1, sum(map(len, instants)))))
    inserted = min(width, _INSERTED)
    beam = [_Path(0, 0, steps.start, None, KEEP)]
    for instant in instants:
        onward: dict[int, _Path] = {}
        paths = sorted(_with_insertions(steps, beam, inserted), key=_price)
        for path in paths[: max(_LEAST_TRIED, _EFFORT // effort(len(instant)))]:
            for then in _through(steps, path, instant):
                _keep_better(onward, then)
        beam = sorted(onward.values(), key=_price)[:width]
    walk = []
    last: _Path | None = beam[0]
    while last is not None and last.before is not None:
        walk.append(last.done)
        last = last.before
    return paired(edits_of(instants, reversed(walk)))


def _price(path: _Path) -> tuple[int, int, int]:
    return path.edits, path.cost, path.belief


def _keep_better(known: dict[int, _Path], path: _Path) -> None:
    other = known.get(path.belief)
    if other is None or _price(path) < _price(other):
        known[path.belief] = path


def _with_insertions(steps: Steps, beam: list[_Path], inserted: int) -> list[_Path]:
    """The paths, and those with events inserted at this place."""
    reached = {path.belief: path for path in beam}
    last = beam
    for _ in range(inserted):
        longer: dict[int, _Path] = {}
        for path in last:
            for action, after, cost in steps.insertions(path.belief):
                then = _Path(path.edits + 1, path.cost + cost, after, path, INSERT[action])
                if after not in reached or _price(then) < _price(reached[after]):
                    _keep_better(longer, then)
        reached |= longer
        last = list(longer.values())
    return list(reached.values())


def _through(steps: Steps, path: _Path, instant: Instant) -> Iterator[_Path]:
    """The ways past an instant: as it is, else without the events that have errors, or any."""
    left, dropped = instant, list[Action]()
    while left:
        symbol = steps.symbol(left)
        step = steps.step(path.belief, symbol)
        if step is not None:
            yield _without(path, dropped, step.after, step.cost)
            break
        wrong = [
            action
            for action, event in zip(left, steps.outcome(path.belief, symbol).events, strict=True)
            if severity_rank(event.finding) == 3
        ]
        dropped += wrong
        left = _less(left, wrong)
    else:
        yield _without(path, dropped, path.belief, 0)
        return
    if len(instant) == 1:
        yield _without(path, [*instant], path.belief, 0)


def _less(instant: Instant, gone: list[Action]) -> Instant:
    left = list(instant)
    for action in gone:
        left.remove(action)
    return tuple(left)


def _without(path: _Path, dropped: list[Action], after: int, cost: int) -> _Path:
    cost += sum(DROP + order_cost(action) for action in dropped)
    operations: Operations = tuple((Operation.DROP, action) for action in sorted(dropped))
    return _Path(
        path.edits + len(dropped), path.cost + cost, after, path, WalkStep(operations, True)
    )
