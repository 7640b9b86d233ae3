"""The schema's versions: each a file of SQL, applied in order, once.

A store knows its version (``journal.versions``). One of an older version is brought up to date by
the steps that it lacks, one of a newer version is refused. What a store defines is held against
its version before anything else is asked of it: whatever is not of the schema could change what
the statements of this program mean.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.errors import InputError
from engine.store.catalogue import (
    Definitions,
    Difference,
    column_remarks,
    definitions,
    differences,
    digest_of,
    own_name,
)

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "State",
    "bring_up_to_date",
    "examine",
    "pristine",
    "require_current",
    "require_known",
    "shown",
    "steps",
]

_NO_STORE: Final = "this is a database, but no store"

_FORMAT: Final = "learner-engine store"

_NEVER: Final = ("macro ", "type ", "sequence ", "comment ", "tag ")
"""How definitions begin that no version of a store has; nor has one a schema within a schema."""

_SIGNS: Final = ("journal.versions", "journal.imports", "journal.events")
"""A database with any of these is taken for a store, perhaps an edited one."""

_DIGEST: Final = "74014b37d545df0d1bc50974c118e68cf3f625f916847c13f8ac3a90e561cc2c", "2.0.1"
"""The digest of what a store of the last version defines, and the version of the database that
spells it so. With it the schema need not be made anew to compare; where it differs, it is."""


class State(NamedTuple):
    """What a database is.

    Attributes
    ----------
    version:
        The version of the store, 0 for an empty database, None if it is no store.
    edits:
        What it defines otherwise than a store of this version.
    """

    version: int | None
    edits: list[Difference]


@cache
def steps() -> tuple[str, ...]:
    """Return the SQL of every version, the first first."""
    folder = files("engine.store").joinpath("schema")
    found = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".sql")),
        key=lambda each: each.name,
    )
    return tuple(each.read_text("utf-8") for each in found)


@cache
def pristine(version: int) -> tuple[Definitions, dict[str, list[Any]]]:
    """What a store without any import defines, and the rows of the tables that never change."""
    import duckdb

    with duckdb.connect() as fresh:
        for step in steps()[:version]:
            fresh.execute(step)
        rows = {
            table: fresh.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            for table in ("journal.versions", "journal.refused", "model.statuses")
            if version > 1 or not table.startswith("model")
        }
        return definitions(fresh), rows


def examine(connection: duckdb.DuckDBPyConnection) -> State:
    """Return what a database is; nothing in it can change the answer.

    Within a transaction that stays true for all of it.
    """
    found = definitions(connection)
    if found.keys() <= {"schema main"}:
        return State(0, [])
    if not any(f"{kind} {name}" in found for kind in ("table", "view") for name in _SIGNS):
        return State(None, [])
    newest = len(steps())
    version, orderly = _version(connection, found)
    if orderly and version == newest and digest_of(found) == _DIGEST[0]:
        edits = []
    else:
        edits = differences(found, pristine(min(version or newest, newest))[0])
        if orderly and version > newest and edits and not _has_never(found):
            return State(version, [])
    if not orderly or version > newest:
        edits = [*edits, Difference("journal.versions", "changed")]
    return State(version or newest, edits or differences(column_remarks(connection), {}))


def _version(connection: duckdb.DuckDBPyConnection, found: Definitions) -> tuple[int, bool]:
    """The last version that a store notes, 0 if none, and whether it notes each up to that once."""
    import duckdb

    if "table journal.versions" not in found or any(map(_nested, found)):
        return 0, False
    try:
        # Again neither a function nor an operator: the file may still have its own.
        own = own_name(connection).replace('"', '""')
        query = f'SELECT version, format FROM "{own}".journal.versions'
        rows = connection.execute(query).fetchall()
    except duckdb.BinderException:
        return 0, False  # It has other columns.
    numbers = sorted(number for number, _ in rows if isinstance(number, int))
    last = max(numbers, default=0)
    formats = {name for _, name in rows}
    return max(last, 0), formats == {_FORMAT} and numbers == list(range(1, len(rows) + 1))


def _has_never(found: Definitions) -> bool:
    return any(each.startswith(_NEVER) or _nested(each) for each in found)


def _nested(name: str) -> bool:
    return name.startswith("schema ") and "." in name


def require_current(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Refuse what is no sound store of this version.

    Raises
    ------
    InputError
        Saying what it is instead, or which definition in it is not a store's.
    """
    state = examine(connection)
    _refuse_edited(state, path)
    require_known(state, path)


def require_known(state: State, path: str, *, create: bool = False, older: bool = False) -> None:
    """Refuse what is no store of this version; ``older`` ones pass where that is said.

    Raises
    ------
    InputError
        Saying what it is instead.
    """
    newest, version = len(steps()), state.version
    if version is None:
        raise InputError(path, _NO_STORE, "name a file that 'import' made, or one not there yet")
    _refuse_newer(version, path)
    if version == 0:
        if not create:
            raise InputError(path, "nothing was imported yet", "import a report first")
    elif version != newest and not older:
        problem = f"the store is of version {version}, and this program reads version {newest}"
        raise InputError(path, problem, "bring it up to date with 'rebuild'")


def _refuse_newer(version: int, path: str) -> None:
    newest = len(steps())
    if version > newest:
        problem = f"the store is of version {version}, newer than this program, which knows version"
        raise InputError(path, f"{problem} {newest}", "update learner-engine")


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, path: str, *, create: bool) -> None:
    """Apply the steps that the store lacks.

    Raises
    ------
    InputError
        If it is no store, or a definition in it is not a store's.
    """
    state = examine(connection)
    _refuse_edited(state, path)
    require_known(state, path, create=create, older=True)
    for step in steps()[state.version :]:
        connection.execute(step)


def shown(name: str) -> str:
    """Return the name of a definition for a sentence: whoever edited a store chose it freely."""
    return " ".join(name[:_LONGEST].split())


_LONGEST: Final = 120

_SAID: Final = {
    "added": "it has a {}, which is no part of a store",
    "changed": "its {} is not as a store has it",
    "removed": "it lacks the {}, which every store has",
}


def _refuse_edited(state: State, path: str) -> None:
    """Refuse a store that defines what no store does: it could change what is read from it."""
    if not state.edits:
        return
    if state.edits[0].what != "added" and state.version is not None:
        _refuse_newer(state.version, path)
    first = state.edits[0]
    problem = _SAID[first.what].format(shown(first.name))
    if len(state.edits) > 1:
        problem += f" (and {len(state.edits) - 1} more)"
    raise InputError(
        path,
        f"it was edited: {problem}",
        "'verify' tells all that was edited; take a copy of an earlier day",
    )
