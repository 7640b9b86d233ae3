"""A model written in SQL, run in the embedded database: nothing but its table is within reach."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Final

import duckdb

from engine.errors import InputError, UsageError
from engine.testing.answers import Answer, read_answer
from engine.testing.report import COLUMNS, Report

__all__ = ["SECONDS", "SqlModel"]

SECONDS: Final = 10.0
"""How long the model may take for one report, which has some ten rows."""

_WATCH: Final = 0.05
"""Seconds between looks at the clock."""

_CLOSED: Final = {
    # No file, no network, no extension fetched or loaded.
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # A recursion that does not end meets a bound here too.
    "memory_limit": "1GB",
    "max_temp_directory_size": "0B",
    "threads": "1",
}

_PART: Final = re.compile(r'\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|([^\s".`]+))\s*(\.|$)')


class SqlModel:
    """One statement that reads a report and returns learner, content_title, status.

    Parameters
    ----------
    sql, file:
        The text, and the name under which faults mention it.
    table:
        What the statement calls the report; may be qualified and quoted.
    seconds:
        How long one run may take.

    Raises
    ------
    InputError
        If the text is not one SELECT.
    UsageError
        If ``table`` is no name of a table.
    """

    def __init__(
        self, sql: str, file: str, *, table: str = "report", seconds: float = SECONDS
    ) -> None:
        self.file = file
        self.seconds = seconds
        self._templated = "{{" in sql
        self._database = duckdb.connect(":memory:", config=dict(_CLOSED))
        self._table = self._create(_parts(table))
        # Else a name that is no table would be looked up among the variables of this program.
        self._database.execute("SET python_enable_replacements = false")
        self._database.execute("SET enable_progress_bar = false")
        self._database.execute("SET lock_configuration = true")
        self._statement = self._only_select(sql)
        self._deadline: float | None = None
        threading.Thread(target=_watch, args=[weakref.ref(self)], daemon=True).start()

    def _create(self, parts: list[str]) -> str:
        """Create the table, and what its name is qualified with."""
        quoted = [_quoted(part) for part in parts]
        if len(parts) == 3 and parts[0].lower() != "memory":
            self._database.execute(f"ATTACH ':memory:' AS {quoted[0]}")
        if len(parts) > 1:
            self._database.execute(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(quoted[:-1])}")
        name = ".".join(quoted)
        columns = ", ".join(f"{column} VARCHAR" for column in COLUMNS[:-1])
        self._database.execute(f"CREATE TABLE {name} ({columns}, {COLUMNS[-1]} TIMESTAMP)")
        return name

    def _only_select(self, sql: str) -> Any:
        try:
            statements = self._database.extract_statements(sql)
        except duckdb.Error as error:
            raise self._fault(error) from None
        if len(statements) != 1:
            raise InputError(
                self.file,
                f"it holds {len(statements)} statements",
                "give one SELECT; helpers go before it in WITH",
            )
        (statement,) = statements
        if statement.type is not duckdb.StatementType.SELECT:
            raise InputError(
                self.file,
                f"it is a statement of type {statement.type.name}",
                "give a SELECT that returns learner, content_title, status",
            )
        return statement

    def __call__(self, report: Report) -> Answer:
        """Return what the model says of a report.

        Raises
        ------
        duckdb.Error
            Whatever the database says.
        UsageError
            If a column is missing from the result.
        """
        names, rows = self._run(report)
        try:
            return read_answer(names, rows, ("status",))
        except UsageError as error:
            raise UsageError(f"{self.file}: {error}") from None

    def _run(self, report: Report) -> tuple[list[str], list[tuple[Any, ...]]]:
        database = self._database
        database.execute(f"DELETE FROM {self._table}")
        database.register("engine_rows", report.to_arrow())
        # The moments are stored as UTC without a zone, as most warehouses have them.
        database.execute(
            f"INSERT INTO {self._table} SELECT * REPLACE "
            "(make_timestamp(epoch_us(timestamp)) AS timestamp) FROM engine_rows"
        )
        database.unregister("engine_rows")
        self._deadline = time.monotonic() + self.seconds
        try:
            result = database.execute(self._statement)
            rows = result.fetchall()
            return [column[0] for column in result.description or ()], rows
        except duckdb.InterruptException:
            raise duckdb.InterruptException(
                f"it took longer than {self.seconds:g} s for {len(report)} rows, and was stopped"
            ) from None
        finally:
            self._deadline = None

    def try_out(self, report: Report) -> None:
        """Run the model once, and say in one line why it does not run.

        Raises
        ------
        InputError
            With the database's message and the line.
        UsageError
            If a column is missing from the result.
        """
        try:
            self(report)
        except duckdb.Error as error:
            raise self._fault(error) from None

    def _fault(self, error: duckdb.Error) -> InputError:
        """The database's message without its drawing, which points at a column of a line."""
        message, _, drawing = str(error).partition("\n\nLINE ")
        line = re.match(r"\d+", drawing)
        remedy = "mend the SQL"
        if "external access" in message or "disabled by configuration" in message:
            remedy = "the model may read the table and nothing else: no file, no network"
        elif "does not exist" in message and "Table with name" in message:
            remedy = f"the report is the table {self._table}; --table names another"
        elif self._templated:
            remedy = "it holds {{ … }}: compile the dbt project and give the compiled file"
        where = self.file + (f", line {line[0]}" if line else "")
        return InputError(where, " ".join(message.split()).rstrip("."), remedy)


def _watch(model_of: Callable[[], SqlModel | None]) -> None:
    """Stop a run that takes too long; a thread for each run would cost more than the run."""
    while (model := model_of()) is not None:
        deadline = model._deadline
        if deadline is not None and time.monotonic() > deadline:
            model._database.interrupt()
        del model
        time.sleep(_WATCH)


def _parts(name: str) -> list[str]:
    """The parts of a qualified name, in double quotes, in backticks or bare."""
    parts: list[str] = []
    place = 0
    while place < len(name) or not parts:
        found = _PART.match(name, place)
        if found is None or len(parts) == 3:
            break
        parts.append((found[1] or "").replace('""', '"') or found[2] or found[3])
        place = found.end()
        if not found[4]:
            break
    if not 1 <= len(parts) <= 3 or place < len(name) or name.rstrip().endswith("."):
        raise UsageError(
            f'--table is {name!r}; write a name, "schema"."name" or "database"."schema"."name".'
        )
    return parts


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'
