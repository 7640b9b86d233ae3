"""A model written in SQL, run in an embedded database in a process of its own.

Nothing but its table is within its reach, and time and memory are bounded from outside.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from engine.errors import InputError, UsageError
from engine.testing.sql_process import ModelStopped, SqlProcess

if TYPE_CHECKING:
    import duckdb

    from engine.testing.answers import Answer
    from engine.testing.report import Report

__all__ = ["MEMORY", "SECONDS", "SqlModel"]

SECONDS: Final = 10.0
"""How long the model may take for one report, which has some ten rows."""

MEMORY: Final = 1_000_000_000
"""Bytes that the model may take for one report."""

_MOST_ROWS: Final = 10_000
"""Rows of an answer, for a short report; ten for each row of a long one."""

_LONGEST: Final = 1_000
"""Characters of the database's message that are shown."""

_COLUMNS: Final = ("email", "panorama_name", "content_type", "content_title", "type", "source")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_PART: Final = re.compile(r'\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|([^\s".`]+))\s*(\.|$)')


class SqlModel:
    """One statement that reads a report and returns learner, content_title, status.

    Making one starts the process and does not wait for it; the first run does. Close it when done,
    or use it in a ``with`` statement.

    Parameters
    ----------
    sql, file:
        The text, and the name under which faults mention it.
    table:
        What the statement calls the report; may be qualified and quoted.
    seconds:
        How long one run may take.
    memory:
        Bytes that one run may take. Where the system cannot bound a process (Windows, macOS), the
        database bounds what it counts itself.

    Raises
    ------
    UsageError
        If ``table`` is no name of a table.
    """

    def __init__(
        self,
        sql: str,
        file: str,
        *,
        table: str = "report",
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self.file = file
        self.seconds = seconds
        self._sql = sql
        self._templated = "{{" in sql
        parts = _parts(table)
        quoted = [_quoted(part) for part in parts]
        self._table = ".".join(quoted)
        create = []
        if len(parts) == 3 and parts[0].lower() != "memory":
            create.append(f"ATTACH ':memory:' AS {quoted[0]}")
        if len(parts) > 1:
            create.append(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(quoted[:-1])}")
        columns = ", ".join(f"{column} VARCHAR" for column in _COLUMNS)
        create.append(f"CREATE TABLE {self._table} ({columns}, timestamp TIMESTAMP)")
        self._process = SqlProcess({"create": create, "table": self._table}, memory=memory)

    def __enter__(self) -> SqlModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def __call__(self, report: Report) -> Answer:
        """Return what the model says of a report.

        Raises
        ------
        duckdb.Error
            Whatever the database says.
        InputError
            If the text is not one SELECT.
        ModelStopped
            If the run took too long or too much memory, or ended the database.
        UsageError
            If a column is missing from the result.
        """
        answer = self._ask(report)
        if "error" in answer:
            raise _database_error(answer)
        return self._read(answer)

    def try_out(self, report: Report) -> None:
        """Run the model once, and say in one line why it does not run.

        Raises
        ------
        InputError
            With the database's message and the line, or with the bound that was met.
        UsageError
            If a column is missing from the result.
        """
        try:
            answer = self._ask(report)
        except ModelStopped as stopped:
            raise InputError(self.file, stopped.problem, stopped.remedy) from None
        if "error" in answer:
            raise self._fault(answer["message"])
        self._read(answer)

    def _read(self, answer: dict[str, Any]) -> Answer:
        # Not loaded before the process is started: the two then start side by side.
        from engine.testing.answers import read_answer

        rows = [[_value(cell) for cell in row] for row in answer["rows"]]
        try:
            return read_answer(answer["names"], rows, ("status",))
        except UsageError as error:
            raise UsageError(f"{self.file}: {error}") from None

    def _ask(self, report: Report) -> dict[str, Any]:
        """Return what the process says of a report: ``names`` and ``rows``, or an error."""
        if self._process.fresh:
            self._start()
        texts = [
            (e.learner, e.panorama, e.content_type, e.content_title, e.type, e.source)
            for e in report
        ]
        columns: list[Any] = [[_sound(row[place]) for row in texts] for place in range(6)]
        # The moments are stored as UTC without a zone, as most warehouses have them.
        columns.append([(event.at - _EPOCH) // _MICROSECOND for event in report])
        rows = len(report)
        return self._process.ask(
            {"columns": columns, "most_rows": max(_MOST_ROWS, 10 * rows)},
            self.seconds,
            f"for a report of {rows:,} row" + "s" * (rows != 1),
        )

    def _start(self) -> None:
        """Wait for the process, and hand it the statement."""
        answer = self._process.wait()
        if "error" in answer:
            raise UsageError(
                f"--table is {self._table}, and the database cannot have a table of that name "
                f"({_one_line(answer['message'])}); name another."
            )
        answer = self._process.ask({"sql": self._sql}, self.seconds, "to be read")
        if "error" in answer:
            raise self._fault(answer["message"])
        if answer["count"] != 1:
            raise InputError(
                self.file,
                f"it holds {answer['count']} statements",
                "give one SELECT; helpers go before it in WITH",
            )
        (kind,) = answer["types"]
        if kind != "SELECT":
            raise InputError(
                self.file,
                f"it is a statement of type {kind}",
                "give a SELECT that returns learner, content_title, status",
            )

    def _fault(self, said: str) -> InputError:
        """The database's message without its drawing, which points at a column of a line."""
        message, _, drawing = said.partition("\n\nLINE ")
        line = re.match(r"\d+", drawing)
        remedy = "fix the SQL"
        if "external access" in message or "disabled by configuration" in message:
            remedy = "the model may read the table and nothing else: no file, no network"
        elif "does not exist" in message and "Table with name" in message:
            remedy = f"the report is the table {self._table}; --table names another"
        elif self._templated:
            remedy = "it holds {{ … }}: compile the dbt project and give the compiled file"
        where = self.file + (f", line {line[0]}" if line else "")
        return InputError(where, _one_line(message), remedy)


def _one_line(message: str) -> str:
    """A message of the database, which may quote a statement of any length."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


class _Foreign:
    """A value of a type that only the database has: how it is written, and how it is shown."""

    def __init__(self, text: str, shown: str) -> None:
        self._text, self._shown = text, shown

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._shown


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "moment" in cell:
        return datetime.fromisoformat(cell["moment"])
    return date.fromisoformat(cell["day"]) if "day" in cell else _Foreign(**cell)


def _sound(text: str) -> str:
    """A text as it can be encoded."""
    return text.encode("utf-8", "replace").decode()


def _database_error(answer: dict[str, Any]) -> duckdb.Error:
    """The database's error, as it was raised in the other process."""
    import duckdb

    kind = getattr(duckdb, answer["error"], None)
    if isinstance(kind, type) and issubclass(kind, duckdb.Error):
        return kind(answer["message"])
    return duckdb.Error(answer["message"])


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
