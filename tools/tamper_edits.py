"""The edits: each a function that does one thing to a store, and says what."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import duckdb

__all__ = ["EDITS", "NothingToEdit"]

Client = duckdb.DuckDBPyConnection
Edit = Callable[[Client, random.Random], str]

_MODELS = ("records", "intervals", "findings", "remade", "codes", "made", "statuses")
_PARTS = ("texts", "labels", "pairs", "events", "resightings", "quarantine")
_VIEWS = ("imports", "events", "sightings", "records", "intervals", "findings")
_CALLED = ("count", "max", "min", "sum", "coalesce", "length", "error", "make_timestamp", "nullif")
_OPERATORS = ("+", "-", "*", "||", ">>")
_KEYS = {
    "texts": ("import", "field", "number"),
    "labels": ("import", "label"),
    "pairs": ("import", "pair"),
    "events": ("import", "event"),
    "resightings": ("import", "row"),
    "quarantine": ("import", "row", "code"),
}


class NothingToEdit(Exception):  # noqa: N818 - no error: another edit is made instead
    """There is no row of the sort."""


def _columns(client: Client, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in client.execute(f"DESCRIBE {table}").fetchall()}


def _row(client: Client, chance: random.Random, table: str) -> int:
    rows = client.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
    if not rows:
        raise NothingToEdit(f"{table} is empty")
    row: int = chance.choice(rows)[0]
    return row


def _other(client: Client, chance: random.Random, table: str, column: str, value: Any) -> Any:
    """Another value than this one: near it, from another row, nothing, or far from it."""
    others = client.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()
    found = [each for (each,) in others if each != value]
    found.append(None)
    if isinstance(value, bool):
        found = [not value]
    elif isinstance(value, str):
        found += [
            value + " ",
            value.upper(),
            value[:-1],
            value[1:] + value[:1],
            unicodedata.normalize("NFD", value),
            value.replace("a", "а", 1),  # The second one is Cyrillic.
            value + "\0",
            "\u200b" + value,
            "",
        ]
    elif isinstance(value, int):
        found += [value + 1, value - 1, value ^ 1 << chance.randrange(31), -value, 0]
    elif isinstance(value, float):
        found += [value + 1e-9, value + 60]
    elif isinstance(value, list):
        found += [value[::-1], []]
    else:
        found += [0, 1, 7]
    found = [each for each in found if each != value or type(each) is not type(value)]
    return chance.choice(found)


def _change_cell(client: Client, chance: random.Random, table: str) -> str:
    row = _row(client, chance, table)
    column = chance.choice(list(_columns(client, table)))
    (value,) = client.execute(f'SELECT "{column}" FROM {table} WHERE rowid = {row}').fetchall()[0]
    other = _other(client, chance, table, column, value)
    client.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = {row}', [other])
    return f"{table}.{column} of row {row}: {value!r} to {other!r}"


def _delete(client: Client, chance: random.Random, table: str) -> str:
    row = _row(client, chance, table)
    client.execute(f"DELETE FROM {table} WHERE rowid = {row}")
    return f"{table}: row {row} deleted"


def _duplicate(client: Client, chance: random.Random, table: str) -> str:
    row = _row(client, chance, table)
    client.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE rowid = {row}")
    return f"{table}: row {row} duplicated"


def _insert(client: Client, chance: random.Random, table: str) -> str:
    row = _row(client, chance, table)
    columns = _columns(client, table)
    changed = chance.sample(list(columns), min(len(columns), chance.randint(1, 3)))
    kept = dict(
        zip(
            columns,
            client.execute(f"SELECT * FROM {table} WHERE rowid = {row}").fetchall()[0],
            strict=True,
        )
    )
    for column in changed:
        kept[column] = _other(client, chance, table, column, kept[column])
    marks = ", ".join("?" * len(kept))
    client.execute(f"INSERT INTO {table} VALUES ({marks})", list(kept.values()))
    return f"{table}: inserted {kept}"


def _swap(client: Client, chance: random.Random, table: str) -> str:
    """Two rows of a part change places: all but what says where they stand."""
    keys = _KEYS[table.split(".")[1]]
    first, second = _row(client, chance, table), _row(client, chance, table)
    columns = [name for name in _columns(client, table) if name not in keys]
    named = ", ".join(f'"{name}"' for name in columns)
    rows = {
        row: client.execute(f"SELECT {named} FROM {table} WHERE rowid = {row}").fetchall()[0]
        for row in (first, second)
    }
    if first == second or rows[first] == rows[second]:
        raise NothingToEdit("two rows alike")
    for row, other in ((first, second), (second, first)):
        marks = ", ".join(f'"{name}" = ?' for name in columns)
        client.execute(f"UPDATE {table} SET {marks} WHERE rowid = {row}", list(rows[other]))
    return f"{table}: rows {first} and {second} swapped"


def _any_part(edit: Callable[[Client, random.Random, str], str]) -> Edit:
    return lambda client, chance: edit(client, chance, f"journal.{chance.choice(_PARTS)}")


def _any_model(edit: Callable[[Client, random.Random, str], str]) -> Edit:
    return lambda client, chance: edit(client, chance, f"model.{chance.choice(_MODELS)}")


def _on(edit: Callable[[Client, random.Random, str], str], table: str) -> Edit:
    return lambda client, chance: edit(client, chance, table)


def _imports(client: Client) -> list[int]:
    found = client.execute("SELECT import FROM journal.imports ORDER BY import").fetchall()
    return [number for (number,) in found]


def _drop_import(client: Client, chance: random.Random) -> str:
    """An import with all its rows; perhaps the later ones are renumbered, and the tag says so."""
    number = chance.choice(_imports(client))
    for table in (*_PARTS, "imports"):
        client.execute(f"DELETE FROM journal.{table} WHERE import = {number}")
    said = f"import {number} dropped"
    if chance.random() < 0.5:
        for later in [each for each in _imports(client) if each > number]:
            for table in (*_PARTS, "imports"):
                client.execute(
                    f"UPDATE journal.{table} SET import = {later - 1} WHERE import = {later}"
                )
        said += ", later ones renumbered"
    if chance.random() < 0.5:
        client.execute("UPDATE model.made SET import = (SELECT max(import) FROM journal.imports)")
        said += ", read models tagged so"
    return said


def _forge_import(client: Client, chance: random.Random) -> str:
    """A further import made of one that is there."""
    number, new = chance.choice(_imports(client)), max(_imports(client)) + 1
    digest = f"{chance.getrandbits(256):064x}"
    client.execute(
        f"INSERT INTO journal.imports SELECT * REPLACE ({new} AS import, '{digest}' AS digest) "
        f"FROM journal.imports WHERE import = {number}"
    )
    for table in _PARTS:
        if chance.random() < 0.5:
            client.execute(
                f"INSERT INTO journal.{table} SELECT * REPLACE ({new} AS import) "
                f"FROM journal.{table} WHERE import = {number}"
            )
    return f"import {number} copied as {new}"


def _move_rows(client: Client, chance: random.Random) -> str:
    """A row says that another import brought it."""
    table = f"journal.{chance.choice(_PARTS)}"
    row = _row(client, chance, table)
    (own,) = client.execute(f"SELECT import FROM {table} WHERE rowid = {row}").fetchall()[0]
    other = chance.choice([each for each in (*_imports(client), 0, 99) if each != own])
    client.execute(f"UPDATE {table} SET import = {other} WHERE rowid = {row}")
    return f"{table}: row {row} moved from import {own} to {other}"


def _replace_view(client: Client, chance: random.Random) -> str:
    view = chance.choice(_VIEWS)
    names = list(_columns(client, view))
    column = chance.choice(names)
    body = chance.choice(
        [
            f'SELECT * REPLACE (NULL AS "{column}") FROM imports',
            "SELECT * FROM {old} WHERE random() < 2",
            "SELECT * FROM {old} LIMIT 3",
        ]
    )
    (sql,) = client.execute(
        "SELECT sql FROM duckdb_views() WHERE view_name = ? AND NOT internal", [view]
    ).fetchall()[0]
    old = sql.split(" AS ", 1)[1].rstrip(" ;\n")
    if "imports" in body and view != "imports":
        body = "SELECT * FROM {old} WHERE false"
    if view == "imports" and "FROM imports" in body:
        body = body.replace("FROM imports", "FROM {old}")
    client.execute(f"CREATE OR REPLACE VIEW {view} AS " + body.replace("{old}", f"({old})"))
    return f"view {view} replaced"


def _add_object(client: Client, chance: random.Random) -> str:
    statement = chance.choice(
        [
            "CREATE TABLE notes (remark VARCHAR)",
            "CREATE TABLE journal.more (import INTEGER)",
            "CREATE VIEW helpful AS SELECT * FROM events",
            "CREATE SCHEMA other",
            "CREATE MACRO nfc_normalize(x) AS x",
            "CREATE MACRO main.make_timestamp(x) AS NULL",
            "CREATE INDEX quick ON journal.events (learner)",
            "CREATE SEQUENCE numbers",
            "CREATE TYPE mood AS ENUM ('good', 'bad')",
            "CREATE TRIGGER odd BEFORE INSERT ON journal.events FOR EACH STATEMENT "
            "INSERT INTO journal.refused SELECT error('no')",
            "CREATE VIEW model.events AS SELECT 1 AS event",
        ]
    )
    client.execute(statement)
    return statement


def _lie(client: Client, chance: random.Random) -> str:
    """Something is defined so that what is asked of the store means something else."""
    view = chance.choice(_VIEWS)
    table = chance.choice([f"journal.{part}" for part in (*_PARTS, "imports", "versions")])
    listing = chance.choice(["tables", "views", "functions", "triggers", "schemas", "types"])
    (own,) = client.execute("SELECT current_database()").fetchall()[0]
    statements = chance.choice(
        [
            [f"CREATE MACRO duckdb_{listing}() AS TABLE FROM system.main.duckdb_{listing}()"],
            [f"CREATE MACRO {chance.choice(_CALLED)}(x) AS x"],
            [f"CREATE MACRO journal.{chance.choice(_CALLED)}(x) AS x"],
            [f'CREATE MACRO "{chance.choice(_OPERATORS)}"(x, y) AS x'],
            ["CREATE MACRO current_database() AS 'another'"],
            [
                f"ALTER TABLE {table} RENAME TO hidden",
                f"CREATE VIEW {table} AS FROM journal.hidden",
            ],
            [
                f"CREATE TABLE copied AS FROM {view}",
                f"DROP VIEW {view}",
                f"ALTER TABLE copied RENAME TO {view}",
            ],
            [f"COMMENT ON TABLE {table} IS 'sound'"],
            [f"COMMENT ON VIEW {view} IS 'sound'"],
            [f"COMMENT ON COLUMN {table}.{chance.choice(list(_columns(client, table)))} IS ''"],
            ["CREATE SCHEMA system", f'CREATE SCHEMA "{own}".system.main'],
            ["CREATE SCHEMA main.journal"],
            ["CREATE SCHEMA temp"],
            ["CREATE TYPE journal.integer AS VARCHAR"],
            [f"CREATE VIEW expected AS FROM {view}"],
            ["DELETE FROM model.remade", "INSERT INTO model.remade VALUES (0, 0, 1), (0, 0, 1)"],
        ]
    )
    for statement in statements:
        client.execute(statement)
    return "; ".join(statements)


def _take_trigger(client: Client, chance: random.Random) -> str:
    """A trigger is gone, or does nothing any more."""
    triggers = client.execute(
        "SELECT trigger_name, schema_name || '.' || table_name, sql FROM duckdb_triggers()"
    ).fetchall()
    if not triggers:
        raise NothingToEdit("no trigger")
    name, table, sql = chance.choice(triggers)
    client.execute(f"DROP TRIGGER {name} ON {table}")
    if chance.random() < 0.5:
        tame = re.sub(r"SELECT.*", "SELECT 'refused' WHERE false", sql, flags=re.DOTALL)
        client.execute(tame)
        return f"trigger {name} made tame"
    return f"trigger {name} dropped"


def _alter_table(client: Client, chance: random.Random) -> str:
    table = chance.choice(
        [f"journal.{part}" for part in _PARTS] + ["model.codes", "model.findings"]
    )
    columns = _columns(client, table)
    column = chance.choice([name for name in columns if name not in ("import", "event")])
    statement = chance.choice(
        [
            f"ALTER TABLE {table} ADD COLUMN remark VARCHAR",
            f'ALTER TABLE {table} ALTER "{column}" DROP NOT NULL',
            f'ALTER TABLE {table} ALTER "{column}" SET DEFAULT NULL',
            f'ALTER TABLE {table} RENAME "{column}" TO other',
            f'ALTER TABLE {table} DROP COLUMN "{column}"',
            f"ALTER TABLE {table} RENAME TO other",
        ]
    )
    client.execute(statement)
    return statement


def _change_version(client: Client, chance: random.Random) -> str:
    statement = chance.choice(
        [
            "UPDATE journal.versions SET version = version + 7",
            "UPDATE journal.versions SET format = 'another'",
            "DELETE FROM journal.versions",
            "DELETE FROM journal.versions WHERE version = 1",
            "DELETE FROM journal.versions WHERE version > 1",
            "INSERT INTO journal.versions VALUES (99, 'learner-engine store')",
            "INSERT INTO journal.versions VALUES (0, 'learner-engine store')",
        ]
    )
    client.execute(statement)
    return statement


def _lay_again(client: Client, chance: random.Random) -> str:
    """A row is taken out and put back: nothing is changed, so nothing needs to be found."""
    table = f"journal.{chance.choice(_PARTS)}"
    row = _row(client, chance, table)
    client.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE rowid = {row}")
    client.execute(f"DELETE FROM {table} WHERE rowid = {row}")
    client.execute(f"INSERT INTO {table} SELECT * FROM kept")
    client.execute("DROP TABLE temp.kept")
    return f"{table}: row {row} laid at the end"


EDITS: dict[str, Edit] = {
    "event cell": _on(_change_cell, "journal.events"),
    "event deleted": _on(_delete, "journal.events"),
    "event inserted": _on(_insert, "journal.events"),
    "event duplicated": _on(_duplicate, "journal.events"),
    "events swapped": _on(_swap, "journal.events"),
    "import cell": _on(_change_cell, "journal.imports"),
    "import deleted": _on(_delete, "journal.imports"),
    "import dropped": _drop_import,
    "import forged": _forge_import,
    "sighting cell": _on(_change_cell, "journal.resightings"),
    "rejected row cell": _on(_change_cell, "journal.quarantine"),
    "text cell": _on(_change_cell, "journal.texts"),
    "journal cell": _any_part(_change_cell),
    "journal row deleted": _any_part(_delete),
    "journal row inserted": _any_part(_insert),
    "journal row duplicated": _any_part(_duplicate),
    "journal rows swapped": _any_part(_swap),
    "journal row moved": _move_rows,
    "row laid again": lambda client, chance: _lay_again(client, chance),
    "model cell": _any_model(_change_cell),
    "model row deleted": _any_model(_delete),
    "model row inserted": _any_model(_insert),
    "model row duplicated": _any_model(_duplicate),
    "view replaced": _replace_view,
    "object added": _add_object,
    "catalogue that lies": _lie,
    "trigger taken": _take_trigger,
    "table altered": _alter_table,
    "version changed": _change_version,
}
"""Kind → the edit."""
