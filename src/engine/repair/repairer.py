"""Repairs of histories: the cheapest where it can be found, else a good one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from engine.lifecycle.belief import Instant
from engine.repair.alternatives import with_alternatives
from engine.repair.beam import good_enough
from engine.repair.edits import Edit, Repair
from engine.repair.search import GivenUp, Search
from engine.repair.steps import Steps
from engine.repair.walk import edits_of

__all__ = ["MOST_EVENTS", "MOST_STATES", "Repairer"]

MOST_EVENTS: Final = 2_000
"""Longer histories are not searched."""

MOST_STATES: Final = 40_000
"""States met before a search is given up: about a second."""


class Repairer:
    """Finds the repair of one history after another.

    The answer for a history is the same whichever others came before it.
    """

    def __init__(self, *, partial: bool, most_states: int = MOST_STATES) -> None:
        self._steps = Steps(partial=partial)
        self._search = Search(self._steps)
        self._most_states = most_states

    def repair(self, instants: Sequence[Instant]) -> Repair:
        """Return the fewest edits after which no instant has an error.

        Of equally few: those that leave the fewest warnings; that drop the fewest rows (a row is
        evidence); that leave the fewest infos; that have the fewest insertions and instants passed
        by moves, taken together; whose actions come first in the table of semantics.md §3; and
        then those that stand latest.

        Parameters
        ----------
        instants:
            The history; the actions of each instant are sorted.
        """
        edits, optimal = self._edits(instants)
        return Repair(with_alternatives(self._steps, instants, edits), optimal)

    def _edits(self, instants: Sequence[Instant]) -> tuple[tuple[Edit, ...], bool]:
        if sum(map(len, instants)) <= MOST_EVENTS:
            with suppress(GivenUp):
                walk = self._search.cheapest(instants, states=self._most_states)
                return edits_of(instants, walk), True
        return good_enough(self._steps, instants), False
