"""The read models kept in the store: replaced for the streams that an import touched.

They follow from the journal and can be made again at any time. They are tagged with the
fingerprint of the rules and the options by which they were made.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import pyarrow as pa

from engine.columns.arrow import texts

if TYPE_CHECKING:
    import duckdb

__all__ = ["MODELS", "Made", "add_to_model", "clear_model", "made", "tag"]

MODELS: Final = ("records", "intervals", "findings")

_BATCH: Final = 122_880


class Made(NamedTuple):
    """By what rules and options the read models were made, and up to which import."""

    fingerprint: str
    history: str
    tolerance: float
    key: str
    number: int

    @property
    def seal(self) -> str:
        """A number that depends on every field."""
        return hashlib.sha256(repr(tuple(self)).encode()).hexdigest()[:16]


def made(connection: duckdb.DuckDBPyConnection) -> Made | None:
    """Return how the read models were made, None if they were not."""
    rows = connection.execute(
        "SELECT fingerprint, history, tolerance, key, import FROM model.made"
    ).fetchall()
    return Made(*rows[0]) if rows else None


def tag(
    connection: duckdb.DuckDBPyConnection, how: Made, codes: list[tuple[str, str, str]]
) -> None:
    """Say how the read models were made; ``codes`` are code, name and severity of all findings."""
    before = made(connection)
    connection.execute("DELETE FROM model.made")
    connection.execute("INSERT INTO model.made VALUES (?, ?, ?, ?, ?, ?)", [*how, how.seal])
    if before is None or before.fingerprint != how.fingerprint:
        connection.execute("DELETE FROM model.codes")
        named = zip(("code", "name", "severity"), zip(*codes, strict=True), strict=True)
        _insert(connection, "codes", pa.table({name: texts(cells) for name, cells in named}))


def clear_model(
    connection: duckdb.DuckDBPyConnection, model: str, touched: pa.Table | None
) -> None:
    """Take away rows.

    Parameters
    ----------
    model:
        One of :data:`MODELS`.
    touched:
        The events whose rows go, in a column ``event``; None: all.
    """
    if touched is None:
        connection.execute(f"DELETE FROM model.{model}")
        return
    connection.register("touched", touched)
    connection.execute(f"DELETE FROM model.{model} m USING touched t WHERE m.event = t.event")
    connection.unregister("touched")


def add_to_model(connection: duckdb.DuckDBPyConnection, model: str, rows: pa.Table) -> None:
    """Add rows to one of :data:`MODELS`."""
    _insert(connection, model, rows)


def _insert(connection: duckdb.DuckDBPyConnection, model: str, rows: pa.Table) -> None:
    if not rows.num_rows:
        return
    connection.register("added", pa.Table.from_batches(rows.to_batches(_BATCH), rows.schema))
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    connection.execute(f"INSERT INTO model.{model} ({columns}) SELECT * FROM added")
    connection.unregister("added")
