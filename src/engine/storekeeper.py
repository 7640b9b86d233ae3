"""The use cases of a store: import reports, keep the read models current, list what is there.

Source: interface.md ("Store"), semantics.md §9 (valid time and recorded time).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
import pyarrow as pa

from engine.auditor import Audit, Options, audit
from engine.columns.arrow import int32, texts
from engine.columns.frame import Coded, Column, Frame, Numbers
from engine.errors import InputError
from engine.instants import TimestampRules
from engine.intake.encode import encode
from engine.intake.reader import expand, read
from engine.projection.fingerprint import fingerprint
from engine.projection.kept import catalogue_rows, finding_rows, interval_rows, status_rows
from engine.records import Records
from engine.store.append import Report, add, conclude, prepare
from engine.store.database import reading, transaction, writing
from engine.store.listing import listed_imports
from engine.store.models import Made, made, replace_model, tag
from engine.store.reading import Import, imports, records_of_events
from engine.store.stored import Events, events, some_named
from engine.store.tables import digests

if TYPE_CHECKING:
    import duckdb

__all__ = ["Imported", "Store", "import_reports", "imported_frame", "model_rows", "rebuild"]

Tell = Callable[[str], None]


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


def import_reports(
    store: str,
    reports: Sequence[str],
    rules: TimestampRules,
    *,
    tell: Tell = lambda stage: None,
    now: Callable[[], int] = lambda: time.time_ns() // 1000,
) -> Iterator[Imported]:
    """Import reports one after another, each in a transaction of its own.

    Parameters
    ----------
    store:
        The store's file; it is made if it is not there.
    now:
        The recorded time, in microseconds since 1970.

    Raises
    ------
    InputError
        If a report or the store cannot be read or written. Earlier reports stay imported.
    """
    files = expand(reports)
    with ThreadPoolExecutor(1) as beside:
        # The database takes a tenth of a second to load: meanwhile the first report is read.
        loading = beside.submit(__import__, "duckdb")
        for number, file in enumerate(files, 1):
            tell(f"reading {file}" + (f" ({number} of {len(files)})" if len(files) > 1 else ""))
            with _opened(file, rules, beside) as report:
                loading.result()
                with writing(store, create=True) as connection:
                    tell("adding to the store")
                    with transaction(connection, store, create=True):
                        done = _import(connection, report, now())
                    tell("writing the store")
            yield done


def _import(connection: duckdb.DuckDBPyConnection, report: Report, now: int) -> Imported:
    """Import a report within the caller's transaction.

    While the database takes in the rows, they are replayed and their digests computed.
    """
    prepared = prepare(connection, report, now=now)
    facts = prepared.facts
    add(connection, prepared, "texts", "labels", "pairs")
    new = Import(facts["import"], facts["file"], facts["recorded_at"], facts["notes"])
    recorded = [*imports(connection, None), new]
    before = made(connection)
    options = _options(before)
    how = Made(fingerprint(), options.history, options.tolerance, options.key, new.number)
    current = prepared.everything or before == how._replace(number=new.number - 1)
    touched = prepared.touched
    records = None
    if current and len(touched):
        records = records_of_events(connection, touched, recorded)
    # One thread talks to the database, in this order, while others hash and replay.
    with ThreadPoolExecutor(1) as database, ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(digests, prepared.parts)
        work = [database.submit(add, connection, prepared, "events", "resightings", "quarantine")]
        if records is not None:
            streams = None if prepared.everything else _streams(touched)
            for model, rows in model_rows(records, touched, options):
                work.append(database.submit(replace_model, connection, model, rows, streams))
        for each in work:
            each.result()
        digest = conclude(connection, prepared, hashing.result(), report.sha256())
    if current:
        tag(connection, how, catalogue_rows())
    else:
        rebuild_within(connection, options)
    return Imported(
        new.number,
        **{name: facts[name] for name in Imported.__struct_fields__[1:-2]},
        digest=digest,
        notes=report.records.notes,
    )


@contextmanager
def _opened(file: str, rules: TimestampRules, beside: ThreadPoolExecutor) -> Iterator[Report]:
    """Yield a report that was read, while its digest is still being computed."""
    with _regular(file) as path:
        before = _stamp(path)
        hashed = beside.submit(_sha256, path)
        table = read(path)
        table.file = file
        records = encode([table], rules, now=0)
        # Which events are in the future is told when they are read, by the recorded time.
        records.row_findings = []

        def sha256() -> str:
            found = hashed.result()
            if _stamp(path) != before:
                raise InputError(file, "it changed while it was read", "import it again")
            return found

        yield Report(
            records=records,
            file=file,
            sha256=sha256,
            bytes=0 if before is None else before[0],
            date_order=rules.date_order,
            timestamp_format=rules.timestamp_format,
        )


@contextmanager
def _regular(file: str) -> Iterator[str]:
    """Yield a file that can be read twice: standard input and pipes are copied first."""
    piped = file == "-"
    if not piped:
        try:
            mode = os.stat(file).st_mode
        except (OSError, ValueError):
            mode = stat.S_IFREG  # `read` says what is wrong with it.
        if not stat.S_ISFIFO(mode) and not stat.S_ISSOCK(mode):
            yield file
            return
    with tempfile.NamedTemporaryFile(prefix="learner-engine-") as copy:
        with open(0 if piped else file, "rb", closefd=not piped) as pipe:
            shutil.copyfileobj(pipe, copy, 1 << 20)
        copy.flush()
        yield copy.name


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _options(before: Made | None) -> Options:
    if before is None:
        return Options()
    return msgspec.convert(
        {"history": before.history, "tolerance": before.tolerance, "key": before.key}, Options
    )


def _streams(touched: Events) -> pa.Table:
    begins = np.ones(len(touched), np.bool_)
    begins[1:] = (touched.learner[1:] != touched.learner[:-1]) | (
        touched.content[1:] != touched.content[:-1]
    )
    return pa.table(
        {"learner": int32(touched.learner[begins]), "content": int32(touched.content[begins])}
    )


def model_rows(
    records: Records, stored: Events, options: Options
) -> Iterator[tuple[str, pa.Table]]:
    """Yield the name of each read model and its rows for these events, which are whole streams.

    ``records`` are the same events as records.
    """
    audit = Audit(records, options)
    history = audit.history
    yield "intervals", interval_rows(history, stored.event, stored.label)
    found = audit.found()
    yield "records", status_rows(history, found, stored.label)
    yield "findings", finding_rows(history, found, stored.event)


def rebuild(
    store: str,
    *,
    history: Literal["complete", "partial"] | None = None,
    tolerance: float | None = None,
    key: Literal["email,content", "email,panorama,content"] | None = None,
) -> int:
    """Make all read models again, and return the number of events they follow from.

    Options that are not given stay as they were at the last rebuild.
    """
    given = {"history": history, "tolerance": tolerance, "key": key}
    with (
        writing(store, create=False) as connection,
        transaction(connection, store, create=False),
    ):
        before = msgspec.structs.asdict(_options(made(connection)))
        chosen = before | {name: value for name, value in given.items() if value is not None}
        return rebuild_within(connection, Options(**chosen))


def rebuild_within(connection: duckdb.DuckDBPyConnection, options: Options) -> int:
    """Make all read models again, within the caller's transaction."""
    recorded = imports(connection, None)
    everything = events(connection, "ORDER BY event", named=some_named(connection))
    records = records_of_events(connection, everything, recorded)
    for model, rows in model_rows(records, everything, options):
        replace_model(connection, model, rows, None)
    number = recorded[-1].number
    how = Made(fingerprint(), options.history, options.tolerance, options.key, number)
    tag(connection, how, catalogue_rows())
    return len(everything)


def imported_frame(done: Sequence[Imported]) -> Frame:
    """Return what came of each report, one a row."""
    columns: dict[str, Column] = {"import": Numbers(np.array([each.number for each in done]))}
    columns["file"] = _texts([each.file for each in done])
    for name in ("rows", "new_events", "already_known", "duplicates", "quarantined"):
        columns[name] = Numbers(np.array([getattr(each, name) for each in done]))
    columns["digest"] = _texts([each.digest for each in done])
    return Frame(columns, len(done))


def _texts(cells: list[str]) -> Coded:
    return Coded(np.arange(len(cells)), texts(cells))


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

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        if self._open is not None:
            self._open.close()
        self._open = self._connection = None

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
        return list(import_reports(self.path, [os.fspath(each) for each in reports], rules))

    def imports(self) -> Frame:
        """Return what was imported, one import a row, the first first."""
        return listed_imports(self._read())

    def audit(self, known_on: str | date | None = None, **options: object) -> Audit:
        """Return the audit of all imports, or of those recorded by then; see :func:`audit`."""
        self.close()
        return audit(self.path, known_on=known_on, **options)

    def rebuild(self, **options: object) -> int:
        """Make the read models again; see :func:`rebuild`."""
        self.close()
        return rebuild(self.path, **options)  # type: ignore[arg-type]
