"""What a file of the database defines, asked so that nothing in the file can change the answer.

SQL looks a name up in the file before it looks among the database's own: a macro ``count`` in the
file is what ``count(x)`` means there, one named ``+`` is what ``1 + 2`` means. So the questions
here hold no function and no operator (a comparison is none, and cannot be defined), and they name
what lists the catalogue in full: ``system.main.`` is the database's own before it is any schema of
the file. They are asked before any other statement. All else is done in Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "Definitions",
    "Difference",
    "column_remarks",
    "definitions",
    "differences",
    "digest_of",
    "own_name",
]

Definitions = Mapping[str, str]
"""Kind and name, such as ``table journal.events``, → the SQL that makes it."""

_LISTED: Final = {
    "schema": ("duckdb_schemas", "parent_schema, schema_name, sql"),
    "table": ("duckdb_tables", "schema_name, table_name, sql"),
    "view": ("duckdb_views", "schema_name, view_name, sql"),
    "trigger": ("duckdb_triggers", "NULL, trigger_name, sql"),
    "index": ("duckdb_indexes", "schema_name, index_name, sql"),
    "sequence": ("duckdb_sequences", "schema_name, sequence_name, sql"),
    "macro": ("duckdb_functions", "schema_name, function_name, macro_definition"),
}
"""Kind → the function that lists it, and what is asked: a schema, a name and the SQL."""


_FORMER: Final = ('CHECK(("row" >= 2))', 'CHECK(("row" >= 1))')
"""How the schema bounded rows before tables could be imported, whose rows count from 1: a store
of that time is sound."""


class Difference(NamedTuple):
    """A definition that is not as it should be; ``what`` happened to it, such as "added"."""

    name: str
    what: str


def definitions(connection: duckdb.DuckDBPyConnection) -> Definitions:
    """Return what the file defines, without the database's own.

    Comments and tags count as well, as ``comment on table journal.events``; for those on columns
    see :func:`column_remarks`.
    """
    own = own_name(connection)
    found: dict[str, list[str]] = {}
    for kind, (function, asked) in _LISTED.items():
        for schema, name, sql, *remarks in _rows(connection, own, function, asked):
            told = f"{kind} {name}" if schema is None else f"{kind} {schema}.{name}"
            found.setdefault(told, []).append(str(sql).replace(*_FORMER))
            _remark(found, told, *remarks)
    for name in _types(connection, own):
        found.setdefault(f"type {name}", []).append("")
    return {name: "\n".join(sorted(each)) for name, each in found.items()}


def column_remarks(connection: duckdb.DuckDBPyConnection) -> Definitions:
    """Return the comments and tags on columns.

    To list columns the database resolves what the views say: they must be known to be sound.
    """
    found: dict[str, list[str]] = {}
    asked = "schema_name, table_name, column_name"
    rows = _rows(connection, own_name(connection), "duckdb_columns", asked)
    for schema, table, column, *remarks in rows:
        _remark(found, f"column {schema}.{table}.{column}", *remarks)
    return {name: "\n".join(each) for name, each in found.items()}


def _remark(found: dict[str, list[str]], told: str, comment: Any, tags: Any) -> None:
    if comment is not None:
        found.setdefault(f"comment on {told}", []).append(str(comment))
    if tags:
        found.setdefault(f"tag on {told}", []).append(str(tags))


def _rows(connection: duckdb.DuckDBPyConnection, own: str, function: str, asked: str) -> list[Any]:
    """What a function of the catalogue lists of this file, with comments and tags."""
    query = f"SELECT database_name, {asked}, comment, tags FROM system.main.{function}()"
    # Of the database's own functions there are thousands.
    rows = connection.execute(f"{query} WHERE database_name <> 'system'").fetchall()
    return [row[1:] for row in rows if row[0] == own]


def own_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Return what the database calls the file: others may be attached beside it in one process."""
    name: str = connection.execute("SELECT system.main.current_database()").fetchall()[0][0]
    return name


def _types(connection: duckdb.DuckDBPyConnection, own: str) -> list[str]:
    """The types of this file; the database lists its own as if each file had them."""
    rows = connection.execute(
        "SELECT database_name, schema_name, type_name, internal FROM system.main.duckdb_types()"
    ).fetchall()
    known = {name.lower() for database, _, name, _ in rows if database == "system"}
    return [
        f"{schema}.{name}"
        for database, schema, name, internal in rows
        if database == own and not (internal and schema == "main" and name.lower() in known)
    ]


def differences(found: Definitions, expected: Definitions) -> list[Difference]:
    """Return where definitions differ: first what was added, then changed, then removed."""
    added = [Difference(name, "added") for name in found if name not in expected]
    changed = [
        Difference(name, "changed")
        for name, sql in found.items()
        if name in expected and sql != expected[name]
    ]
    removed = [Difference(name, "removed") for name in expected if name not in found]
    return sorted(added) + sorted(changed) + sorted(removed)


def digest_of(found: Definitions) -> str:
    """Return the SHA-256 of definitions, in hexadecimal."""
    return hashlib.sha256(repr(sorted(found.items())).encode("utf-8", "replace")).hexdigest()
