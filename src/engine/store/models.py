"""The read models kept in the store: made anew for the streams that an import touched.

They follow from the journal and can be made again at any time. They are tagged with the
fingerprint of the rules and the options by which they were made.

Rows are only added. Each has the number of the last import that brought an event of its learner
and content, and ``model.remade`` says from which import on earlier rows of these do not count.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import pyarrow as pa

from engine.columns.arrow import texts
from engine.store.connection import insert

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "MODELS",
    "Made",
    "add_to_model",
    "clear_models",
    "hide",
    "leave_gaps",
    "made",
    "much_hidden",
    "shown",
    "tag",
    "tidy",
]

MODELS: Final = ("records", "intervals", "findings")

_MUCH: Final = 4

_HIDES: Final = (
    "later.learner = e.learner AND later.content = e.content AND later.import > m.import"
)


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
        insert(connection, "model.codes", pa.table({name: texts(cells) for name, cells in named}))


def clear_models(connection: duckdb.DuckDBPyConnection) -> None:
    """Take away all rows."""
    for table in (*MODELS, "remade"):
        connection.execute(f"DELETE FROM model.{table}")


def hide(connection: duckdb.DuckDBPyConnection, streams: pa.Table, number: int) -> None:
    """Say that rows made before import ``number`` do not count any more.

    Parameters
    ----------
    streams:
        Whose rows, in columns ``learner`` and ``content``.
    """
    connection.register("streams", streams)
    connection.execute(f"INSERT INTO model.remade SELECT learner, content, {number} FROM streams")
    connection.unregister("streams")


def much_hidden(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether more than a part in :data:`_MUCH` of the records may be hidden."""
    (hidden,), (all_of_them,) = (
        connection.execute(f"SELECT count(*) FROM model.{table}").fetchall()[0]
        for table in ("remade", "records")
    )
    return bool(hidden * _MUCH > all_of_them)


def tidy(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete the rows that are hidden."""
    for model in MODELS:
        connection.execute(
            f"DELETE FROM model.{model} m USING journal.events e, model.remade later "
            f"WHERE m.event = e.event AND {_HIDES}"
        )
    connection.execute("DELETE FROM model.remade")


def leave_gaps(connection: duckdb.DuckDBPyConnection) -> None:
    """Write what is new, and leave for another time the gaps that deleted rows make.

    To close them the database would write again much of the file that did not change.
    """
    connection.execute("SET max_vacuum_tasks = 0")


def shown(model: str) -> str:
    """Return the SQL of what counts of one of :data:`MODELS`."""
    return (
        f"SELECT m.* FROM model.{model} m LEFT JOIN journal.events e ON e.event = m.event "
        f"ANTI JOIN model.remade later ON {_HIDES}"
    )


def add_to_model(connection: duckdb.DuckDBPyConnection, model: str, rows: pa.Table) -> None:
    """Add rows to one of :data:`MODELS`."""
    if rows.num_rows:
        insert(connection, f"model.{model}", rows)
