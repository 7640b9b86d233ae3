"""A store as an object."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

from engine.arguments import checked, database_file, moment, optional, text
from engine.auditor import Audit
from engine.columns.frame import Frame
from engine.dialects import Named, dialect_of
from engine.instants import TimestampRules
from engine.intake.tables import One, OneOrMore, sources_of
from engine.options import DateOrder, HistoryKind, Key, Options, instant_of
from engine.replay.table import TransitionTable
from engine.sources import audit
from engine.store.database import reading, told
from engine.store.listing import listed_imports
from engine.store.person import People
from engine.storekeeper.importing import Imported, import_reports
from engine.storekeeper.remaking import rebuild
from engine.storekeeper.verifying import Verified, verify

if TYPE_CHECKING:
    import duckdb

__all__ = ["Store"]

Tell = Callable[[str], None]


class Store:
    """A store, opened when it is first needed; a context that closes it.

    While it is open for reading, nobody can write it.

    Parameters
    ----------
    path:
        The store's file.

    Examples
    --------
    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "learning.duckdb")
    >>> with Store(path) as store:
    ...     done = store.append("fixtures/demo.csv")
    ...     again = store.append("fixtures/demo.csv")
    >>> done[0].new_events, again[0].new_events
    (2024, 0)
    """

    @checked(path=database_file)
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._open: ExitStack | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._people: People | None = None
        self._table = TransitionTable()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        if self._open is not None:
            self._open.close()
        self._open = self._connection = self._people = None

    def _read(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._open = ExitStack()
            self._connection = self._open.enter_context(reading(self.path))
        return self._connection

    def append(
        self,
        source: OneOrMore,
        *,
        name: str | Sequence[str] | None = None,
        timezone: str = "UTC",
        date_order: DateOrder | None = None,
        timestamp_format: str | None = None,
        dialect: Named | None = None,
    ) -> list[Imported]:
        """Add reports; the store is made if it is not there.

        Rows that it has already are counted and not stored twice, so that reports may overlap.
        Each is added as a whole or not at all.

        Parameters
        ----------
        source:
            A report file, a folder of them, a table, or several; see :func:`engine.audit`.
        name:
            What tables are called.
        timezone, date_order, timestamp_format, dialect:
            How the reports are read; see :func:`engine.audit`.

        Returns
        -------
        list
            What came of each report, in order.

        Raises
        ------
        InputError
            If a report or the store cannot be read or written. Earlier reports stay imported.
        UsageError
            If an option's value is wrong.
        """
        self.close()
        (named,) = sources_of("append", [source], name)
        rules = TimestampRules(
            timezone=timezone, date_order=date_order, timestamp_format=timestamp_format
        )
        return list(
            import_reports(self.path, named, rules, dialect=dialect_of(dialect), table=self._table)
        )

    def import_reports(
        self,
        *reports: One,
        timezone: str = "UTC",
        date_order: DateOrder | None = None,
        timestamp_format: str | None = None,
        dialect: Named | None = None,
    ) -> list[Imported]:
        """Add reports, each an argument of its own; see :meth:`append`."""
        return self.append(
            reports,
            timezone=timezone,
            date_order=date_order,
            timestamp_format=timestamp_format,
            dialect=dialect,
        )

    def imports(self) -> Frame:
        """Return what was imported, one import a row, the first first."""
        with told(self.path):
            return listed_imports(self._read())

    @checked(learner=text, known_on=optional(moment))
    def of_learner(
        self,
        learner: str,
        *,
        history: HistoryKind = "complete",
        tolerance: float = 0.0,
        key: Key = "email,content",
        timezone: str = "UTC",
        now: int | None = None,
        known_on: str | date | None = None,
    ) -> Audit:
        """Return the audit of one learner's events alone, within milliseconds.

        It knows of no other learner, and of no rows but events: of its findings only those on
        events are there, and none across records (X codes).

        Parameters
        ----------
        learner:
            An address, normalised as semantics.md §1 says. Of one who has no event, or had none
            by then, there are none.
        history, tolerance, key, timezone, now, known_on:
            As for :func:`engine.audit`.

        Raises
        ------
        UnknownLearnerError
            If the store names no such learner.
        UsageError
            If an option's value is wrong.
        """
        chosen = Options(
            history=history,
            tolerance=tolerance,
            key=key,
            timezone=timezone,
            now=now,
            across=False,
        )
        known = None if known_on is None else instant_of(known_on, timezone)
        with told(self.path):
            if self._people is None:
                self._people = People(self._read())
            records = self._people.records(learner, known, timezone=timezone)
            rows = self._people.rows(known)
        return Audit(records, chosen, table=self._table, rows=rows)

    @checked(learner=text, content=optional(text), known_on=optional(moment))
    def timeline(
        self,
        learner: str,
        content: str | None = None,
        *,
        history: HistoryKind = "complete",
        tolerance: float = 0.0,
        key: Key = "email,content",
        timezone: str = "UTC",
        known_on: str | date | None = None,
    ) -> Frame:
        """Return the status intervals of one learner; see :meth:`of_learner`."""
        audit = self.of_learner(
            learner,
            history=history,
            tolerance=tolerance,
            key=key,
            timezone=timezone,
            known_on=known_on,
        )
        return audit.timeline(learner, content)

    def audit(
        self,
        known_on: str | date | None = None,
        *,
        history: HistoryKind = "complete",
        tolerance: float = 0.0,
        key: Key = "email,content",
        timezone: str = "UTC",
        across: bool | None = None,
        reschedule_window: float = 24.0,
        now: int | None = None,
        progress: Tell | None = None,
    ) -> Audit:
        """Return the audit of all imports, or of those recorded by then.

        The options are those of :func:`engine.audit`, but for those of how times are read: the
        store was told when it imported them.
        """
        self.close()
        return audit(
            self.path,
            history=history,
            tolerance=tolerance,
            key=key,
            timezone=timezone,
            across=across,
            reschedule_window=reschedule_window,
            now=now,
            known_on=known_on,
            progress=progress,
        )

    @checked(head=optional(text))
    def verify(self, head: str | None = None) -> Verified:
        """Tell whether anybody edited the store; see :func:`verify`."""
        self.close()
        return verify(self.path, head)

    def rebuild(
        self,
        *,
        history: HistoryKind | None = None,
        tolerance: float | None = None,
        key: Key | None = None,
    ) -> int:
        """Make the read models again, and return the number of events they follow from.

        Options that are not given stay as they were at the last rebuild.
        """
        self.close()
        return rebuild(self.path, history=history, tolerance=tolerance, key=key)
