"""Summaries and validity are what their slow twins say, at any instant, in any zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slow_summary import (
    VALIDITIES,
    Record,
    end_of_month,
    group,
    later,
    records_at,
    streams_of,
    validity,
)
from strategies import NOW, Row, reports, write

import engine
from engine.instants.periods import Period, add_period
from engine.projection import groups
from engine.projection.policy import Policy, Rule

FAIR = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HISTORIES = st.sampled_from(["complete", "partial"])
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York"])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

SLOW_TICKS = st.sampled_from([400_000, 1_600_001, 6_300_000])
"""Half seconds that one tick of a report is drawn apart to: two days to a month."""

lengths = st.builds(Period, st.integers(1, 14), st.sampled_from(["day", "month", "month", "year"]))
policies = st.lists(
    st.builds(
        Rule,
        content=st.sampled_from([None, "b*", "c*", "bc"]),
        content_type=st.sampled_from([None, None, "c", "cb"]),
        length=lengths,
        of_completion=st.booleans(),
        warn=st.one_of(st.just(Period(0, "day")), lengths),
        ends_with_access=st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(lambda rules: Policy(tuple(rules)))


def slowed(rows: list[Row], factor: int) -> list[Row]:
    return [row._replace(tick=row.tick * factor) for row in rows]


def untied(rows: list[Row]) -> list[Row]:
    """The same rows, each at an instant of its own."""
    return [row._replace(tick=row.tick + place * 7) for place, row in enumerate(rows)]


def validities(
    records: list[Record], policy: Policy, moment: datetime, zone: str, history: str
) -> dict[str, int]:
    told = [validity(each, policy, moment, zone, history)[0] for each in records]
    return {column: told.count(name) for name, column in VALIDITIES.items()}


@FAIR
@given(reports(), SLOW_TICKS, HISTORIES, st.sampled_from(["content", "panorama", "content_type"]))
def test_groups_are_those_of_the_slow_twin(
    tmp_path: Path, rows: list[Row], factor: int, history: str, by: Any
) -> None:
    rows = slowed(rows, factor)
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, history=history)
    streams = streams_of(rows)
    times = sorted(row.at for row in rows)
    for at in (None, times[len(times) // 2]):
        records = records_at(audit, streams, at or times[-1], history)
        field = "content_title" if by == "content" else by
        names = sorted({each.row[field] for each in records})
        expected = [
            {"group": name, **group(each for each in records if each.row[field] == name)}
            for name in names
        ]
        assert (
            audit.summary_by(by, as_of=None if at is None else f"{at:%FT%T.%fZ}").rows() == expected
        )


@FAIR
@given(reports(), SLOW_TICKS, HISTORIES, ZONES, policies, st.booleans())
def test_months_are_statuses_as_of_their_ends(
    tmp_path: Path,
    rows: list[Row],
    factor: int,
    history: str,
    zone: str,
    policy: Policy,
    cut: bool,
) -> None:
    rows = untied(slowed(rows, factor))
    streams = streams_of(rows)
    if not streams:
        return
    options: dict[str, Any] = {"now": NOW, "history": history, "timezone": zone}
    audit = engine.audit(write(tmp_path / "r.csv", rows), **options)
    events = [each[0].at for stream in streams.values() for each in stream]
    until = min(events) + (max(events) - min(events)) * 2 / 3 if cut else None
    found = audit.summary_by(
        "month", as_of=None if until is None else f"{until:%FT%T.%fZ}", policy=policy
    ).rows()
    from zoneinfo import ZoneInfo

    begin = min(events).astimezone(ZoneInfo(zone))
    stop = (until or max(events)).astimezone(ZoneInfo(zone))
    months = range(begin.year * 12 + begin.month - 1, stop.year * 12 + stop.month)
    assert [row["group"] for row in found] == [f"{m // 12}-{m % 12 + 1:02}" for m in months]
    for row, month in zip(found, months, strict=True):
        end = end_of_month(month // 12, month % 12 + 1, zone)
        end = end if until is None else min(end, until)
        records = records_at(audit, streams, end, history)
        assert row == {
            "group": row["group"],
            **group(records),
            **validities(records, policy, end, zone, history),
        }


@FAIR
@given(reports(), SLOW_TICKS, HISTORIES, ZONES, policies, st.integers(0, 900))
def test_validity_is_that_of_the_slow_twin(
    tmp_path: Path,
    rows: list[Row],
    factor: int,
    history: str,
    zone: str,
    policy: Policy,
    after: int,
) -> None:
    rows = untied(slowed(rows, factor))
    options: dict[str, Any] = {"now": NOW, "history": history, "timezone": zone}
    audit = engine.audit(write(tmp_path / "r.csv", rows), **options)
    moment = min(row.at for row in rows) + timedelta(days=after)
    at = f"{moment:%FT%T.%fZ}"
    records = records_at(audit, streams_of(rows), moment, history)
    expected = [validity(each, policy, moment, zone, history) for each in records]
    found = audit.status(at, policy=policy).rows()
    assert [(row["validity"], row["valid_until"]) for row in found] == expected
    for row in audit.summary_by(as_of=at, policy=policy).rows():
        mine = [each for each in records if each.row["content_title"] == row["group"]]
        counts = validities(mine, policy, moment, zone, history)
        assert {name: row[name] for name in counts} == counts


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)),
    st.builds(Period, st.integers(1, 40), st.sampled_from(["day", "month", "year"])),
    st.sampled_from(
        [
            "UTC",
            "Europe/Paris",
            "America/New_York",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Sao_Paulo",
        ]
    ),
)
@example(datetime(2024, 1, 31, 12), Period(1, "month"), "Europe/Paris")
@example(datetime(2024, 2, 29, 12), Period(1, "year"), "Europe/Paris")
@example(datetime(2024, 2, 29, 12), Period(48, "month"), "UTC")
@example(datetime(2023, 3, 31, 0, 30), Period(1, "year"), "Europe/Paris")
@example(datetime(2024, 2, 29, 1, 30), Period(1, "month"), "Europe/Paris")
@example(datetime(2023, 12, 30, 11), Period(12, "month"), "Pacific/Apia")
@settings(deadline=None, max_examples=150)
def test_a_period_ends_where_a_walk_day_by_day_does(
    at: datetime, period: Period, zone: str
) -> None:
    start = at.replace(tzinfo=UTC)
    (found,) = add_period(np.array([(start - EPOCH) // MICROSECOND]), period, zone).tolist()
    assert EPOCH + found * MICROSECOND == later(start, period.count, period.unit, zone)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        # The last day of a shorter month; a leap day; the same local time on both sides of DST.
        ("2023-01-31T11:00:00Z", Period(1, "month"), "2023-02-28T11:00:00Z"),
        ("2024-02-29T11:00:00Z", Period(1, "year"), "2025-02-28T11:00:00Z"),
        ("2024-02-15T08:00:00Z", Period(6, "month"), "2024-08-15T07:00:00Z"),
        # 02:30 is skipped on 31 March 2024: with the offset before it is 03:30, that is 01:30 UTC.
        ("2024-02-29T01:30:00Z", Period(1, "month"), "2024-03-29T01:30:00Z"),
        ("2024-01-31T01:30:00Z", Period(2, "month"), "2024-03-31T01:30:00Z"),
        # 02:30 comes twice on 27 October 2024: it is the first.
        ("2024-09-27T00:30:00Z", Period(1, "month"), "2024-10-27T00:30:00Z"),
        # A day is 24 hours.
        ("2024-03-30T12:00:00Z", Period(1, "day"), "2024-03-31T12:00:00Z"),
        ("9999-06-01T00:00:00Z", Period(1, "year"), "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_ends_in_paris(start: str, period: Period, end: str) -> None:
    at = (datetime.fromisoformat(start) - EPOCH) // MICROSECOND
    (found,) = add_period(np.array([at]), period, "Europe/Paris").tolist()
    assert EPOCH + found * MICROSECOND == datetime.fromisoformat(end)


@given(st.data())
@settings(deadline=None)
def test_medians_do_not_depend_on_how_many_are_sorted_at_a_time(data: st.DataObject) -> None:
    """Blocks of rows, and rows between which nothing changes, have the medians of plain lists."""
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, 8), st.integers(1, 9), st.integers(-50, 50)), max_size=12)
    )
    rows = groups.Groups.__new__(groups.Groups)
    rows.names = [str(each) for each in range(9)]
    rows.first = np.array([first for first, _, _ in spans], np.int64)
    rows.stop = np.array([min(9, first + size) for first, size, _ in spans], np.int64)
    values = np.array([value for *_, value in spans], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "_AT_A_TIME", data.draw(st.integers(1, 20)))
        medians, known = rows.medians(values, np.ones(len(spans), np.bool_))
    for row in range(9):
        mine = values[(rows.first <= row) & (row < rows.stop)]
        assert known[row] == bool(len(mine))
        assert not len(mine) or medians[row] == np.median(mine)
