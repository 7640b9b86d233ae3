"""The edits that a walk through a history comes to."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.repair.edits import Edit, EditKind
from engine.repair.operations import Operation, WalkStep

__all__ = ["edits_of", "paired"]


def edits_of(instants: Sequence[Instant], walk: Iterable[WalkStep]) -> tuple[Edit, ...]:
    """Return the edits, in the order of the repaired history.

    Of several events of one action the first that can be meant is.
    """
    edits: list[Edit] = []
    held: defaultdict[Action, deque[int]] = defaultdict(deque)
    owed: defaultdict[Action, deque[int]] = defaultdict(deque)
    place = event = 0
    for operations, onward in walk:
        instant = instants[place] if onward else ()
        taken: dict[Action, int] = {}
        for operation, action in operations:
            match operation:
                case Operation.INSERT:
                    edits.append(Edit(EditKind.INSERT, action, None, place))
                    continue
                case Operation.PLACE_HELD:
                    edits.append(Edit(EditKind.MOVE, action, held[action].popleft(), place))
                    continue
                case Operation.PLACE_OWED:
                    owed[action].append(len(edits))
                    edits.append(Edit(EditKind.MOVE, action, None, place))
                    continue
            number = event + instant.index(action) + taken.get(action, 0)
            taken[action] = taken.get(action, 0) + 1
            if operation is Operation.DROP:
                edits.append(Edit(EditKind.DROP, action, number, None))
            elif operation is Operation.HOLD:
                held[action].append(number)
            else:
                at = owed[action].popleft()
                edits[at] = edits[at]._replace(event=number)
        if onward:
            place += 1
            event += len(instant)
    return tuple(edits)


def paired(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the same edits with a drop and an insertion of one action made one move."""
    listed = list(edits)
    dropped: defaultdict[Action, deque[int]] = defaultdict(deque)
    for at, edit in enumerate(listed):
        if edit.kind is EditKind.DROP:
            dropped[edit.action].append(at)
    gone = set()
    for at, edit in enumerate(listed):
        if edit.kind is EditKind.INSERT and dropped[edit.action]:
            drop = dropped[edit.action].popleft()
            gone.add(drop)
            listed[at] = edit._replace(kind=EditKind.MOVE, event=listed[drop].event)
    return tuple(edit for at, edit in enumerate(listed) if at not in gone)
