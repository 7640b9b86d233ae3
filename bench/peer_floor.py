"""The floor: DuckDB touches every cell of the report once, and does nothing with it.

python bench/peer_floor.py REPORT.csv
"""

from __future__ import annotations

import sys

import duckdb
from cores import available
from counts import say

connection = duckdb.connect(config={"threads": available()})
scan = connection.read_csv(sys.argv[1], header=True, all_varchar=True)
cells = ", ".join(f'sum(length("{name}"))' for name in scan.columns)
(row,) = scan.aggregate(f"count(*), {cells}").fetchall()
say(row[0], 0, 0, characters=int(sum(filter(None, row[1:]))))
