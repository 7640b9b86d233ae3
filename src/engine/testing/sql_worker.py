"""The program that runs a SQL model: a process of its own, which can be bounded and killed.

``sql_process.py`` starts it with the folder that holds duckdb and the number of its own process,
and speaks to it over standard input and output: eight bytes of length, then JSON. The worker
imports nothing of this project, so it starts fast and holds nothing a statement could be after.

What the database offers as bounds is not enough: it looks at its clock between blocks of rows, not
within a function or while it plans, and counts few of the texts and lists that functions make. So
the system bounds this process as well (:func:`_limit`).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import duckdb

# How many bytes of an error's message, or of a value that has no form in JSON, are passed on.
_MESSAGE: Final = 4000

_CLOSED: Final = {
    # No file, no network, no extension fetched or loaded.
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "max_temp_directory_size": "0B",
    "threads": "1",
}

_FATAL: Final = ("OutOfMemoryException", "MemoryError", "FatalException", "InternalException")
"""Errors after which the database, or this process, may no longer be sound."""

_ROWS: Final = 256
"""Rows fetched at a time."""


class _TooMuchError(Exception):
    """The statement returned more than the caller takes."""


def main() -> None:
    """Open the database, say so, and answer one order after another until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides.
    _end_with(int(sys.argv[2]))
    sys.path.insert(0, sys.argv[1])
    start = _receive()
    try:
        database = _open(start)
    except Exception as error:
        _send(_told(error) | {"last": True})
        return
    _limit(start["memory"])
    _send({"ready": True})
    statement: Any = None
    while True:
        order = _receive()
        _limit_cpu(order["seconds"])
        try:
            if "sql" in order:
                found = database.extract_statements(order["sql"])
                if len(found) == 1:
                    statement = found[0]
                answer = {"types": [each.type.name for each in found[:2]], "count": len(found)}
            else:
                _fill(database, start["table"], order)
                answer = _ask(database, statement, order["most_rows"], order["most_bytes"])
        except _TooMuchError:
            answer = {"too_much": True, "last": True}
        except BaseException as error:
            answer = _told(error)
        _send(answer)
        if "last" in answer:
            return


def _open(start: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Create the table and lock the database."""
    import duckdb

    config: dict[str, Any] = {**_CLOSED, "memory_limit": f"{start['memory']}B"}
    database = duckdb.connect(":memory:", config=config)
    for statement in start["create"]:
        database.execute(statement)
    # Else a name that is no table would be looked up among the variables of this program.
    database.execute("SET python_enable_replacements = false")
    database.execute("SET enable_progress_bar = false")
    database.execute("SET lock_configuration = true")
    # What Python loads to show values of these types it cannot load later (_limit).
    database.execute(
        "SELECT now(), '10:00:00+01'::TIMETZ, uuid(), 1.5::DECIMAL(2, 1), INTERVAL 1 DAY"
    ).fetchall()
    return database


def _fill(database: duckdb.DuckDBPyConnection, table: str, order: dict[str, Any]) -> None:
    """Put the rows of a report in place of those before."""
    columns = order["columns"]
    cells = ", ".join(["unnest(?::VARCHAR[])"] * (len(columns) - 1))
    database.execute(f"DELETE FROM {table}")
    database.execute(
        f"INSERT INTO {table} SELECT {cells}, make_timestamp(unnest(?::BIGINT[]))", columns
    )


def _ask(
    database: duckdb.DuckDBPyConnection, statement: Any, most_rows: int, most_bytes: int
) -> dict[str, Any]:
    """Run the statement; its columns and rows.

    Raises
    ------
    _TooMuchError
        If there are more rows, or they are longer as JSON, than the caller takes.
    """
    result = database.execute(statement)
    names = [column[0] for column in result.description or ()]
    rows: list[list[Any]] = []
    length = 0
    while some := result.fetchmany(_ROWS):
        block = [[_cell(value, most_bytes) for value in row] for row in some]
        length += len(json.dumps(block))
        rows += block
        if len(rows) > most_rows or length > most_bytes:
            raise _TooMuchError
    return {"names": names, "rows": rows}


def _cell(value: Any, most_bytes: int) -> Any:
    """A value as JSON has it; others as an object that names how to read it."""
    kind = type(value)
    if value is None or kind in (bool, int, float):
        return value
    if kind is str:
        if len(value) > most_bytes:
            raise _TooMuchError
        return value
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"text": str(value)[:_MESSAGE], "shown": repr(value)[:_MESSAGE]}


def _told(error: BaseException) -> dict[str, Any]:
    name = type(error).__name__
    said = str(error)[:_MESSAGE]
    if not type(error).__module__.lstrip("_").startswith("duckdb"):
        said = f"{name}: {said}"
    told = {"error": name, "message": said}
    return told | {"last": True} if name in _FATAL else told


def _end_with(parent: int) -> None:
    """Have this process killed when the one that started it ends, however it ends."""
    if sys.platform == "linux":
        import ctypes

        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)


def _limit(memory: int) -> None:
    """Let the system bound this process: so many more bytes, and no file, no core dump, no child.

    The limit of memory is one of address space, so what the interpreter and the database have taken
    by now, used or not, comes on top. Systems other than Linux do not tell how much that is.
    """
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        _lower(resource, "RLIMIT_AS", taken + memory)
    for name in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC"):
        # Standard input and output are open and stay so.
        _lower(resource, name, 0)


def _lower(resource: Any, name: str, value: int) -> None:
    """Set a limit for good, where the system has it and there is no lower one."""
    kind = getattr(resource, name, None)
    if kind is None:
        return
    soft, hard = resource.getrlimit(kind)
    unlimited = resource.RLIM_INFINITY
    known = [limit for limit in (soft, hard) if limit != unlimited]
    value = min([value, *known])
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return


def _limit_cpu(seconds: float) -> None:
    """Let the system end this process should it work for so long and nobody be there to kill it."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(min(used.ru_utime + used.ru_stime + seconds + 2, 1e9))
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _receive() -> Any:
    """The next order; where there is none, this process ends."""
    head = sys.stdin.buffer.read(8)
    if len(head) < 8:
        os._exit(0)
    return json.loads(sys.stdin.buffer.read(int.from_bytes(head, "little")))


def _send(answer: dict[str, Any]) -> None:
    text = json.dumps(answer).encode()
    sys.stdout.buffer.write(len(text).to_bytes(8, "little") + text)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
    os._exit(0)
