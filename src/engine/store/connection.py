"""A connection to a file of the database, as every part of the store wants it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["connect"]


def connect(path: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database; its file is meant whatever its name looks like.

    The database shows the progress of statements of some seconds on standard output, where data
    goes, if it holds the process for interactive: in a notebook, but also in ``python -c`` or a
    script on standard input. That is turned off.
    """
    import duckdb

    connection = duckdb.connect(os.path.abspath(path), read_only=read_only)
    connection.execute("SET enable_progress_bar = false")
    return connection
