"""How somebody who owns the file and knows the program would hide an edit: all digests anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from engine.columns.arrow import texts
from engine.store.stored import array_of, table_of
from engine.store.tables import IMPORT, PARTS, chain, digest, order_of
from engine.store.verifying import seals
from engine.storekeeper.remaking import rebuild

__all__ = ["cover_up"]


def cover_up(store: Path) -> str:
    """Write seals, digests, the chain and the read models so that they fit; return the head."""
    with duckdb.connect(store) as client:
        triggers = client.execute(
            "SELECT trigger_name, schema_name || '.' || table_name, sql FROM duckdb_triggers()"
        ).fetchall()
        for name, table, _ in triggers:
            client.execute(f"DROP TRIGGER {name} ON {table}")
        head = ""
        columns = ", ".join(f'"{column.name}"' for column in IMPORT)
        for (number,) in client.execute(
            "SELECT import FROM journal.imports ORDER BY import"
        ).fetchall():
            for part in PARTS:
                _seal_again(client, part, number)
                found = digest(PARTS[part], _rows(client, part, number))
                client.execute(
                    f"UPDATE journal.imports SET {part}_digest = ? WHERE import = ?",
                    [found, number],
                )
            row = table_of(client, f"SELECT {columns} FROM journal.imports WHERE import = {number}")
            head = chain(head, row.set_column(row.num_columns - 1, "digest", texts([""])))
            client.execute("UPDATE journal.imports SET digest = ? WHERE import = ?", [head, number])
        for _, _, sql in triggers:
            client.execute(sql)
    rebuild(str(store))
    return head


def _rows(client: duckdb.DuckDBPyConnection, part: str, number: int) -> Any:
    columns = ", ".join(f'"{column.name}"' for column in PARTS[part])
    return table_of(
        client,
        f"SELECT {columns} FROM journal.{part} WHERE import = {number} ORDER BY {order_of(part)}",
    )


def _seal_again(client: duckdb.DuckDBPyConnection, part: str, number: int) -> None:
    if not any(column.name == "seal" for column in PARTS[part]):
        return
    rows = _rows(client, part, number)
    (key,) = order_of(part).split(", ")
    keys = array_of(rows.column(key.strip('"'))).tolist()
    for at, seal in zip(keys, seals(part, rows).tolist(), strict=True):
        client.execute(
            f"UPDATE journal.{part} SET seal = {seal} "
            f"WHERE import = {number} AND {key} = {at} AND seal <> {seal}"
        )
