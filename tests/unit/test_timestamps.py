"""Every form of timestamp, the date order of a column, zones, boundaries, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones
from zoneinfo._zoneinfo import ZoneInfo as TransparentZone  # the same in Python: shows its table

import numpy as np
import pyarrow as pa
import pytest

from engine.errors import InputError, UsageError
from engine.instants import (
    TimestampRules,
    column_date_order,
    format_utc,
    format_utc_column,
    parse_column,
    parse_instant,
    parse_text,
)

UTC_RULES = TimestampRules()


def us(text: str) -> int:
    """The oracle: microseconds by the standard library."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def both(text: str | None, rules: TimestampRules = UTC_RULES) -> int | None:
    """Read one cell through either reader and insist that they agree."""
    column = pa.chunked_array([pa.array([text], pa.string())])
    instants, valid = parse_column(column, rules, file="f.csv")
    order = column_date_order([text], rules, file="f.csv")
    slow = None if text is None else parse_text(text, rules, order)
    assert (int(instants[0]) if valid[0] else None) == slow
    assert valid[0] or instants[0] == 0
    return slow


VALID = {
    # ISO 8601
    "2024-03-01": "2024-03-01T00:00:00Z",
    "2024-03-01T10:11": "2024-03-01T10:11:00Z",
    "2024-03-01 10:11:12": "2024-03-01T10:11:12Z",
    "  2024-03-01 10:11:12\t\n": "2024-03-01T10:11:12Z",
    "2024-03-01T10:11:12Z": "2024-03-01T10:11:12Z",
    "2023-02-10T16:44:45.084Z": "2023-02-10T16:44:45.084Z",
    "2024-03-01T10:11:12,5": "2024-03-01T10:11:12.500Z",
    "2024-03-01T10:11:12.123456789": "2024-03-01T10:11:12.123456Z",
    "2024-03-01T10:11:12.1234569Z": "2024-03-01T10:11:12.123456Z",
    "2024-03-01T10:11:12+05": "2024-03-01T05:11:12Z",
    "2024-03-01T10:11:12-0530": "2024-03-01T15:41:12Z",
    "2024-03-01T10:11:12.5+05:30": "2024-03-01T04:41:12.500Z",
    "2024-03-01 10:11:12 +05:30": "2024-03-01T04:41:12Z",
    "2024-03-01 10:11:12 Z": "2024-03-01T10:11:12Z",
    "2024-03-01 10:11:12 UTC": "2024-03-01T10:11:12Z",
    "2024-03-01 10:11:12 gmt": "2024-03-01T10:11:12Z",
    "2024-03-01 10:11 Utc": "2024-03-01T10:11:00Z",
    "2024-02-29": "2024-02-29T00:00:00Z",
    "2000-02-29": "2000-02-29T00:00:00Z",
    "0001-01-01": "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999": "9999-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59.999999": "1969-12-31T23:59:59.999999Z",
    # basic
    "20240301": "2024-03-01T00:00:00Z",
    "20240301T101112": "2024-03-01T10:11:12Z",
    "20240301T101112Z": "2024-03-01T10:11:12Z",
    # slashes, with a part that decides or two equal ones
    "3/21/2024": "2024-03-21T00:00:00Z",
    "21/3/2024": "2024-03-21T00:00:00Z",
    "03/03/2024": "2024-03-03T00:00:00Z",
    "21-03-2024": "2024-03-21T00:00:00Z",
    "21.3.2024 7:05": "2024-03-21T07:05:00Z",
    "12/31/2024 14:05": "2024-12-31T14:05:00Z",
    "12/31/2024, 2:05:09 PM": "2024-12-31T14:05:09Z",
    "12/31/2024 2:05pm": "2024-12-31T14:05:00Z",
    "12/31/2024 12:05 AM": "2024-12-31T00:05:00Z",
    "12/31/2024 12:05 p.m.": "2024-12-31T12:05:00Z",
    "12/31/2024 1:05 A.m.": "2024-12-31T01:05:00Z",
    "12/31/2024, 2:05:09\u202fPM": "2024-12-31T14:05:09Z",
    "\u00a012/31/2024 2:05 AM": "2024-12-31T02:05:00Z",
    # epoch
    "999999999": "2001-09-09T01:46:39Z",
    "1709287872": "2024-03-01T10:11:12Z",
    "1709287872.5": "2024-03-01T10:11:12.500Z",
    "1709287872.1234567": "2024-03-01T10:11:12.123456Z",
    "1709287872123": "2024-03-01T10:11:12.123Z",
    "170928787212": "1975-06-02T08:13:07.212Z",
}

INVALID = [
    "",
    " ",
    "n/a",
    "2024",
    "2024-03",
    "2024-3-1",
    "2024-02-30",
    "2023-02-29",
    "1900-02-29",
    "2024-00-10",
    "2024-13-10",
    "2024-10-00",
    "0000-01-01",
    "2024-03-01T",
    "2024-03-01T10",
    "2024-03-01T1:02",
    "2024-03-01T24:00",
    "2024-03-01T24:00:00",
    "2024-03-01T10:60",
    "2024-03-01T23:59:60",
    "2024-03-01t10:11:12",
    "2024-03-01T10:11:12z",
    "2024-03-01T10:11:12.",
    "2024-03-01T10:11:12.1234567890",
    "2024-03-01T10:11.5",
    "2024-03-01T10:11:12+5",
    "2024-03-01T10:11:12+24:00",
    "2024-03-01T10:11:12+05:60",
    "2024-03-01T10:11:12  UTC",
    "2024-03-01T10:11:12UTC",
    "2024-03-01T10:11:12 EST",
    "2024-03-01Z",
    "2024/03/01",
    "2024-03-01  10:11:12",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-00:01",
    "20240230",
    "20240301T1011",
    "20240301 101112",
    "31/02/2024",
    "2/30/2024",
    "13/13/2024",
    "0/5/2024",
    "40/5/2024",
    "3/21/24",
    "3/21-2024",
    "3/21/2024T10:11",
    "3/21/2024 13:05 PM",
    "3/21/2024 0:05 AM",
    "3/21/2024 24:00",
    "3/21/2024 2 PM",
    "3/21/2024 2:05 XM",
    "3/21/2024 2:05 a.m",
    "12345678",
    "12345678901",
    "12345678901234",
    "-1709287872",
    "1709287872123.5",
    "1.7e9",
    "٢٠٢٤-٠٣-٠١",
    "2024-03-0１",
    "2024-03-01\x00",
    "x" * 200,
]


@pytest.mark.parametrize(("text", "meant"), VALID.items())
def test_forms_understood(text: str, meant: str) -> None:
    read = both(text)
    assert read == us(meant)
    assert format_utc(us(meant)) == meant


@pytest.mark.parametrize("text", INVALID)
def test_nothing_else_is_understood(text: str) -> None:
    assert both(text) is None


def test_null_is_invalid() -> None:
    assert both(None) is None


def test_all_forms_in_one_column() -> None:
    texts: list[str | None] = [*VALID, None, *INVALID] * 40
    rules = TimestampRules(date_order="dmy")
    whole = pa.array(texts, pa.large_string())
    column = pa.chunked_array([whole.slice(0, 7), whole.slice(7, 0), whole.slice(7)])
    instants, valid = parse_column(column, rules, file="f.csv")
    slow = [None if text is None else parse_text(text, rules, "dmy") for text in texts]
    assert [int(a) if b else None for a, b in zip(instants, valid, strict=True)] == slow


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.null()])
def test_columns_without_rows_or_values(kind: pa.DataType) -> None:
    instants, valid = parse_column(pa.chunked_array([], type=kind), UTC_RULES, file="f.csv")
    assert instants.dtype == np.int64
    assert valid.dtype == np.bool_
    assert len(instants) == len(valid) == 0
    _, valid = parse_column(
        pa.chunked_array([pa.nulls(3, kind), pa.nulls(0, kind)]), UTC_RULES, file="f.csv"
    )
    assert valid.tolist() == [False] * 3


def test_many_blocks_and_chunks() -> None:
    start = us("2024-03-01T00:00:00Z")
    expected = start + np.arange(600_000, dtype=np.int64) * 1_000_000
    texts = format_utc_column(expected)
    instants, valid = parse_column(
        pa.chunked_array([texts.slice(0, 100), texts.slice(100)]), UTC_RULES, file="f.csv"
    )
    assert valid.all()
    assert (instants == expected).all()


class TestDateOrder:
    @staticmethod
    def read(texts: list[str | None], **options: str) -> list[str | None]:
        rules = TimestampRules(**options)  # type: ignore[arg-type]
        column = pa.chunked_array([pa.array(texts, pa.string())])
        instants, valid = parse_column(column, rules, file="f.csv")
        return [format_utc(int(a)) if b else None for a, b in zip(instants, valid, strict=True)]

    def test_a_value_decides_for_the_whole_column(self) -> None:
        assert self.read(["3/1/2024", "21/3/2024"]) == [
            "2024-01-03T00:00:00Z",
            "2024-03-21T00:00:00Z",
        ]
        assert self.read(["3/1/2024", "3/21/2024"]) == [
            "2024-03-01T00:00:00Z",
            "2024-03-21T00:00:00Z",
        ]

    def test_a_value_far_down_decides(self) -> None:
        texts: list[str | None] = ["3/1/2024 14:05"] * 400_000 + ["2024-03-01", None, "21/3/2024"]
        read = self.read(texts)
        assert read[0] == read[399_999] == "2024-01-03T14:05:00Z"
        assert read[-2:] == [None, "2024-03-21T00:00:00Z"]

    def test_an_impossible_day_still_tells_the_order(self) -> None:
        assert self.read(["31/02/2024", "3/1/2024"]) == [None, "2024-01-03T00:00:00Z"]

    @pytest.mark.parametrize("other", ["2024-03-01", "3/3/2024", "40/1/2024", "13/13/2024", None])
    def test_nothing_decides(self, other: str | None) -> None:
        with pytest.raises(
            InputError, match=r"f\.csv: .*could be day-first or month-first"
        ) as fault:
            self.read([other, " 3/1/2024 10:00"])
        assert "'3/1/2024 10:00'" in str(fault.value)
        assert fault.value.remedy == "give --date-order dmy or mdy"

    def test_values_contradict_each_other(self) -> None:
        with pytest.raises(InputError, match=r"could be day-first or month-first.*--date-order"):
            self.read(["21/3/2024", "3/21/2024"])

    def test_equal_parts_need_no_order(self) -> None:
        assert self.read(["3/3/2024"]) == ["2024-03-03T00:00:00Z"]

    def test_the_option_wins_over_the_values(self) -> None:
        assert self.read(["21/3/2024", "3/21/2024"], date_order="dmy") == [
            "2024-03-21T00:00:00Z",
            None,
        ]
        assert self.read(["3/1/2024"], date_order="mdy") == ["2024-03-01T00:00:00Z"]

    def test_the_slow_twin_refuses_the_same(self) -> None:
        with pytest.raises(InputError, match="could be day-first or month-first"):
            column_date_order([None, "3/1/2024"], UTC_RULES, file="f.csv")
        assert parse_text("3/1/2024", UTC_RULES, None) is None


class TestZones:
    @pytest.mark.parametrize(
        ("zone", "local", "meant"),
        [
            ("Europe/Paris", "2024-03-31 01:59:59", "2024-03-31T00:59:59Z"),
            # skipped by the clock: counts with the offset before
            ("Europe/Paris", "2024-03-31 02:30:00", "2024-03-31T01:30:00Z"),
            ("Europe/Paris", "2024-03-31 03:00:00", "2024-03-31T01:00:00Z"),
            # comes twice: the first
            ("Europe/Paris", "2024-10-27 02:30:00", "2024-10-27T00:30:00Z"),
            ("Europe/Paris", "2024-10-27 03:00:00", "2024-10-27T02:00:00Z"),
            ("Europe/Paris", "10/27/2024 2:30 AM", "2024-10-27T00:30:00Z"),
            ("America/New_York", "2024-11-03", "2024-11-03T04:00:00Z"),
            ("Asia/Kathmandu", "2024-03-01 00:00:00", "2024-02-29T18:15:00Z"),
            # local mean time has seconds
            ("Europe/Berlin", "1893-03-31 23:59:59", "1893-03-31T23:06:31Z"),
            ("Australia/Lord_Howe", "2024-04-07 01:45:00", "2024-04-06T14:45:00Z"),
            ("Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z"),
            ("Europe/Paris", "2024-03-31 02:30:00Z", "2024-03-31T02:30:00Z"),
            ("Europe/Paris", "1709287872", "2024-03-01T10:11:12Z"),
            ("America/New_York", "0001-01-01", "0001-01-01T04:56:02Z"),
            ("Asia/Tokyo", "9999-12-31 23:59:59", "9999-12-31T14:59:59Z"),
        ],
    )
    def test_naive_times_are_in_the_zone(self, zone: str, local: str, meant: str) -> None:
        assert both(local, TimestampRules(timezone=zone)) == us(meant)

    @pytest.mark.parametrize(
        ("zone", "local"),
        [("Asia/Tokyo", "0001-01-01 08:00:00"), ("America/New_York", "9999-12-31 23:00:00")],
    )
    def test_a_year_outside_the_calendar_is_invalid(self, zone: str, local: str) -> None:
        assert both(local, TimestampRules(timezone=zone)) is None

    def test_no_zone_switches_twice_within_a_day(self) -> None:
        """The ground on which zones.py asks zoneinfo at a day's two ends only."""
        for name in sorted(available_timezones() - {"localtime"}):
            zone = TransparentZone(name)
            offsets = [kind.utcoff for kind in zone._ttinfos]
            switches = [
                at
                for at, before, after in zip(
                    zone._trans_utc[1:], offsets[:-1], offsets[1:], strict=True
                )
                if before != after
            ]
            gaps = [late - early for early, late in pairwise(switches)]
            assert min(gaps, default=10**9) > 2 * 86_400, name

    @pytest.mark.parametrize("zone", sorted(available_timezones() - {"localtime"})[::7])
    def test_zones_agree_on_days_that_switch(self, zone: str) -> None:
        days = ["2011-12-30", "1994-12-31", "1972-04-30", "2024-03-31", "2024-10-27"]
        texts = [
            f"{day} {hour:02}:{half}:00" for day in days for hour in range(24) for half in (15, 45)
        ]
        rules = TimestampRules(timezone=zone)
        instants, _ = parse_column(pa.chunked_array([texts]), rules, file="f.csv")
        assert instants.tolist() == [parse_text(text, rules, None) for text in texts]

    @pytest.mark.parametrize("zone", ["Mars/Base", "", "Europe", "../etc/passwd", "Paris", "/etc"])
    def test_unknown_zones(self, zone: str) -> None:
        with pytest.raises(UsageError, match=r"time zone.*give an IANA name"):
            TimestampRules(timezone=zone)


class TestFormat:
    @pytest.mark.parametrize(
        ("form", "text", "meant"),
        [
            ("%d.%m.%Y %H:%M", "01.03.2024 10:11", "2024-03-01T10:11:00Z"),
            ("%d.%m.%Y %H:%M", "1.3.2024 9:11", "2024-03-01T09:11:00Z"),
            ("%d.%m.%Y %H:%M", " 01.03.2024   10:11 ", "2024-03-01T10:11:00Z"),
            ("%Y%m%d%H%M%S", "20240301101112", "2024-03-01T10:11:12Z"),
            ("%Y-%m-%d %H:%M:%S.%f", "2024-03-01 10:11:12.5", "2024-03-01T10:11:12.5Z"),
            ("%Y-%m-%d %H:%M:%S.%f", "2024-03-01 10:11:12.123456", "2024-03-01T10:11:12.123456Z"),
            ("%b %d, %Y %I:%M %p", "Mar 01, 2024 02:05 PM", "2024-03-01T14:05:00Z"),
            ("%Y-%m-%dT%H:%M:%S%z", "2024-03-01T10:11:12+05:30", "2024-03-01T04:41:12Z"),
            ("%Y-%m-%dT%H:%M:%S%z", "2024-03-01T10:11:12Z", "2024-03-01T10:11:12Z"),
            # strptime takes the 10 for the offset's seconds
            ("%d/%m/%Y%z%H%M", "01/03/2024+05301011", "2024-02-29T19:30:50Z"),
            ("%d/%m/%y", "01/03/24", "2024-03-01T00:00:00Z"),
            ("ON %Y-%m-%d", "on 2024-03-01", "2024-03-01T00:00:00Z"),
        ],
    )
    def test_the_format_is_followed(self, form: str, text: str, meant: str) -> None:
        assert both(text, TimestampRules(timestamp_format=form)) == us(meant)

    @pytest.mark.parametrize(
        "text",
        [
            "2024-03-01",
            "31.02.2024 10:11",
            "00.03.2024 10:11",
            "01.03.2024 24:00",
            "1709287872",
            "",
        ],
    )
    def test_nothing_else_is_understood(self, text: str) -> None:
        assert both(text, TimestampRules(timestamp_format="%d.%m.%Y %H:%M")) is None

    def test_naive_results_are_in_the_zone(self) -> None:
        rules = TimestampRules(timezone="Europe/Paris", timestamp_format="%d.%m.%Y %H:%M")
        assert both("01.07.2024 10:11", rules) == us("2024-07-01T08:11:00Z")

    @pytest.mark.parametrize(
        "form",
        [
            "",
            "%",
            "%Q",
            "%H:%M",
            "%Y-%m",
            "%d.%m",
            "%Y %Y-%m-%d",
            "%Y-%m-%d %Z",
            "%-d.%m.%Y",
            "%z%Y%m%d",
        ],
    )
    def test_formats_that_fix_no_date_are_refused(self, form: str) -> None:
        with pytest.raises(UsageError, match="timestamp format"):
            TimestampRules(timestamp_format=form)


class TestInstant:
    @pytest.mark.parametrize(
        ("text", "zone", "meant"),
        [
            ("2024-03-01", "UTC", "2024-03-01T23:59:59.999999Z"),
            ("20240301", "Europe/Paris", "2024-03-01T22:59:59.999999Z"),
            ("3/21/2024", "UTC", "2024-03-21T23:59:59.999999Z"),
            ("2024-03-01T10:00", "Europe/Paris", "2024-03-01T09:00:00Z"),
            ("2024-03-01T10:00:00Z", "Europe/Paris", "2024-03-01T10:00:00Z"),
            ("1709287872", "Europe/Paris", "2024-03-01T10:11:12Z"),
            # the clock goes back from 00:01 to 23:01: the day ends the second time
            ("2010-11-06", "America/St_Johns", "2010-11-07T03:29:59.999999Z"),
            # the clock goes from 24:00 to 01:00
            ("2023-04-27", "Africa/Cairo", "2023-04-27T21:59:59.999999Z"),
            ("9999-12-31", "UTC", "9999-12-31T23:59:59.999999Z"),
            ("9999-12-31", "America/New_York", "9999-12-31T23:59:59.999999Z"),
        ],
    )
    def test_a_date_means_its_end(self, text: str, zone: str, meant: str) -> None:
        assert parse_instant(text, zone) == us(meant)

    @pytest.mark.parametrize("text", ["", "yesterday", "2024-02-30", "3/1/2024"])
    def test_bad_instants(self, text: str) -> None:
        with pytest.raises(UsageError, match="write it as 2024-03-01"):
            parse_instant(text, "UTC")

    def test_bad_zone(self) -> None:
        with pytest.raises(UsageError, match="time zone"):
            parse_instant("2024-03-01", "Nowhere")


class TestUtcText:
    @pytest.mark.parametrize(
        ("instant", "text"),
        [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_000, "1970-01-01T00:00:00.001Z"),
            (1, "1970-01-01T00:00:00.000001Z"),
            (us("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z"),
            (us("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z"),
        ],
    )
    def test_either_writer(self, instant: int, text: str) -> None:
        assert format_utc(instant) == text
        column = format_utc_column(np.array([instant], np.int64))
        column.validate(full=True)
        assert column.to_pylist() == [text]

    def test_columns(self) -> None:
        assert format_utc_column(np.array([], np.int64)).to_pylist() == []
        column = format_utc_column(np.array([0, 1 << 62], np.int64), np.array([True, False]))
        column.validate(full=True)
        assert column.to_pylist() == ["1970-01-01T00:00:00Z", None]

    @pytest.mark.parametrize("instant", [us("0001-01-01T00:00:00Z") - 1, 1 << 62])
    def test_years_that_cannot_be_written(self, instant: int) -> None:
        with pytest.raises(ValueError, match="outside the years 1"):
            format_utc(instant)
        with pytest.raises(ValueError, match="outside the years 1"):
            format_utc_column(np.array([instant], np.int64))
