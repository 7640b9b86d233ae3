"""Stores whose catalogue lies: what somebody who owns the file can define in it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from engine.store import catalogue

SOURCE = Path(__file__).parents[2] / "src" / "engine"

Lies = dict[str, list[str]]

VIEWS = ("imports", "events", "sightings", "records", "intervals", "findings")
PARTS = ("imports", "versions", "texts", "labels", "pairs", "events", "resightings", "quarantine")
MODELS = ("made", "records", "intervals", "findings", "codes", "statuses", "remade")
TABLES = [f"journal.{part}" for part in PARTS] + [f"model.{model}" for model in MODELS]


def called() -> list[str]:
    """Return the database's functions that statements of the store call or could be made to."""
    text = "\n".join(
        each.read_text("utf-8")
        for folder in ("store", "storekeeper")
        for each in (SOURCE / folder).rglob("*")
        if each.suffix in (".py", ".sql")
    )
    words = set(re.findall(r"\b([a-z_]+)\(", text))
    known = duckdb.sql("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    listing = {function for function, _ in catalogue._LISTED.values()} | {"duckdb_columns"}
    return sorted(words & {name for (name,) in known} | listing | {"coalesce"})


def _macros() -> Lies:
    lies: Lies = {}
    for name in called():
        # The form as table is what stands after FROM.
        if name.startswith("duckdb_"):
            genuine = f"SELECT * FROM system.main.{name}()"
            lies[f"macro {name}, genuine"] = [f"CREATE MACRO {name}() AS TABLE {genuine}"]
            lies[f"macro {name}, empty"] = [f"CREATE MACRO {name}() AS TABLE {genuine} LIMIT 0"]
        else:
            lies[f"macro {name}"] = [f"CREATE MACRO {name}(x) AS x"]
            lies[f"macro journal.{name}"] = [f"CREATE MACRO journal.{name}(x) AS NULL"]
    for operator in ("+", "-", "*", "/", "||", "%", "&", "|", ">>", "<<", "~~", "=", "<>", "<"):
        lies[f"macro {operator}"] = [f'CREATE MACRO "{operator}"(x, y) AS x']
    for name in ("list_value", "list_extract", "row", "count_star", "nullif", "in", "ifnull"):
        lies[f"macro {name}"] = [f'CREATE MACRO "{name}"(x) AS x']
    lies["macro current_database"] = ["CREATE MACRO current_database() AS 'another'"]
    lies["macro with two forms"] = ["CREATE MACRO count(x) AS x, (x, y) AS y"]
    lies["macro in a model"] = ["CREATE MACRO model.max(x) AS 0"]
    lies["macro of a name for nobody"] = ['CREATE MACRO "a\nb\x1b[31m\u202e"(x) AS x']
    lies["macro of a long name"] = [f'CREATE MACRO "{"x" * 100_000}"(x) AS x']
    return lies


def _schemas() -> Lies:
    lies: Lies = {}
    for name in ("system", "temp", "other", "main.journal", "journal.main", '"pg.catalog"', '""""'):
        lies[f"schema {name}"] = [f"CREATE SCHEMA {name}"]
    within = ["CREATE SCHEMA system", "CREATE SCHEMA lying.system.main"]
    for kind in ("tables", "views", "functions", "triggers", "schemas", "types", "columns"):
        genuine = f"SELECT * FROM system.main.duckdb_{kind}() WHERE database_name = 'system'"
        lies[f"system.main.duckdb_{kind} of its own"] = [
            *within,
            f"CREATE MACRO lying.system.main.duckdb_{kind}() AS TABLE {genuine}",
        ]
    lies["system.main.current_database of its own"] = [
        *within,
        "CREATE MACRO lying.system.main.current_database() AS 'memory'",
    ]
    return lies


def _objects() -> Lies:
    lies: Lies = {
        "type": ["CREATE TYPE mood AS ENUM ('good')"],
        "type named like one of the database's": ["CREATE TYPE journal.integer AS VARCHAR"],
        "sequence": ["CREATE SEQUENCE numbers"],
        "sequence that moved": ["CREATE SEQUENCE numbers", "SELECT nextval('numbers')"],
        "index": ["CREATE INDEX quick ON journal.texts (number)"],
        "comment on an index": [
            "CREATE INDEX quick ON journal.texts (number)",
            "COMMENT ON INDEX journal.quick IS 'sound'",
        ],
        "table": ["CREATE TABLE notes (remark VARCHAR)"],
        "table that a statement names": ["CREATE TABLE expected (event BIGINT)"],
        "table in the journal": ["CREATE TABLE journal.more (import INTEGER)"],
        "table named like the catalogue": ["CREATE TABLE duckdb_tables (table_name VARCHAR)"],
        "generated column": ["CREATE TABLE g (a INTEGER, b INTEGER AS (a + 1))"],
        "view": ["CREATE VIEW helpful AS FROM events"],
        "view named like a table": ["CREATE VIEW model.events AS SELECT 1 AS event"],
        "view named like the catalogue": ["CREATE VIEW duckdb_views AS SELECT 1 AS sql"],
        "trigger": [
            "CREATE TRIGGER odd BEFORE INSERT ON model.made FOR EACH STATEMENT "
            "INSERT INTO journal.refused SELECT error('no')"
        ],
        "trigger that follows an import": [
            "CREATE TRIGGER odd AFTER INSERT ON journal.imports FOR EACH STATEMENT "
            "INSERT INTO model.codes SELECT 'X999', 'x', 'info'"
        ],
    }
    for table in TABLES:
        lies[f"comment on {table}"] = [f"COMMENT ON TABLE {table} IS 'sound'"]
    for view in VIEWS:
        lies[f"comment on view {view}"] = [f"COMMENT ON VIEW {view} IS ''"]
    lies["comment on a column"] = ["COMMENT ON COLUMN journal.events.event IS 'x'"]
    lies["comment on a column of a view"] = ["COMMENT ON COLUMN records.status IS 'x'"]
    return lies


def _replaced() -> Lies:
    lies: Lies = {}
    for table in TABLES:
        lies[f"view for table {table}"] = [
            *_without_triggers(table),
            f"ALTER TABLE {table} RENAME TO hidden",
            f"CREATE VIEW {table} AS FROM {table.split('.')[0]}.hidden",
        ]
    for view in VIEWS:
        lies[f"table for view {view}"] = [
            f"CREATE TABLE kept AS FROM {view}",
            f"DROP VIEW {view}",
            f"ALTER TABLE kept RENAME TO {view}",
        ]
    return lies


def _without_triggers(table: str) -> list[str]:
    schema, name = table.split(".")
    if schema != "journal" or name == "versions":
        return []
    return [f"DROP TRIGGER {name}_{what} ON {table}" for what in ("keep", "stay")]


def added() -> Lies:
    """Return lies that define something which no store has; the database is attached as lying."""
    return _macros() | _schemas() | _objects() | _replaced()


def changed() -> Lies:
    """Return lies that change or take away what a store defines."""
    lies: Lies = {}
    for view in VIEWS:
        lies[f"view {view} gone"] = [f"DROP VIEW {view}"]
        lies[f"view {view} replaced"] = [
            f"CREATE OR REPLACE VIEW {view} AS SELECT 1 AS event, 'certified' AS status"
        ]
    for part in PARTS:
        for trigger in _without_triggers(f"journal.{part}"):
            lies[trigger.lower()] = [trigger]
    lies["trigger made tame"] = [
        "DROP TRIGGER events_keep ON journal.events",
        "CREATE TRIGGER events_keep BEFORE UPDATE ON journal.events FOR EACH STATEMENT "
        "INSERT INTO journal.refused SELECT 'x' WHERE false",
    ]
    free = {table: _without_triggers(table) for table in TABLES}
    for table, column in {
        "journal.events": "panorama",
        "journal.texts": "value",
        "journal.imports": "notes",
        "model.codes": "name",
        "model.made": "key",
        "model.remade": "learner",
    }.items():
        lies[f"column more in {table}"] = [*free[table], f"ALTER TABLE {table} ADD COLUMN x INT"]
        lies[f"column of {table} renamed"] = [
            *free[table],
            f"ALTER TABLE {table} RENAME {column} TO other",
        ]
        lies[f"default in {table}"] = [
            *free[table],
            f"ALTER TABLE {table} ALTER {column} SET DEFAULT NULL",
        ]
        lies[f"nulls in {table}"] = [
            *free[table],
            f"ALTER TABLE {table} ALTER {column} DROP NOT NULL",
        ]
    lies["a case that does not count"] = [
        "ALTER TABLE model.codes ALTER name TYPE VARCHAR COLLATE NOCASE"
    ]
    lies["wider column"] = ["ALTER TABLE model.remade ALTER learner TYPE BIGINT"]
    lies["a table gone"] = ["DROP TABLE model.remade"]
    lies["versions gone"] = ["DROP TABLE journal.versions"]
    return lies


def rows() -> Lies:
    """Return edits of rows that belong to no import."""
    return {
        "a version more": ["INSERT INTO journal.versions VALUES (99, 'learner-engine store')"],
        "a version 0": ["INSERT INTO journal.versions VALUES (0, 'learner-engine store')"],
        "a version less": ["DELETE FROM journal.versions WHERE version = 2"],
        "only the first version": ["DELETE FROM journal.versions WHERE version > 1"],
        "no version": ["DELETE FROM journal.versions"],
        "another format": ["UPDATE journal.versions SET format = 'x' WHERE version = 1"],
        "a status more": ["INSERT INTO model.statuses VALUES (64, 'certified', ['certified'])"],
        "a status twice": ["INSERT INTO model.statuses FROM model.statuses LIMIT 1"],
        "a status less": ["DELETE FROM model.statuses WHERE possible = 1"],
        "another status": ["UPDATE model.statuses SET status = 'certified' WHERE possible = 2"],
        "null for a status": ["UPDATE model.statuses SET status = NULL WHERE possible = 2"],
        "a code twice": ["INSERT INTO model.codes FROM model.codes LIMIT 1"],
        "a milder code": ["UPDATE model.codes SET severity = 'info' WHERE severity = 'error'"],
        "how it was made, twice": ["INSERT INTO model.made FROM model.made"],
        "not how it was made": ["DELETE FROM model.made"],
        "remade before": ["INSERT INTO model.remade VALUES (0, 0, 1)"],
        "remade after": ["INSERT INTO model.remade SELECT learner, content, 99 FROM model.remade"],
        "remade twice": ["INSERT INTO model.remade FROM model.remade"],
        "remade of somebody else": ["INSERT INTO model.remade VALUES (-1, -1, 5)"],
        "remade no more": ["DELETE FROM model.remade"],
        "a record twice": ["INSERT INTO model.records FROM model.records LIMIT 1"],
        "a finding less": ["DELETE FROM model.findings WHERE rowid = 0"],
    } | {
        f"a row of {part} twice": [f"INSERT INTO journal.{part} FROM journal.{part} LIMIT 1"]
        for part in ("texts", "labels", "pairs", "events", "resightings", "quarantine")
    }
