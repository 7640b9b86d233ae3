"""Reading a report into dictionary-encoded columns: what the engine needs before anything else.

python bench/readers.py REPORT.csv engine|pyarrow|polars|duckdb|duckdb-enum

All columns but the timestamp become numbers and their distinct texts, over the whole file; the
timestamp stays text.
"""

from __future__ import annotations

import json
import sys
import time

from cores import available

TIMESTAMP = "Timestamp"


def engine(path: str) -> tuple[int, int]:
    """The program's own way: pyarrow's reader, its bytes watched, then one dictionary a column."""
    from engine.columns.texts import distinct
    from engine.intake.reader import read

    table = read(path)
    coded = [name for name in table.columns if name != "timestamp"]
    return table.records, sum(len(distinct(table.columns[name].chunks)[1]) for name in coded)


def pyarrow(path: str) -> tuple[int, int]:
    """pyarrow without the watch."""
    import pyarrow as pa
    from pyarrow import csv

    with open(path, encoding="utf-8") as file:
        names = [name for name in file.readline().strip().split(",") if name != TIMESTAMP]
    coded = pa.dictionary(pa.int32(), pa.string())
    types = dict.fromkeys(names, coded) | {TIMESTAMP: pa.string()}
    options = csv.ConvertOptions(column_types=types)
    parse = csv.ParseOptions(newlines_in_values=True)
    read = csv.ReadOptions(block_size=8 << 20)
    table = csv.read_csv(path, read, parse, options).unify_dictionaries()
    return len(table), sum(len(table.column(name).chunk(0).dictionary) for name in names)


def polars(path: str) -> tuple[int, int]:
    """polars: as text, cast to categories."""
    import polars as pl

    scan = pl.scan_csv(path, infer_schema=False)
    names = [name for name in scan.collect_schema().names() if name != TIMESTAMP]
    table = scan.with_columns(pl.col(names).cast(pl.Categorical)).collect(engine="streaming")
    return len(table), sum(table[name].n_unique() for name in names)


def duckdb(path: str) -> tuple[int, int]:
    """DuckDB to Arrow; Arrow encodes."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect(config={"threads": available()})
    table = connection.read_csv(path, header=True, all_varchar=True).to_arrow_table()
    names = [name for name in table.column_names if name != TIMESTAMP]
    for name in names:
        coded = table.column(name).dictionary_encode()
        table = table.set_column(table.column_names.index(name), name, coded)
    table = table.unify_dictionaries()
    assert all(pa.types.is_dictionary(table.column(name).type) for name in names)
    return len(table), sum(len(table.column(name).chunk(0).dictionary) for name in names)


def duckdb_enum(path: str) -> tuple[int, int]:
    """DuckDB alone: a table, and an enumeration for each column."""
    import duckdb

    connection = duckdb.connect(config={"threads": available()})
    connection.execute(
        "CREATE TABLE report AS FROM read_csv(?, header = true, all_varchar = true)", [path]
    )
    described = connection.execute("DESCRIBE report").fetchall()
    names = [row[0] for row in described if row[0] != TIMESTAMP]
    distinct = 0
    for number, name in enumerate(names):
        connection.execute(
            f"""CREATE TYPE kind{number} AS ENUM
                (SELECT DISTINCT "{name}" FROM report WHERE "{name}" IS NOT NULL)"""
        )
        counted = connection.execute(f"SELECT len(enum_range(NULL::kind{number}))").fetchone()
        distinct += counted[0] if counted else 0
    columns = ", ".join(f'"{name}"::kind{number}' for number, name in enumerate(names))
    connection.execute(f'CREATE TABLE coded AS SELECT {columns}, "{TIMESTAMP}" FROM report')
    rows = connection.execute("SELECT count(*) FROM coded").fetchone()
    return (rows[0] if rows else 0), distinct


READERS = {
    "engine": engine,
    "pyarrow": pyarrow,
    "polars": polars,
    "duckdb": duckdb,
    "duckdb-enum": duckdb_enum,
}

if __name__ == "__main__":
    began = time.perf_counter()
    rows, distinct = READERS[sys.argv[2]](sys.argv[1])
    seconds = time.perf_counter() - began
    print(json.dumps({"rows": rows, "distinct": distinct, "seconds": seconds}))
