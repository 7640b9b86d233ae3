"""Status now, status as of an instant, and the timeline tell one story (semantics.md §9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_audit import Key, key_of
from strategies import NOW, START, TICK, Row, reports, stamp, write

import engine

FAIR = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HISTORIES = st.sampled_from(["complete", "partial"])
MICROSECOND = timedelta(microseconds=1)
INTERVALS = dict[Key, list[dict[str, Any]]]


def status_rows(audit: engine.Audit, at: datetime | None = None) -> list[dict[str, Any]]:
    return audit.status(as_of=None if at is None else stamp(at)).rows()


def intervals_of(audit: engine.Audit) -> INTERVALS:
    found: INTERVALS = {}
    for row in audit.timeline().rows():
        found.setdefault(key_of(row), []).append(row)
    return found


def moments(rows: list[Row]) -> list[datetime]:
    """Before all events, at each, just before and just after each."""
    times = sorted({row.at for row in rows})
    near = [time + shift for time in times for shift in (-MICROSECOND, 0 * TICK, MICROSECOND)]
    return [START - TICK, *near, times[-1] + timedelta(days=1000)]


@FAIR
@given(reports(), HISTORIES, st.sampled_from([0, 1]))
def test_as_of_the_last_instant_is_now(
    tmp_path: Path, rows: list[Row], history: str, tolerance: float
) -> None:
    path = write(tmp_path / "r.csv", rows)
    audit = engine.audit(path, now=NOW, history=history, tolerance=tolerance)
    now = status_rows(audit)
    last = max(row.at for row in rows)
    assert status_rows(audit, last) == now
    assert status_rows(audit, last + timedelta(days=365)) == now
    assert status_rows(audit, START - MICROSECOND) == []


@FAIR
@given(reports(), HISTORIES, st.data())
def test_as_of_is_the_replay_of_what_had_happened(
    tmp_path: Path, rows: list[Row], history: str, data: st.DataObject
) -> None:
    moment = data.draw(st.sampled_from(moments(rows)))
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, history=history)
    earlier = [row for row in rows if row.at <= moment]
    if not earlier:
        assert status_rows(audit, moment) == []
        return
    prefix = engine.audit(write(tmp_path / "p.csv", earlier), now=NOW, history=history)
    assert status_rows(audit, moment) == status_rows(prefix)


@FAIR
@given(reports(), HISTORIES, st.sampled_from([0, 0.5, 1]))
def test_intervals_have_no_gap_and_no_overlap(
    tmp_path: Path, rows: list[Row], history: str, tolerance: float
) -> None:
    path = write(tmp_path / "r.csv", rows)
    audit = engine.audit(path, now=NOW, history=history, tolerance=tolerance)
    found = intervals_of(audit)
    status = {key_of(row): row for row in status_rows(audit)}
    assert set(found) == set(status)
    for key, intervals in found.items():
        assert intervals[-1]["valid_to"] is None
        for before, after in pairwise(intervals):
            assert before["valid_to"] == after["valid_from"] > before["valid_from"]
            assert before["possible"] != after["possible"]
        for each in intervals:
            uncertain = len(each["possible"]) > 1
            assert each["status"] == ("uncertain" if uncertain else each["possible"][0])
        now = status[key]
        assert (intervals[-1]["status"], intervals[-1]["possible"]) == (
            now["status"],
            now["possible"],
        )
        assert intervals[-1]["valid_from"] == now["since"]


@FAIR
@given(reports(repeats=False), HISTORIES)
def test_a_timeline_begins_with_the_first_event(
    tmp_path: Path, rows: list[Row], history: str
) -> None:
    events = [row for row in rows if row.type != "lesson"]
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, history=history)
    first: dict[Key, datetime] = {}
    for row in events:
        key = (row.email.strip().lower(), row.content_type, row.title.strip())
        first[key] = min(first.get(key, row.at), row.at)
    found = intervals_of(audit)
    assert {key: intervals[0]["valid_from"] for key, intervals in found.items()} == first
    times = {row.at for row in events}
    for intervals in found.values():
        assert {each["valid_from"] for each in intervals} <= times
        assert all(each["row"] >= 2 and each["type"] for each in intervals)


@FAIR
@given(reports(), HISTORIES, st.data())
def test_the_interval_that_contains_an_instant_has_the_status_as_of_it(
    tmp_path: Path, rows: list[Row], history: str, data: st.DataObject
) -> None:
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, history=history)
    found = intervals_of(audit)
    chosen = data.draw(st.lists(st.sampled_from(moments(rows)), min_size=1, max_size=4))
    for moment in chosen:
        containing = {
            key: (each["status"], each["possible"], each["valid_from"])
            for key, intervals in found.items()
            for each in intervals
            if each["valid_from"] <= moment
            and (each["valid_to"] is None or moment < each["valid_to"])
        }
        as_of = {
            key_of(row): (row["status"], row["possible"], row["since"])
            for row in status_rows(audit, moment)
        }
        assert as_of == containing


@FAIR
@given(reports(streams=4), st.data())
def test_one_learner_or_content_alone_is_the_same_as_among_others(
    tmp_path: Path, rows: list[Row], data: st.DataObject
) -> None:
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW)
    row = data.draw(st.sampled_from(rows))
    learner, title = row.email.strip().lower(), row.title.strip()
    choices: list[dict[str, str]] = [
        {"learner": row.email},
        {"content": row.title},
        {"learner": row.email, "content": row.title},
    ]
    for choice in choices:
        for table in (audit.status, audit.timeline):
            expected = [
                each
                for each in table().rows()
                if ("learner" not in choice or each["learner"] == learner)
                and ("content" not in choice or each["content_title"] == title)
            ]
            assert table(**choice).rows() == expected
