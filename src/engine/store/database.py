"""The file: opening it for reading or writing, and saying in one sentence why that fails.

The database is loaded within the functions, as that takes a tenth of a second: an import reads its
report meanwhile.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOENT
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from engine.descriptors import descriptor_of, first_bytes
from engine.errors import InputError
from engine.store import schema
from engine.store.connection import connect
from engine.store.soundness import Damaged

if TYPE_CHECKING:
    import duckdb

__all__ = ["inspecting", "reading", "told", "transaction", "writing"]

_ABSENT: Final = ("there is no such file", "check the spelling, or make it with 'import'")
_NO_STORE: Final = ("this is no store", "name a file that 'import' made")
_LOCKED: Final = "could not set lock"
_TRIES: Final = 20
"""Drafts that one process makes of a store; more than processes that begin it at one moment."""
_FLUSH: Final = 0.3
"""Seconds between one flush to the disk and the next."""
_FULL: Final = ("no space left", "disk quota", "file too large", "could not write")


@contextmanager
def reading(path: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that reads the store of the current version.

    Raises
    ------
    InputError
        If there is no such file, it is no store, its version is another, or somebody writes it.
    """
    with inspecting(path) as connection:
        schema.require_current(connection, path)
        yield connection


@contextmanager
def inspecting(path: str, *, verifying: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that reads a database that may be a store, a damaged one, or none.

    ``verifying`` is as for :func:`told`.
    """
    if not _is_there(path):
        raise InputError(path, *_ABSENT)
    _require_database(path)
    with told(path, verifying=verifying):
        connection = connect(path, read_only=True)
        try:
            yield connection
        finally:
            _close(connection)


@contextmanager
def writing(path: str, *, create: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that writes; nobody else can meanwhile. See :func:`transaction`.

    Parameters
    ----------
    create:
        Make the store if there is none.

    Raises
    ------
    InputError
        As for :func:`reading`, or if the disk is full.
    """
    new = not _is_there(path)
    if new:
        if not create:
            raise InputError(path, *_ABSENT)
        _make(path)
    elif _has_another_name(path):
        _remove_drafts(path)  # Whoever made it was killed before it took that name away.
    _require_database(path)
    try:
        with told(path):
            connection = connect(path)
            try:
                # The order of rows is part of what a digest covers.
                connection.execute("SET preserve_insertion_order = true")
                # Each row group goes to the file when it is full: those that wait for others take
                # memory that nothing used before, and nobody writes meanwhile.
                connection.execute("SET write_buffer_row_group_count = 1")
                # A commit writes to the file itself, not to the log first and then once more here.
                connection.execute("SET checkpoint_threshold = '1KB'")
                yield connection
            finally:
                _close(connection)
    except BaseException:
        if new:
            _discard(path)
        raise


@contextmanager
def transaction(
    connection: duckdb.DuckDBPyConnection, path: str, *, create: bool
) -> Iterator[None]:
    """Do all of what follows, or nothing of it.

    A store of an older version is brought up to date first, a new one is given its tables.
    """
    import duckdb

    with told(path):
        try:
            connection.execute("BEGIN")
            schema.bring_up_to_date(connection, path, create=create)
            with _flushed(path):
                yield
            connection.execute("COMMIT")
        except BaseException:
            # After a fault of the disk even this one fails; what was not committed is gone anyway.
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    # What was committed is safe in the log beside the file also where moving it over fails.
    with suppress(duckdb.Error):
        connection.close()


@contextmanager
def _flushed(path: str) -> Iterator[None]:
    """Bring to the disk what is written meanwhile: a commit waits for all that is not there yet.

    It is done through the database's own descriptor (see :mod:`engine.descriptors`).

    Raises
    ------
    InputError
        If the system could not write it. It says so once for each descriptor: the database, whose
        descriptor it is, would not hear of it any more and commit what is not there.
    """
    file = descriptor_of(path) if hasattr(os, "fdatasync") else None
    if file is None:
        yield
        return
    over = Event()
    failed: list[OSError] = []

    def flush() -> None:
        try:
            while not over.wait(_FLUSH):
                os.fdatasync(file)
        except OSError as error:
            failed.append(error)

    thread = Thread(target=flush, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        problem = f"it cannot be written ({failed[0].strerror}); it is as it was before"
        remedy = "see that the disk is sound and has room, then try again"
        raise InputError(path, problem, remedy) from failed[0]


_OTHERS: Final = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _is_there(path: str) -> bool:
    """Whether there is a file, or something else than can be a store, which is refused.

    To open a pipe could wait for ever.

    Raises
    ------
    InputError
        If it is no file, or the database cannot open one of this name.
    """
    try:
        os.path.abspath(path).encode()
        mode = os.stat(path).st_mode
    except OSError:
        return False
    except ValueError as error:  # Also for a character 0.
        problem = "the database opens only files whose whole path is UTF-8"
        raise InputError(path, problem, "give the file, or its folder, another name") from error
    if stat.S_ISDIR(mode):
        raise InputError(path, "this is a folder", "name a file in it, such as learning.duckdb")
    for is_such, what in _OTHERS:
        if is_such(mode):
            raise InputError(path, f"this is {what}, and a store is a file", "name a file")
    return True


def _require_database(path: str) -> None:
    """Refuse what is no database before the database sees it, and see :func:`_make` for its name.

    A CSV or Parquet file it would open beside a database in memory, where all that is written is
    lost without a word.
    """
    try:
        head = first_bytes(path, 12)
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
        raise InputError(path, problem, "ask for the permission, or copy it") from error
    if head[8:12] != b"DUCK":
        raise InputError(path, *_NO_STORE)


def _make(path: str) -> None:
    """Create an empty database that has its name only once it is whole.

    The database is given absolute paths alone: of others it takes some for more than files, such
    as ``:memory:`` or a name with a colon, for which it would ask the network.
    """
    folder, name = os.path.split(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise InputError(path, "there is no such folder", "make it first, or name another place")
    _remove_drafts(path)
    try:
        for _ in range(_TRIES):
            if _drafted(path, os.path.join(folder, f".{name[:40]}.{token_hex(8)}.tmp")):
                return
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
    except OSError as error:
        raise InputError(
            path,
            f"a store cannot be made there ({error.strerror})",
            "name another place, or make room there",
        ) from error


def _drafted(path: str, draft: str) -> bool:
    """Make the store by way of a draft; no if somebody took that for a leftover and removed it."""
    import duckdb

    try:
        with told(path):
            duckdb.connect(draft).close()
        # Another process may have made the store meanwhile: then that one stays.
        with suppress(FileExistsError):
            os.link(draft, path)
    except FileNotFoundError:
        return False
    finally:
        with suppress(OSError):
            os.unlink(draft)
    return True


def _has_another_name(path: str) -> bool:
    try:
        return os.stat(path).st_nlink > 1
    except OSError:
        return False  # Opening it says what is wrong with it.


def _remove_drafts(path: str) -> None:
    """Remove what processes left beside the store that were killed while they made it.

    Whether a draft is left or in the making cannot be told on every system. So one in the making
    may go too, and its process makes another; as each process removes drafts once, before it makes
    its own, that comes to an end.
    """
    folder, name = os.path.split(os.path.abspath(path))
    draft = re.compile(re.escape(f".{name[:40]}.") + r"[0-9a-f]{16}\.tmp")
    with suppress(OSError):
        for each in filter(draft.fullmatch, os.listdir(folder)):
            with suppress(OSError):
                os.unlink(os.path.join(folder, each))


def _discard(path: str) -> None:
    """Remove a store into which nothing was imported: it may fill the disk with what it began."""
    import duckdb

    with suppress(duckdb.Error, OSError):
        # While this holds it nobody can write it; who comes after finds nothing and makes it anew.
        connection = duckdb.connect(path, read_only=True)
        try:
            if schema.examine(connection).version == 0:
                with suppress(FileNotFoundError):
                    os.unlink(f"{path}.wal")
                os.unlink(path)
        finally:
            _close(connection)


@contextmanager
def told(path: str, *, verifying: bool = False) -> Iterator[None]:
    """Turn the faults of the database, and of what lies in it, into one sentence each.

    Parameters
    ----------
    verifying:
        It is 'verify' that tells: nobody is sent there.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _fault(path, _first(error), verifying) from error
    except RuntimeError as error:
        # Ctrl-C during a statement: the database takes the signal for itself.
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except Damaged as fault:
        remedy = "take a copy of an earlier day"
        if not verifying:
            remedy = f"'verify' tells what was edited; {remedy}"
        raise InputError(path, str(fault), remedy) from fault


def _first(error: duckdb.Error) -> duckdb.Error:
    """What went wrong first: whatever is tried after it only says that the transaction is over."""
    import duckdb

    while isinstance(error.__context__, duckdb.Error):
        error = error.__context__
    return error


def _fault(path: str, error: duckdb.Error, verifying: bool) -> InputError:
    text = str(error)
    low = text.lower()
    if _LOCKED in low:
        return InputError(
            path,
            "another process has the store open and is writing",
            "wait until it is done, then try again",
        )
    if "not a valid duckdb database" in low:
        return InputError(path, *_NO_STORE)
    if "different configuration" in low or "unique file handle conflict" in low:
        return InputError(
            path, "this program has it open already, in another way", "close it there first"
        )
    if "ambiguous reference to catalog" in low:
        problem = "a store cannot be named like its own tables"
        return InputError(path, problem, "name it otherwise, such as learning.duckdb")
    if "newer version" in low or "version number" in low:
        return InputError(
            path, "it was written by a newer version of the database", "update learner-engine"
        )
    if "check constraint failed" in low and "row" in low:
        return InputError(
            path,
            "this store was made before tables could be imported, and holds rows of files alone",
            "import the table into a new store",
        )
    if "permission denied" in low or "read-only file system" in low:
        return InputError(path, "you may not write there", "ask for the permission, or copy it")
    if any(each in low for each in _FULL):
        return InputError(
            path,
            "the disk is full; the store is as it was before",
            "make room there, then try again",
        )
    first = " ".join(text.split("\n\n", 1)[0].split())[:160]
    remedy = "if it is damaged, take a copy of an earlier day"
    if not verifying:
        remedy += "; 'verify' tells whether it is"
    return InputError(path, f"the database says: {first}", remedy)
