"""Reports that have much in common: windows of one log, in which some rows are altered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from slow_compare import Identified
from strategies import CONTENTS, HEADER, LEARNERS, NOW, PANORAMAS, Row, pairs, write

import engine

MINUTES = st.one_of(st.integers(0, 12), st.integers(0, 5).map(lambda n: n * 60))
"""In half seconds: close ones, and some more than a minute apart."""

events = st.builds(
    lambda email, panorama, content, pair, tick: Row(email, panorama, *content, *pair, tick * 10),
    st.sampled_from(LEARNERS),
    st.sampled_from(PANORAMAS),
    st.sampled_from(CONTENTS[:2]),
    pairs,
    MINUTES,
)


@st.composite
def two_reports(draw: st.DrawFn) -> tuple[list[Identified], list[Identified]]:
    """Two reports: what a log has up to some time, and what it has from some time on."""
    log = draw(st.lists(events, min_size=1, max_size=14))
    low, high = sorted(draw(st.tuples(st.integers(0, 700), st.integers(0, 700))))
    old = [row for row in log if row.tick <= high + 60]
    new = [row for row in log if row.tick >= low - 60]
    old, new = _altered(draw, log, [old, new])
    return old, new


@st.composite
def several_reports(draw: st.DrawFn) -> list[list[Identified]]:
    """Two to four reports, each a window of a log."""
    log = draw(st.lists(events, min_size=1, max_size=12))
    sides = []
    for _ in range(draw(st.integers(2, 4))):
        low, high = sorted(draw(st.tuples(st.integers(0, 700), st.integers(0, 700))))
        sides.append([row for row in log if low - 120 <= row.tick <= high + 120])
    return _altered(draw, log, sides)


def _altered(
    draw: st.DrawFn, log: Sequence[Row], sides: Sequence[list[Row]]
) -> list[list[Identified]]:
    for side in sides:
        for _ in range(draw(st.integers(0, 2))):
            if side and draw(st.booleans()):
                side.pop(draw(st.integers(0, len(side) - 1)))
            elif side and draw(st.booleans()):
                side[draw(st.integers(0, len(side) - 1))] = draw(events)
            elif side:
                place = draw(st.integers(0, len(side) - 1))
                kind, source = draw(pairs)
                side[place] = side[place]._replace(type=kind, source=source)
            else:
                side.append(draw(events))
    ids: dict[Row, str] = {}
    for row in log:
        ids.setdefault(row, draw(st.sampled_from(["", f"e{len(ids)}"])))
    named = []
    for side in sides:
        used: Counter[str] = Counter()
        rows = []
        for row in side:
            name = ids.get(row, draw(st.sampled_from(["", f"e{len(rows)}"])))
            used[name] += 1
            # The same id twice in one report is one event: which form it has is another question.
            rows.append(Identified(row, name if name and used[name] == 1 else ""))
        assume(rows)
        named.append(rows)
    return named


def written(folder: Path, name: str, rows: Sequence[Identified], *, ids: bool) -> str:
    """Write a report, with a column of ids or without, and return its path."""
    path = folder / f"{name}.csv"
    if ids:
        lines = [[*row.cells, each] for row, each in rows]
        write(path, [[*HEADER, "id"], *lines])
        path.write_text(path.read_text("utf-8").split("\n", 1)[1], encoding="utf-8")
    else:
        write(path, [row for row, _ in rows])
    return str(path)


def compared(
    folder: Path,
    old: Sequence[Identified],
    new: Sequence[Identified],
    *,
    ids: tuple[bool, bool] = (False, False),
    **options: Any,
) -> engine.Comparison:
    paths = [
        written(folder, name, rows, ids=with_id)
        for name, rows, with_id in zip(("old", "new"), (old, new), ids, strict=True)
    ]
    return engine.compare(*paths, now=NOW, **options)
