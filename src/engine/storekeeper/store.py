"""A store as an object."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.auditor import Audit
from engine.columns.frame import Frame
from engine.instants import TimestampRules
from engine.options import Options, instant_of
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
    ...     done = store.import_reports("fixtures/demo.csv")
    ...     again = store.import_reports("fixtures/demo.csv")
    >>> done[0].new_events, again[0].new_events
    (2024, 0)
    """

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

    def import_reports(
        self, *reports: str | os.PathLike[str], **times: str | None
    ) -> list[Imported]:
        """Add reports; see :func:`import_reports`.

        Parameters
        ----------
        times:
            How times are read: ``timezone``, ``date_order``, ``timestamp_format``.
        """
        self.close()
        rules = TimestampRules(**times)  # type: ignore[arg-type]
        files = [os.fspath(each) for each in reports]
        return list(import_reports(self.path, files, rules, table=self._table))

    def imports(self) -> Frame:
        """Return what was imported, one import a row, the first first."""
        with told(self.path):
            return listed_imports(self._read())

    def of_learner(
        self, learner: str, *, known_on: str | date | None = None, **options: Any
    ) -> Audit:
        """Return the audit of one learner's events alone, within milliseconds.

        It knows of no other learner, and of no rows but events: of its findings only those on
        events are there, and none across records (X codes).

        Parameters
        ----------
        learner:
            An address, normalised as semantics.md §1 says; of an unknown one nothing is found.
        known_on:
            As for :func:`engine.audit`.
        options:
            As :class:`engine.Options`, but for those of how a report is read.

        Raises
        ------
        UsageError
            If an option's value is wrong.
        """
        chosen = Options(**options)
        moment = None if known_on is None else instant_of(known_on, chosen.timezone)
        with told(self.path):
            if self._people is None:
                self._people = People(self._read())
            records = self._people.records(learner, moment, timezone=chosen.timezone)
            rows = self._people.rows(moment)
        return Audit(records, replace(chosen, across=False), table=self._table, rows=rows)

    def timeline(
        self,
        learner: str,
        content: str | None = None,
        *,
        known_on: str | date | None = None,
        **options: Any,
    ) -> Frame:
        """Return the status intervals of one learner; see :meth:`of_learner`."""
        return self.of_learner(learner, known_on=known_on, **options).timeline(None, content)

    def audit(self, known_on: str | date | None = None, **options: Any) -> Audit:
        """Return the audit of all imports, or of those recorded by then; see :func:`audit`."""
        self.close()
        return audit(self.path, known_on=known_on, **options)

    def verify(self, head: str | None = None) -> Verified:
        """Tell whether anybody edited the store; see :func:`verify`."""
        self.close()
        return verify(self.path, head)

    def rebuild(self, **options: object) -> int:
        """Make the read models again; see :func:`rebuild`."""
        self.close()
        return rebuild(self.path, **options)  # type: ignore[arg-type]
