"""DuckDB: read, classify, one ordered list of actions a record, folded by list_reduce.

python bench/peer_duckdb.py REPORT.csv
"""

from __future__ import annotations

import sys

import duckdb
from cores import available
from counts import say
from reduced import CLASS, STATUSES, TABLE, WIDTH, WRONG

connection = duckdb.connect(config={"threads": available()})
connection.execute("CREATE TABLE classes (Type VARCHAR, Source VARCHAR, action INTEGER)")
connection.executemany(
    "INSERT INTO classes VALUES (?, ?, ?)", [[*pair, action] for pair, action in CLASS.items()]
)
# held = WRONG x impossible actions so far + status, so one number passes through the fold.
step = f"list_extract({TABLE}, (held % {WRONG}) * {WIDTH} + action + 1)"
connection.execute(
    f"""
    CREATE TABLE records AS
    WITH histories AS (
        SELECT list(action ORDER BY "Timestamp") AS actions
        FROM read_csv(?, header = true)
        JOIN classes USING (Type, Source)
        GROUP BY Email, "Content Title"
    )
    SELECT len(actions) AS size,
           list_reduce(
               list_prepend(0, actions),
               lambda held, action: held - held % {WRONG} + {step}
           ) AS held
    FROM histories
    """,
    [sys.argv[1]],
)
statuses = dict(
    connection.execute(f"SELECT held % {WRONG}, count(*) FROM records GROUP BY ALL").fetchall()
)
(totals,) = connection.execute(
    f"""SELECT sum(size)::BIGINT, count(*), count(*) FILTER (held >= {WRONG}),
               sum(held // {WRONG})::BIGINT FROM records"""
).fetchall()
say(*totals, [statuses.get(each, 0) for each in range(len(STATUSES))])
