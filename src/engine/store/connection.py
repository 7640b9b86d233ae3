"""A connection to a file of the database, as every part of the store wants it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

__all__ = ["ROW_GROUP", "connect", "insert"]

ROW_GROUP: Final = 61_440
"""Rows of a row group. The cores compress and write one each, but the last of a table one alone:
half of what the database takes by itself makes small reports faster, and large ones no slower."""


def connect(path: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database; its file is meant whatever its name looks like.

    The database shows the progress of statements of some seconds on standard output, where data
    goes, if it holds the process for interactive: in a notebook, but also in ``python -c`` or a
    script on standard input. That is turned off.
    """
    import duckdb

    whole = os.path.abspath(path)
    if read_only:
        connection = duckdb.connect(whole, read_only=True)
    else:
        connection = duckdb.connect()
        quoted = whole.replace("'", "''")
        try:
            connection.execute(f"ATTACH '{quoted}' AS store (ROW_GROUP_SIZE {ROW_GROUP})")
            connection.execute("USE store")
        except BaseException:
            connection.close()
            raise
    connection.execute("SET enable_progress_bar = false")
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add rows to a table, whose name is given with its schema."""
    # Threads of the database take up one batch after another, best a row group each.
    connection.register("added", pa.Table.from_batches(rows.to_batches(ROW_GROUP), rows.schema))
    try:
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM added")
    finally:
        connection.unregister("added")
