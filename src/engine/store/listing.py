"""What was imported, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.columns.arrow import texts
from engine.columns.frame import Coded, Column, Frame, Instants, Numbers
from engine.store.soundness import require_times

if TYPE_CHECKING:
    import duckdb

__all__ = ["listed_imports"]

_COLUMNS: Final = {
    "import": Numbers,
    "file": Coded,
    "sha256": Coded,
    "bytes": Numbers,
    "recorded_at": Instants,
    "timezone": Coded,
    "rows": Numbers,
    "new_events": Numbers,
    "already_known": Numbers,
    "duplicates": Numbers,
    "quarantined": Numbers,
    "window_first": Instants,
    "window_last": Instants,
    "digest": Coded,
}


def listed_imports(connection: duckdb.DuckDBPyConnection) -> Frame:
    """Return one row an import, the first first.

    Raises
    ------
    Damaged
        If a time is none.
    """
    rows = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM journal.imports ORDER BY import"
    ).fetchall()
    cells = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    columns = {name: _column(kind, cells.get(name, ())) for name, kind in _COLUMNS.items()}
    return Frame(columns, len(rows))


def _column(kind: Any, cells: tuple[Any, ...]) -> Column:
    if kind is Coded:
        return Coded(np.arange(len(cells)), texts(cells))
    known = np.array([cell is not None for cell in cells], np.bool_)
    numbers = np.array([cell or 0 for cell in cells], np.int64)
    if kind is Instants:
        require_times(numbers)
    column: Column = kind(numbers, None if known.all() else known)
    return column
