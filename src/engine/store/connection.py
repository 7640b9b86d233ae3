"""A connection to a file of the database, as every part of the store wants it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

__all__ = ["BATCH", "connect", "insert"]

BATCH: Final = 122_880
"""Rows of a row group: the threads of the database take up one batch after another."""


def connect(path: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database; its file is meant whatever its name looks like.

    The database shows the progress of statements of some seconds on standard output, where data
    goes, if it holds the process for interactive: in a notebook, but also in ``python -c`` or a
    script that Python reads from standard input.

    All that this process opens of one file shares one descriptor, and so one lock. That would not
    be so if the file were attached to a database in memory.
    """
    import duckdb

    connection = duckdb.connect(os.path.abspath(path), read_only=read_only)
    connection.execute("SET enable_progress_bar = false")
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add rows to a table, whose name is given with its schema."""
    connection.register("added", pa.Table.from_batches(rows.to_batches(BATCH), rows.schema))
    try:
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM added")
    finally:
        connection.unregister("added")
