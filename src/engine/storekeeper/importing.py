"""Importing reports: one transaction each, the read models brought up to date in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from engine.arguments import checked, database_file, instance
from engine.columns.arrow import int32
from engine.columns.frame import Column, Frame, Numbers, text_column
from engine.dialects import DEFAULT, shipped
from engine.dialects.dialect import Dialect
from engine.errors import InputError
from engine.instants import TimestampRules
from engine.intake.capacity import within_capacity
from engine.intake.encode import encode
from engine.intake.reader import expand, read
from engine.intake.rows import RawTable
from engine.intake.source import open_pipe, standard_input, unchanged
from engine.intake.tables import NamedTable
from engine.intake.wanted import faults_of, report_in
from engine.projection.fingerprint import fingerprint
from engine.projection.kept import catalogue_rows
from engine.replay.table import TransitionTable
from engine.store.append import Report, add, conclude, prepare
from engine.store.database import transaction, writing
from engine.store.models import (
    MODELS,
    Made,
    add_to_model,
    clear_models,
    hide,
    leave_gaps,
    made,
    much_hidden,
    tag,
    tidy,
)
from engine.store.replaying import Import, Meanings, imports
from engine.store.stored import Events
from engine.store.tables import digest_of_cells, digests
from engine.storekeeper.remaking import model_rows, options_of, rebuild_within

if TYPE_CHECKING:
    import duckdb

__all__ = ["Imported", "import_reports", "imported_frame"]

Tell = Callable[[str], None]

T = TypeVar("T")

_TIDY = 10
"""Of so many imports one deletes the rows of read models that the others replaced."""

_WAITING = 7
"""Tables of rows that may wait to be written, two blocks of each model."""


class Imported(msgspec.Struct, frozen=True):
    """What came of a report: rows = new_events + already_known + duplicates + quarantined.

    ``number`` is that of the import, ``digest`` the head of the chain after it.
    """

    number: int
    file: str
    rows: int
    new_events: int
    already_known: int
    duplicates: int
    quarantined: int
    digest: str
    notes: list[str]


@checked(store=database_file, rules=instance(TimestampRules))
def import_reports(
    store: str,
    reports: Sequence[str | NamedTable],
    rules: TimestampRules,
    *,
    dialect: Dialect | None = None,
    tell: Tell = lambda stage: None,
    now: Callable[[], int] = lambda: time.time_ns() // 1000,
    table: TransitionTable | None = None,
) -> Iterator[Imported]:
    """Import reports one after another, each in a transaction of its own.

    Parameters
    ----------
    store:
        The store's file; it is made if it is not there.
    reports:
        Files, folders of them, and tables.
    dialect:
        That of all reports; None: what their columns tell.
    now:
        The recorded time, in microseconds since 1970.
    table:
        What was compiled by earlier replays, to go on with.

    Raises
    ------
    InputError
        If a report or the store cannot be read or written. Earlier reports stay imported.
    """
    given = expand(reports)
    compiled = TransitionTable() if table is None else table
    # Not in another thread: a Ctrl-C while two of them load modules can leave Python's lock on
    # that taken for ever.
    import_module("duckdb")
    with ThreadPoolExecutor(2) as beside:
        for number, each in enumerate(given, 1):
            file = each if isinstance(each, str) else each.name
            tell(f"reading {file}" + (f" ({number} of {len(given)})" if len(given) > 1 else ""))
            with (
                within_capacity([file]),
                _read(each, rules, dialect, beside) as encoded,
                _entered(_begun(store), beside) as connection,
            ):
                report = encoded()
                tell("adding to the store")
                done = _import(connection(), report, now(), compiled)
                tell("writing the store")
            yield done


@contextmanager
def _begun(store: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection in a transaction; a store that is not there is made."""
    with (
        writing(store, create=True) as connection,
        transaction(connection, store, create=True),
    ):
        yield connection


@contextmanager
def _entered(context: AbstractContextManager[T], beside: Executor) -> Iterator[Callable[[], T]]:
    """Enter a context while the caller does other work; what is yielded waits for its value."""
    with ExitStack() as stack:
        entering = beside.submit(stack.enter_context, context)
        try:
            yield entering.result
        except BaseException:
            # What is not open yet cannot be closed.
            _over(entering)
            raise


def _over(work: Future[Any]) -> None:
    """Wait for work to end, come what may: a further Ctrl-C waits as well."""
    while not work.done():
        with suppress(KeyboardInterrupt):
            wait([work])


def _import(
    connection: duckdb.DuckDBPyConnection, report: Report, now: int, table: TransitionTable
) -> Imported:
    """Import a report within the caller's transaction.

    While the database takes in the rows, they are replayed and their digests computed.
    """
    notes = report.notes
    # One thread talks to the database, in this order, while others number, hash and replay.
    work: list[Future[None]] = []
    with _one_by_one(work) as database, ThreadPoolExecutor(1) as beside:
        asked: list[Future[tuple[Made | None, Meanings]]] = []

        def named(importing: Import, parts: dict[str, pa.Table]) -> None:
            work.append(database.submit(add, connection, parts, "texts", "labels", "pairs"))
            asked.append(database.submit(_said_before, connection, importing))

        prepared = prepare(connection, report, now=now, named=named)
        hashing = beside.submit(digests, prepared.parts)
        # Of several faults the first is told: the others only follow from it.
        work[0].result()
        facts, touched = prepared.facts, prepared.touched
        before, meanings = asked[0].result()
        options = options_of(before)
        number = facts["import"]
        how = Made(fingerprint(), options.history, options.tolerance, options.key, number)
        current = prepared.everything or (
            before == how._replace(number=number - 1) and not prepared.respelled
        )
        rest = "events", "resightings", "quarantine"
        work.append(database.submit(add, connection, prepared.parts, *rest))
        if current and len(touched):
            if prepared.everything:
                work.append(database.submit(clear_models, connection))
            else:
                streams = _known(touched, facts["first_event"])
                work.append(database.submit(hide, connection, streams, number))
            ready: dict[str, deque[pa.Table]] = {model: deque() for model in MODELS}
            for model, rows in model_rows(meanings, touched, options, table):
                ready[model].append(rows)
                work.append(database.submit(_add_ready, connection, model, ready[model]))
                # Rows that wait to be written take memory.
                work[-min(len(work), _WAITING)].result()
        for each in work:
            each.result()
        digest = conclude(connection, prepared, hashing.result(), report.sha256())
    if not current:
        rebuild_within(connection, options, table)
    else:
        tag(connection, how, catalogue_rows())
        if number % _TIDY == 0 or much_hidden(connection):
            tidy(connection)
        else:
            leave_gaps(connection)
    return Imported(
        number,
        **{name: facts[name] for name in Imported.__struct_fields__[1:-2]},
        digest=digest,
        notes=notes,
    )


def _said_before(
    connection: duckdb.DuckDBPyConnection, importing: Import
) -> tuple[Made | None, Meanings]:
    """How the read models were made, and what a replay needs besides the events."""
    return made(connection), Meanings(connection, [*imports(connection, None), importing])


def _add_ready(connection: duckdb.DuckDBPyConnection, model: str, ready: deque[pa.Table]) -> None:
    """Add to a read model what is ready by now: the more at a time, the more threads take part."""
    rows = []
    while ready:
        rows.append(ready.popleft())
    if rows:
        add_to_model(connection, model, pa.concat_tables(rows))


@contextmanager
def _one_by_one(work: list[Future[None]]) -> Iterator[ThreadPoolExecutor]:
    """Yield a thread whose work is over when the caller goes on, whatever broke it off.

    Work on the database that outlives a rollback is committed by itself. So of ``work`` what waits
    is dropped after a fault, and a further Ctrl-C waits for what has begun.
    """
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        except BaseException:
            over = False
            while not over:
                # Not the thread is waited for: Python takes it for ended if that is interrupted.
                with suppress(KeyboardInterrupt):
                    for each in work:
                        each.cancel()
                    thread.submit(int).result()
                    over = True
            raise


def _read(
    given: str | NamedTable, rules: TimestampRules, dialect: Dialect | None, beside: Executor
) -> AbstractContextManager[Callable[[], Report]]:
    if isinstance(given, str):
        return _read_file(given, rules, dialect, beside)
    return _read_table(given, rules, dialect, beside)


@contextmanager
def _read_file(
    file: str, rules: TimestampRules, dialect: Dialect | None, beside: Executor
) -> Iterator[Callable[[], Report]]:
    """Yield what encodes, once, a file that was read; its digest is computed meanwhile."""
    with _regular(file) as path, unchanged(path) as check:
        table = read(path, dialect)
        size = os.path.getsize(path) if os.path.isfile(path) else 0
        table.file = file
        _refuse_other_dialects(table)
        # Reading keeps all cores busy; what comes after it leaves some of them idle.
        hashed = beside.submit(_sha256, path)

        def sha256() -> str:
            with faults_of(file, report_in(shipped())):
                digest = None
                with suppress(FileNotFoundError, IsADirectoryError):  # Then it was replaced.
                    digest = hashed.result()
                check()
            assert digest is not None
            return digest

        yield _encoding([table], rules, sha256, size)


@contextmanager
def _read_table(
    given: NamedTable, rules: TimestampRules, dialect: Dialect | None, beside: Executor
) -> Iterator[Callable[[], Report]]:
    """Yield the same for a table, whose digest is that of its cells as text."""
    table = read(given, dialect)
    _refuse_other_dialects(table)
    hashed = beside.submit(digest_of_cells, dict(table.columns), table.rows)
    yield _encoding([table], rules, hashed.result, 0)


def _refuse_other_dialects(table: RawTable) -> None:
    """A store does not note how a row was read, so all its rows are read in one way.

    Raises
    ------
    InputError
        If the rows are in another dialect than the default one.
    """
    if table.dialect.name != DEFAULT or table.dialect is not shipped():
        raise InputError(
            table.file,
            f"it is read in the dialect {table.dialect.name!r}, and a store takes in content "
            "actions reports alone",
            "audit it from its file, or say --dialect thought-industries if it is such a report",
        )


def _encoding(
    tables: list[RawTable], rules: TimestampRules, sha256: Callable[[], str], size: int
) -> Callable[[], Report]:
    """Return what encodes the one table, once."""

    def encoded() -> Report:
        file = tables[0].file
        # Which events are in the future is told when they are read, by the recorded time.
        records = encode(tables, rules, now=None)
        tables.clear()  # Half of the memory that an import needs, and nobody reads it any more.
        records.row_findings = []
        return Report(
            records=records,
            notes=records.notes,
            file=file,
            sha256=sha256,
            bytes=size,
            date_order=rules.date_order,
            timestamp_format=rules.timestamp_format,
        )

    return encoded


@contextmanager
def _regular(file: str) -> Iterator[str]:
    """Yield a file that can be read twice: standard input and pipes are copied first."""
    piped = file == "-"
    if not piped:
        try:
            mode = os.stat(file).st_mode
        except (OSError, ValueError):
            mode = stat.S_IFREG  # `read` says what is wrong with it.
        if not stat.S_ISFIFO(mode):
            yield file
            return
    with tempfile.NamedTemporaryFile(prefix="learner-engine-") as copy:
        wanted = report_in(shipped())
        source = nullcontext(standard_input(wanted)) if piped else open_pipe(file, wanted)
        with source as pipe:
            shutil.copyfileobj(pipe, copy, 1 << 20)
        copy.flush()
        yield copy.name


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(touched: Events, first_new: int) -> pa.Table:
    """The streams of which the read models know by now."""
    old = np.flatnonzero(touched.event < first_new)
    learner, content = touched.learner[old], touched.content[old]
    begins = np.ones(len(old), np.bool_)
    begins[1:] = (learner[1:] != learner[:-1]) | (content[1:] != content[:-1])
    return pa.table({"learner": int32(learner[begins]), "content": int32(content[begins])})


def imported_frame(done: Sequence[Imported]) -> Frame:
    """Return what came of each report, one a row."""
    columns: dict[str, Column] = {"import": Numbers(np.array([each.number for each in done]))}
    columns["file"] = text_column([each.file for each in done])
    for name in ("rows", "new_events", "already_known", "duplicates", "quarantined"):
        columns[name] = Numbers(np.array([getattr(each, name) for each in done]))
    columns["digest"] = text_column([each.digest for each in done])
    return Frame(columns, len(done))
