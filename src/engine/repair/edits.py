"""Edits of a history as data, and what a history looks like after them.

A history is a sequence of instants (semantics.md §6). A *place* is a gap between two neighbouring
instants, before the first or after the last: place *n* has *n* instants of the history before it.
An event that is inserted or moved there becomes an instant of its own. Several at one place stand
in the order in which their edits are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant

__all__ = ["Edit", "EditKind", "Repair", "apply", "arranged"]


class EditKind(StrEnum):
    """What an edit does."""

    INSERT = "insert"
    DROP = "drop"
    MOVE = "move"


class Edit(NamedTuple):
    """One edit.

    Attributes
    ----------
    action:
        The action of the event that is inserted, dropped or moved.
    event:
        Which event: its number, counted through all instants; None for an insertion.
    place:
        Where it goes; None for a drop.
    alternatives:
        For an insertion the other actions that would do as well there: no error, and as many
        warnings and infos.
    """

    kind: EditKind
    action: Action
    event: int | None
    place: int | None
    alternatives: tuple[Action, ...] = ()


class Repair(NamedTuple):
    """The edits in the order of the repaired history, and whether none cheaper exist.

    ``optimal`` is False where the search was given up: these edits leave no error, but cheaper
    ones may exist.
    """

    edits: tuple[Edit, ...]
    optimal: bool


def apply(instants: Sequence[Instant], edits: Sequence[Edit]) -> list[Instant]:
    """Return the history after these edits."""
    return [instant for instant, _ in arranged(instants, edits)]


def arranged(
    instants: Sequence[Instant], edits: Sequence[Edit]
) -> list[tuple[Instant, Edit | None]]:
    """Return the history after these edits, each instant with the edit that put it there."""
    gone = {edit.event for edit in edits if edit.event is not None}
    placed: list[list[tuple[Instant, Edit | None]]] = [[] for _ in range(len(instants) + 1)]
    for edit in edits:
        if edit.place is not None:
            placed[edit.place].append(((edit.action,), edit))
    repaired = list(placed[0])
    event = 0
    for number, instant in enumerate(instants, 1):
        left = tuple(action for at, action in enumerate(instant, event) if at not in gone)
        event += len(instant)
        if left:
            repaired.append((left, None))
        repaired += placed[number]
    return repaired
