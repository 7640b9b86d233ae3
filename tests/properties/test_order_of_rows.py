"""The order of rows, and how they are spread over files, change nothing (semantics.md §6)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import NOW, Row, reports, write

import engine

FAIR = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLACE = ("file", "row", "root_file", "root_row", "because")
OPTIONS = st.fixed_dictionaries(
    {
        "history": st.sampled_from(["complete", "partial"]),
        "tolerance": st.sampled_from([0, 1]),
        "key": st.sampled_from(["email,content", "email,panorama,content"]),
    }
)


def result(*paths: Path, **options: Any) -> dict[str, Any]:
    """Everything that an audit says but where it stands in the files."""
    audit = engine.audit(paths, now=NOW, **options)
    summary = audit.summary
    return {
        "counts": (summary.rows, summary.events, summary.duplicates, summary.quarantined),
        "codes": summary.findings,
        "summary": (summary.first, summary.last, summary.statuses, summary.streams_with_errors),
        "status": audit.status().rows(),
        "timeline": [without(row) for row in audit.timeline().rows()],
        "findings": Counter(
            repr(sorted({**without(row), "because": because(row)}.items()))
            for row in audit.findings.rows()
            if row["code"] != "R007"
        ),
    }


def without(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in PLACE}


def because(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [without(each) for each in row["because"]]


@FAIR
@given(reports(), OPTIONS, st.randoms(use_true_random=False))
def test_shuffled_rows(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], chance: random.Random
) -> None:
    expected = result(write(tmp_path / "r.csv", rows), **options)
    for order in (rows[::-1], sorted(rows), chance.sample(rows, len(rows))):
        assert result(write(tmp_path / "r.csv", order), **options) == expected


@FAIR
@given(reports(), OPTIONS, st.data())
def test_two_files_are_one(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], data: st.DataObject
) -> None:
    if len(rows) < 2:
        return
    expected = result(write(tmp_path / "r.csv", rows), **options)
    first = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=len(rows) - 1))
    one = [row for number, row in enumerate(rows) if number in first]
    other = [row for number, row in enumerate(rows) if number not in first]
    paths = write(tmp_path / "a.csv", one), write(tmp_path / "b.csv", other)
    assert result(*paths, **options) == expected
    assert result(*paths[::-1], **options) == expected


def duplicated(before: dict[str, Any], copies: int) -> dict[str, Any]:
    """The same, with so many duplicates more."""
    if not copies:
        return before
    rows, events, duplicates, quarantined = before["counts"]
    codes = dict(before["codes"])
    codes["R007"] = codes.get("R007", 0) + copies
    return {
        **before,
        "counts": (rows + copies, events, duplicates + copies, quarantined),
        "codes": codes,
    }


@FAIR
@given(reports(), OPTIONS, st.data())
def test_a_repeated_row_is_counted_and_nothing_else(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], data: st.DataObject
) -> None:
    events = [row for row in rows if row.type != "lesson"]
    if not events:
        return
    again = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=4))
    expected = duplicated(result(write(tmp_path / "r.csv", rows), **options), len(again))
    # In the same file, at either end of it, and in a second one: a report that overlaps.
    for longer in (rows + again, again + rows):
        found = result(write(tmp_path / "r.csv", longer), **options)
        assert {**found, "codes": dict(found["codes"])} == expected
    paths = write(tmp_path / "a.csv", rows), write(tmp_path / "b.csv", again)
    assert result(*paths, **options) == expected


@FAIR
@given(reports(repeats=False))
def test_the_same_report_twice_is_that_report(tmp_path: Path, rows: list[Row]) -> None:
    path = write(tmp_path / "r.csv", rows)
    before, after = result(path), result(path, path)
    for name in ("summary", "status", "timeline"):
        assert after[name] == before[name]
    rows_read, events, duplicates, quarantined = before["counts"]
    expected = (2 * rows_read, events, 2 * duplicates + events, 2 * quarantined)
    assert after["counts"] == expected


SPELLINGS = ("New-Thing", "new_thing", "NEW-THING")


@FAIR
@given(
    st.permutations(
        [
            *(("status_change", source, tick) for tick, source in enumerate(SPELLINGS)),
            *(("Lesson", "x", 5), ("lesson", "x", 6)),
        ]
    )
)
def test_the_spelling_of_an_unlisted_source_does_not_depend_on_it_either(
    tmp_path: Path, order: Sequence[tuple[str, str, int]]
) -> None:
    rows = [Row("a@x", "", "c", "t", *each) for each in order]
    expected = result(write(tmp_path / "r.csv", sorted(rows)))
    found = result(write(tmp_path / "r.csv", rows))
    for name in expected:
        assert found[name] == expected[name]
