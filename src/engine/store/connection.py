"""A connection to a file of the database, as every part of the store wants it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["connect"]


def connect(
    path: str, *, read_only: bool = False, row_group: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a database; its file is meant whatever its name looks like.

    Parameters
    ----------
    row_group:
        Of how many rows the row groups are that this connection begins.

    The database shows the progress of statements of some seconds on standard output, where data
    goes, if it holds the process for interactive: in a notebook, but also in ``python -c`` or a
    script on standard input. That is turned off.
    """
    import duckdb

    whole = os.path.abspath(path)
    if row_group is None:
        connection = duckdb.connect(whole, read_only=read_only)
    else:
        connection = duckdb.connect()
        access = "READ_ONLY" if read_only else "READ_WRITE"
        quoted = whole.replace("'", "''")
        try:
            connection.execute(f"ATTACH '{quoted}' AS store ({access}, ROW_GROUP_SIZE {row_group})")
            connection.execute("USE store")
        except BaseException:
            connection.close()
            raise
    connection.execute("SET enable_progress_bar = false")
    return connection
