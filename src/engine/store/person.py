"""One learner's records, read by themselves: a few milliseconds, however large the store."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from engine.columns.arrow import texts
from engine.columns.parted import Finder
from engine.columns.texts import fold_case_text
from engine.records import Records, unknown_learner
from engine.store.reading import as_records
from engine.store.replaying import Import, imports
from engine.store.soundness import Damaged
from engine.store.stored import Dictionaries, dictionaries, few_events, some_named
from engine.store.tables import nothing

if TYPE_CHECKING:
    import duckdb

__all__ = ["People"]


class People:
    """A store's learners, one at a time; what they share is read once.

    Parameters
    ----------
    connection:
        It stays open, and nobody writes meanwhile.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._recorded = imports(connection, None)
        if not self._recorded:
            raise Damaged("it was edited or is damaged: all imports were removed")
        each = 'SELECT "rows", quarantined FROM journal.imports ORDER BY import'
        self._counts = connection.execute(each).fetchall()
        self._named = some_named(connection)
        brought = connection.execute("SELECT import FROM journal.pairs ORDER BY pair").fetchall()
        self._pair_imports = [each[0] for each in brought]
        said = dictionaries(connection, self._recorded[-1].number)
        self._learners = Finder(said.texts.pop("learner"))
        self._said = said

    def records(self, learner: str, known_on: int | None, *, timezone: str) -> Records:
        """Return the events of one learner, recorded up to a moment, as records.

        Rows that repeat an event, and rows in quarantine, are not among them.

        Raises
        ------
        UnknownLearnerError
            If no import names that learner.
        """
        name = fold_case_text(learner)
        recorded = self._up_to(known_on)
        until = recorded[-1].number if recorded else 0
        number = self._learners.position(name)
        if number < 0:
            raise unknown_learner(name, self._learners.texts)
        condition = f"e.learner = {number}"
        if recorded != self._recorded:
            condition += f" AND e.import <= {until}"
        stored = few_events(self._connection, condition, named=self._named)
        stored.learner = np.zeros(len(stored), np.int32)
        # A later spelling of a source may not change what was known before.
        pairs = self._said.pairs[: bisect_right(self._pair_imports, until)]
        said = Dictionaries({"learner": texts([name]), **self._said.texts}, self._said.label, pairs)
        return as_records(
            recorded, said, stored, nothing("resightings"), nothing("quarantine"), timezone=timezone
        )

    def rows(self, known_on: int | None) -> tuple[int, int]:
        """Return how many rows were imported up to a moment, and how many are in quarantine."""
        counts = self._counts[: len(self._up_to(known_on))]
        return sum(rows for rows, _ in counts), sum(rejected for _, rejected in counts)

    def _up_to(self, known_on: int | None) -> list[Import]:
        if known_on is None:
            return self._recorded
        return [each for each in self._recorded if each.recorded_at <= known_on]
