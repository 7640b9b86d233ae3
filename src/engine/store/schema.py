"""The schema's versions: each a file of SQL, applied in order, once.

A store knows its version (``journal.versions``). One of an older version is brought up to date by
the steps that it lacks, one of a newer version is refused.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from engine.errors import InputError

if TYPE_CHECKING:
    import duckdb

__all__ = ["bring_up_to_date", "definitions", "require_current", "steps", "version_of"]

_NO_STORE: Final = "this is a database, but no store"

_DEFINED: Final = """
    SELECT 'schema ' || schema_name, '' FROM duckdb_schemas()
        WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT 'table ' || schema_name || '.' || table_name, sql FROM duckdb_tables()
        WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT 'view ' || schema_name || '.' || view_name, sql FROM duckdb_views()
        WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT 'trigger ' || trigger_name, sql FROM duckdb_triggers()
        WHERE database_name = current_database()
    UNION ALL SELECT 'index ' || schema_name || '.' || index_name, sql FROM duckdb_indexes()
        WHERE database_name = current_database()
    UNION ALL SELECT 'sequence ' || schema_name || '.' || sequence_name, sql FROM duckdb_sequences()
        WHERE database_name = current_database()
    UNION ALL SELECT 'macro ' || schema_name || '.' || function_name, macro_definition
        FROM duckdb_functions() WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT 'type ' || schema_name || '.' || type_name, ''
        FROM duckdb_types() WHERE database_name = current_database() AND NOT internal
"""


@cache
def steps() -> tuple[str, ...]:
    """Return the SQL of every version, the first first."""
    folder = files("engine.store").joinpath("schema")
    found = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".sql")),
        key=lambda each: each.name,
    )
    return tuple(each.read_text("utf-8") for each in found)


def version_of(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the version of a store, 0 for an empty database, None if it is no store."""
    tables, versions = connection.execute(
        "SELECT count(*), count(*) FILTER (schema_name = 'journal' AND table_name = 'versions') "
        "FROM duckdb_tables() WHERE database_name = current_database()"
    ).fetchall()[0]
    if not tables:
        return 0
    if not versions:
        return None
    found = connection.execute("SELECT max(version) FROM journal.versions").fetchall()
    version: int | None = found[0][0]
    return version


def require_current(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Refuse what is no store of this version."""
    version = version_of(connection)
    _refuse_foreign(version, path)
    if version == 0:
        raise InputError(path, "nothing was imported yet", "import a report first")
    if version != len(steps()):
        raise InputError(
            path,
            f"the store is of version {version}, and this program reads version {len(steps())}",
            "bring it up to date with 'rebuild'",
        )


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, path: str, *, create: bool) -> None:
    """Apply the steps that the store lacks."""
    version = version_of(connection)
    _refuse_foreign(version, path)
    assert version is not None
    if version == 0 and not create:
        raise InputError(path, "nothing was imported yet", "import a report first")
    for step in steps()[version:]:
        connection.execute(step)


def _refuse_foreign(version: int | None, path: str) -> None:
    if version is None:
        raise InputError(path, _NO_STORE, "name a file that 'import' made, or one not there yet")
    if version > len(steps()):
        raise InputError(
            path,
            f"the store is of version {version}, newer than this program, which knows version "
            f"{len(steps())}",
            "update learner-engine",
        )


def definitions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return what the database defines: tables, views, triggers and so on → their SQL."""
    return dict(connection.execute(_DEFINED).fetchall())
