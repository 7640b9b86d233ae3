"""Whether anybody edited a store: everything is computed again and held against what is there.

Nothing is trusted: not the schema, not the seals, not the order of rows. What a digest proves and
what it does not is in docs/store.md.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import known
from engine.store.models import MODELS, made
from engine.store.models import shown as shown_of
from engine.store.schema import State, pristine, shown, steps
from engine.store.stored import array_of, table_of, whole
from engine.store.tables import IMPORT, PARTS, chain, digest, order_of, seal, sealed

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "Fault",
    "misleads",
    "of_other_rules",
    "seals",
    "verify_chain",
    "verify_definitions",
    "verify_models",
    "verify_tag",
]

_WORD: Final = {
    "texts": "text",
    "labels": "label",
    "pairs": "pair",
    "events": "event",
    "resightings": "sighting",
    "quarantine": "rejected row",
}


class Fault(msgspec.Struct, frozen=True):
    """Something that does not fit.

    Attributes
    ----------
    number:
        The import it belongs to, None where that cannot be said.
    part:
        The table, or what else it is about.
    event:
        The first event that does not fit, None where no event is concerned or none can be named.
    problem:
        What is wrong, one sentence without its full stop.
    """

    number: int | None
    part: str
    event: int | None
    problem: str


def verify_definitions(connection: duckdb.DuckDBPyConnection, state: State) -> list[Fault]:
    """Hold tables, views and triggers, and the tables that never change, against the schema's."""
    faults = []
    for name, what in state.edits:
        told = shown(name)
        faults.append(Fault(None, told, None, f"{told} was {what}"))
    if not faults:
        for table, rows in pristine(len(steps()))[1].items():
            if connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() != rows:
                faults.append(Fault(None, table, None, f"a row of {table} was changed"))
    return faults


def misleads(state: State) -> bool:
    """Whether what was edited could change what a statement on the tables means or needs.

    That a view or a trigger is another one or missing does not: none is asked here.
    """
    return any(
        what == "added" or not name.startswith(("view ", "trigger ")) for name, what in state.edits
    )


def verify_chain(connection: duckdb.DuckDBPyConnection) -> tuple[list[Fault], list[str]]:
    """Compute the chain of digests again; return what does not fit, and the recorded digests.

    The faults are in the order of the imports.
    """
    columns = ", ".join(f'"{column.name}"' for column in IMPORT)
    imports = table_of(connection, f"SELECT {columns} FROM journal.imports ORDER BY import")
    rows: list[dict[str, Any]] = imports.to_pylist()
    faults: list[Fault] = []
    before, expected, first_event = "", 1, 0
    for place, row in enumerate(rows):
        number = row["import"]
        if number != expected:
            faults.append(
                Fault(expected, "imports", None, f"import {expected} was removed or renumbered")
            )
        if row["first_event"] != first_event:
            problem = f"import {number} does not begin where the one before it ended"
            faults.append(Fault(number, "imports", row["first_event"], problem))
        for part in PARTS:
            faults += _verify_part(connection, part, row)
        if chain(before, imports.slice(place, 1)) != row["digest"]:
            problem = f"the digest of import {number} does not fit its row and the import before it"
            faults.append(Fault(number, "imports", None, problem))
        before, expected = row["digest"], number + 1
        first_event = row["first_event"] + row["new_events"]
    known_imports = ", ".join(str(row["import"]) for row in rows) or "NULL"
    for part in PARTS:
        event = "min(event)" if part in ("events", "resightings") else "NULL"
        strays = connection.execute(
            f"SELECT import, count(*), {event} FROM journal.{part} "
            f"WHERE import NOT IN ({known_imports}) GROUP BY import ORDER BY import"
        ).fetchall()
        for number, count, first in strays:
            problem = f"{count} of {part} belong to an import that is not there"
            faults.append(Fault(number, part, first, problem))
    return faults, [row["digest"] for row in rows]


def _verify_part(
    connection: duckdb.DuckDBPyConnection, part: str, row: dict[str, Any]
) -> list[Fault]:
    columns = PARTS[part]
    named = ", ".join(f'"{column.name}"' for column in columns)
    rows = table_of(
        connection,
        f"SELECT {named} FROM journal.{part} WHERE import = {row['import']} "
        f"ORDER BY {order_of(part)}",
    )
    if digest(columns, rows) == row[f"{part}_digest"]:
        return []
    event, problem = None, f"some {_WORD[part]} was edited, added or removed"
    if part == "events":
        event, problem = _first_misfit(rows, row)
    elif part == "resightings":
        broken = _broken_seals(part, rows)
        if len(broken):
            event = int(array_of(rows.column("event"))[broken[0]])
            at = int(array_of(rows.column("row"))[broken[0]])
            problem = f"the sighting of event {event} in row {at} was edited"
    return [Fault(row["import"], part, event, f"import {row['import']}: {problem}")]


def _first_misfit(rows: pa.Table, row: dict[str, Any]) -> tuple[int | None, str]:
    """The first event of an import that does not fit, and what is wrong with it."""
    numbers = array_of(rows.column("event"))
    expected = row["first_event"] + np.arange(row["new_events"])
    shared = min(len(numbers), len(expected))
    off = np.flatnonzero(numbers[:shared] != expected[:shared])
    broken = _broken_seals("events", rows)
    first_off = int(off[0]) if len(off) else shared
    first_broken = int(broken[0]) if len(broken) else len(rows)
    if first_broken < first_off:
        event = int(numbers[first_broken])
        return event, f"event {event} was edited"
    if len(off):
        event, wanted = int(numbers[first_off]), int(expected[first_off])
        if event > wanted:
            return wanted, f"event {wanted} was removed"
        return event, f"event {event} was added"
    if len(numbers) < len(expected):
        wanted = int(expected[shared])
        return wanted, f"event {wanted} was removed"
    if len(numbers) > len(expected):
        event = int(numbers[shared])
        return event, f"event {event} was added"
    return None, "an event was edited together with its seal, so that it cannot be named"


def _broken_seals(part: str, rows: pa.Table) -> Any:
    return np.flatnonzero(seals(part, rows) != array_of(rows.column("seal")))


def seals(part: str, rows: pa.Table) -> npt.NDArray[np.int32]:
    """Return the seals that these rows of a part should have."""
    columns: dict[str, Any] = {}
    for column in sealed(part):
        cells = rows.column(column.name)
        if column.type == pa.string():
            columns[column.name] = whole(cells)
        elif pa.types.is_boolean(column.type):
            columns[column.name] = cells.to_numpy()
        elif column.nullable:
            mask = np.concatenate([np.empty(0, np.bool_), *(known(c) for c in cells.chunks)])
            columns[column.name] = np.where(mask, array_of(cells), 0), mask
        else:
            columns[column.name] = array_of(cells)
    return seal(part, columns, len(rows))


def verify_models(
    connection: duckdb.DuckDBPyConnection,
    expected: dict[str, list[pa.Table]],
    codes: list[tuple[str, str, str]],
) -> list[Fault]:
    """Hold the read models against what was made of the journal again.

    Parameters
    ----------
    expected:
        The rows of each of :data:`engine.store.models.MODELS`, in parts.
    codes:
        Code, name and severity of all findings.
    """
    faults = []
    for model in MODELS:
        if model not in expected:  # Without an event there is no row.
            rows = table_of(connection, f"{shown_of(model)} LIMIT 0")
        else:
            rows = pa.concat_tables(expected[model])
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        connection.register("expected", rows)
        kept = f"SELECT {columns} FROM ({shown_of(model)})"
        faults += _strays(connection, model, kept, f"SELECT {columns} FROM expected")
        connection.unregister("expected")
    faults += _strays(connection, "remade", "FROM model.remade", _REMADE)
    stored = connection.execute("SELECT code, name, severity FROM model.codes").fetchall()
    if Counter(stored) != Counter(codes):
        faults.append(Fault(None, "model.codes", None, "the codes of findings were edited"))
    return faults


_REMADE: Final = """
    WITH brought AS (SELECT DISTINCT learner, content, import FROM journal.events)
    SELECT * FROM brought SEMI JOIN (SELECT min(import) AS oldest FROM model.remade)
        ON import >= oldest
    EXCEPT SELECT learner, content, min(import) FROM brought GROUP BY learner, content
"""
"""From the oldest import on that is noted, each notes the learners and contents of which it brought
an event and an earlier one had: what was noted before that was tidied away, all of it."""


def _strays(
    connection: duckdb.DuckDBPyConnection, model: str, kept: str, expected: str
) -> list[Fault]:
    """Compare the rows of two queries, repetitions included."""
    differing = connection.execute(
        f"SELECT (SELECT count(*) FROM (({kept}) EXCEPT ALL ({expected}))), "
        f"(SELECT count(*) FROM (({expected}) EXCEPT ALL ({kept})))"
    ).fetchall()[0]
    if not any(differing):
        return []
    problem = f"{max(differing)} of model.{model} do not follow from the events"
    return [Fault(None, f"model.{model}", None, problem)]


def verify_tag(connection: duckdb.DuckDBPyConnection, last: int) -> list[Fault]:
    """Tell whether the read models say rightly how they were made."""
    part = "model.made"
    rows = connection.execute("SELECT count(*), max(seal) FROM model.made").fetchall()[0]
    how = made(connection)
    if rows[0] != 1 or how is None or how.seal != rows[1] or how.number != last:
        problem = "how the read models were made was edited, or imports were added or removed"
        return [Fault(None, part, None, problem)]
    return []


def of_other_rules(faults: list[Fault]) -> list[Fault]:
    """Return what is said instead where read models that differ were made by other rules.

    Those rules are not there to ask whether the rows were theirs. Where no row differs nothing is
    wrong, whoever made them.
    """
    if not faults:
        return []
    problem = (
        "the read models are of another version of the rules, or were edited: 'rebuild' makes "
        "them again"
    )
    return [Fault(None, "model.made", None, problem)]
