"""The columnar reader and writer agree with their slow twins, and those with datetime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.instants import (
    TimestampRules,
    column_date_order,
    format_utc,
    format_utc_column,
    parse_column,
    parse_text,
)
from engine.instants import columns as instants_columns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "GMT"]
FORMATS = [
    "%d.%m.%Y %H:%M",
    "%Y%m%d%H%M%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S%z",
    "%m/%d/%Y %I:%M %p",
    "%b %d %Y %I:%M %p",
    "%y%m%d",
]


def digits(low: int, high: int, width: int) -> st.SearchStrategy[str]:
    """A number mostly within its limits, now and then any of that width."""
    inside = st.integers(low, high)
    return st.one_of(inside, inside, inside, st.integers(0, 10**width - 1)).map(
        lambda number: f"{number:0{width}}"
    )


def joined(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(
        "".join
    )


def maybe(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | part


def number(low: int, high: int) -> st.SearchStrategy[str]:
    return st.one_of(digits(low, high, 1), digits(low, high, 2))


YEAR = st.one_of(digits(2000, 2030, 4), digits(1, 9999, 4), st.sampled_from(["0001", "9999"]))
MONTH, DAY = digits(1, 12, 2), digits(1, 31, 2)
HOUR, SIXTY = digits(0, 23, 2), digits(0, 59, 2)
FRACTION = joined(st.sampled_from(".,"), st.text("0123456789", min_size=1, max_size=10))
OFFSET = joined(
    maybe(st.just(" ")), st.sampled_from("+-"), HOUR, maybe(joined(maybe(st.just(":")), SIXTY))
)
ZONE = st.one_of(OFFSET, st.sampled_from(["Z", " Z", " UTC", " gmt", "UTC", "z", " EST"]))
ISO = joined(
    YEAR, "-", MONTH, "-", DAY,
    maybe(
        joined(
            st.sampled_from(["T", " ", "t"]), HOUR, ":", SIXTY,
            maybe(joined(":", SIXTY, maybe(FRACTION))), maybe(ZONE),
        )
    ),
)  # fmt: skip
BASIC = joined(YEAR, MONTH, DAY, maybe(joined("T", HOUR, SIXTY, SIXTY, maybe(st.just("Z")))))
HALF = st.sampled_from([" AM", " PM", "am", "pM", " a.m.", "p.m.", "\u202fPM", "\u00a0AM", " xm"])
MARK = st.sampled_from("/-.")
CLOCK = joined(
    st.sampled_from([" ", ", ", ","]),
    number(0, 23), ":", SIXTY, maybe(joined(":", SIXTY)), maybe(HALF),
)  # fmt: skip


@st.composite
def slashes(draw: st.DrawFn) -> str:
    mark = draw(MARK)
    other = draw(st.just(mark) | MARK)
    year = draw(YEAR | digits(0, 99, 2))
    return draw(number(1, 31)) + mark + draw(number(1, 31)) + other + year + draw(maybe(CLOCK))


EPOCHS = joined(
    st.integers(7, 14).flatmap(lambda width: digits(0, 10**width - 1, width)), maybe(FRACTION)
)
FORMATTED = st.builds(
    lambda time, form, zone: time.strftime(form) + zone * form.endswith("S%z"),
    st.datetimes(datetime(1900, 1, 1)),
    st.sampled_from(FORMATS),
    ZONE,
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A timestamp with one character replaced, dropped or doubled."""
    text = draw(st.one_of(ISO, BASIC, slashes(), EPOCHS))
    at = draw(st.integers(0, len(text) - 1))
    return (
        text[:at]
        + draw(st.sampled_from(["", "x", "9", "é", " ", "٣", text[at] * 2]))
        + text[at + 1 :]
    )


PADDED = joined(st.sampled_from([" ", "\t", "\u2003"]), ISO | slashes(), st.sampled_from(["", " "]))
TEXTS = st.one_of(ISO, BASIC, slashes(), EPOCHS, FORMATTED, damaged(), PADDED, st.text(max_size=70))
CELLS = st.none() | TEXTS
RULES = st.builds(
    TimestampRules,
    timezone=st.sampled_from(ZONES),
    date_order=st.sampled_from([None, "dmy", "mdy"]),
    timestamp_format=st.sampled_from([None, None, None, *FORMATS]),
)


def outcome_slow(cells: Sequence[str | None], rules: TimestampRules) -> list[int | None] | str:
    try:
        order = column_date_order(cells, rules, file="f")
    except InputError as fault:
        return str(fault)
    return [None if cell is None else parse_text(cell, rules, order) for cell in cells]


def outcome_fast(column: pa.ChunkedArray, rules: TimestampRules) -> list[int | None] | str:
    try:
        instants, valid = parse_column(column, rules, file="f")
    except InputError as fault:
        return str(fault)
    assert instants.flags.c_contiguous
    assert not instants[~valid].any()
    return [int(a) if b else None for a, b in zip(instants, valid, strict=True)]


@settings(max_examples=150, deadline=None)
@given(
    cells=st.lists(CELLS, max_size=12),
    times=st.integers(1, 20),
    rules=RULES,
    cuts=st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 100)),
    kind=st.sampled_from([pa.string(), pa.large_string()]),
)
@example(
    ["0001-01-01 00:00:00", "9999-12-31 23:59:59"], 1, TimestampRules("GMT"), (0, 0, 0), pa.string()
)
def test_columns_agree_with_cells(
    cells: list[str | None],
    times: int,
    rules: TimestampRules,
    cuts: tuple[int, int, int],
    kind: pa.DataType,
) -> None:
    """Whatever the mixture, the order, the nulls and the way the column is cut."""
    texts = cells * times
    whole = pa.array(texts, kind)
    first, last, middle = cuts
    part = whole.slice(first, max(0, len(whole) - first - last))
    middle = min(middle, len(part))
    column = pa.chunked_array([part.slice(0, middle), part.slice(middle)], type=kind)
    assert outcome_fast(column, rules) == outcome_slow(part.to_pylist(), rules)


@settings(max_examples=120, deadline=None)
@given(
    shape=st.one_of(ISO, BASIC, slashes(), EPOCHS, PADDED),
    seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=300),
    rules=RULES,
)
def test_texts_of_one_shape_agree(shape: str, seeds: list[int], rules: TimestampRules) -> None:
    """Digits drawn at random within a shape: the road that most columns take."""
    texts: list[str | None] = [redrawn(shape, seed) for seed in seeds]
    column = pa.chunked_array([pa.array(texts, pa.string())])
    assert outcome_fast(column, rules) == outcome_slow(texts, rules)


@settings(max_examples=120, deadline=None)
@given(
    time=st.datetimes(datetime(1000, 1, 1)),
    zone=ZONE,
    form=st.sampled_from(FORMATS),
    seeds=st.lists(st.integers(0, 2**63 - 1), max_size=100),
)
def test_texts_of_a_format_agree(time: datetime, zone: str, form: str, seeds: list[int]) -> None:
    """A text that strptime reads, and its like with other digits."""
    text = time.strftime(form) + (zone if form.endswith("%z") else "")
    texts: list[str | None] = [text, *(redrawn(text, seed) for seed in seeds)]
    rules = TimestampRules(timestamp_format=form)
    column = pa.chunked_array([pa.array(texts, pa.string())])
    assert outcome_fast(column, rules) == outcome_slow(texts, rules)


def redrawn(shape: str, seed: int) -> str:
    """The text with some digits changed, the same ones for the same seed."""
    text = ""
    for place in shape:
        seed, digit = divmod(seed * 31 + 7, 10)
        text += str(digit) if place in "0123456789" and digit < 4 else place
    return text


@settings(deadline=None)
@given(st.lists(st.integers(1, 31), min_size=2, max_size=2), st.lists(slashes(), max_size=6))
def test_no_date_is_read_in_two_orders(parts: list[int], others: list[str]) -> None:
    """If the first cell could be read either way and was, then some other cell decided."""
    texts: list[str | None] = [f"{parts[0]}/{parts[1]}/2024", *others]
    column = pa.chunked_array([pa.array(texts, pa.string())])
    assert outcome_fast(column, TimestampRules()) == outcome_slow(texts, TimestampRules())


def since_epoch(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),
    st.integers(-1439, 1439) | st.none(),
    st.sampled_from(ZONES),
)
def test_iso_texts_mean_what_datetime_says(time: datetime, minutes: int | None, zone: str) -> None:
    if minutes is None:
        meant = time.replace(tzinfo=ZoneInfo(zone))
        text = time.isoformat()
    else:
        meant = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        text = meant.isoformat()
    rules = TimestampRules(timezone=zone)
    assert parse_text(text, rules, None) == since_epoch(meant)
    assert outcome_fast(pa.chunked_array([[text]]), rules) == [since_epoch(meant)]


@given(st.datetimes(datetime(1, 1, 1)), st.sampled_from(["dmy", "mdy"]), st.booleans())
def test_slash_texts_mean_what_datetime_says(time: datetime, order: str, halves: bool) -> None:
    time = time.replace(microsecond=0)
    date = f"{time.day}/{time.month}" if order == "dmy" else f"{time.month}/{time.day}"
    hour = f"{time.hour % 12 or 12}" if halves else f"{time.hour}"
    end = (" AM" if time.hour < 12 else " PM") if halves else ""
    text = f"{date}/{time.year:04} {hour}:{time.minute:02}:{time.second:02}{end}"
    rules = TimestampRules(date_order=order)  # type: ignore[arg-type]
    meant = since_epoch(time.replace(tzinfo=UTC))
    assert outcome_fast(pa.chunked_array([[text]]), rules) == [meant]
    assert parse_text(text, rules, order) == meant  # type: ignore[arg-type]


INSTANTS = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(since_epoch),
    st.datetimes(timezones=st.just(UTC)).map(lambda time: since_epoch(time.replace(microsecond=0))),
    st.integers(0, 2 * 10**12).map(lambda ms: ms * 1000),
)


@given(st.lists(INSTANTS, max_size=30), st.randoms(use_true_random=False))
def test_written_instants_read_back(instants: list[int], chance: object) -> None:
    """And both writers write alike, in the fewest of 0, 3 or 6 digits."""
    array = np.array(instants, np.int64)
    texts = format_utc_column(array)
    texts.validate(full=True)
    assert texts.to_pylist() == [format_utc(instant) for instant in instants]
    back, valid = parse_column(pa.chunked_array([texts]), TimestampRules(), file="f")
    assert valid.all()
    assert back.tolist() == instants
    for text in texts.to_pylist():
        _, _, fraction = text[:-1].partition(".")
        assert len(fraction) in (0, 3, 6)
        assert fraction != "000"
        assert not (len(fraction) == 6 and fraction.endswith("000"))


ALIKE = joined(
    YEAR, "-", MONTH, "-", DAY, st.sampled_from(["T", " ", "t", "-"]), HOUR, ":", SIXTY, ":", SIXTY,
)  # fmt: skip
STRANGE = st.sampled_from(
    ["2024-05-01 10:00+07", "2024-05-01 100000.5", "0000-01-01 00:00:00", "2024-05-01 10:00:0x"]
)


@settings(max_examples=120, deadline=None)
@example(["0000-01-01 00:00:00", "2024-05-01 10:00:00"], "Z", "UTC")
@example(["2024-05-01 24:00:00"], "", "UTC")
@given(
    st.lists(st.one_of(ALIKE, ALIKE, ALIKE, STRANGE), min_size=1, max_size=6),
    st.sampled_from(["", "Z", "z", " "]),
    st.sampled_from(ZONES),
)
def test_a_block_read_at_once_is_as_it_is_read_by_shape(
    texts: list[str], end: str, zone: str
) -> None:
    column = pa.chunked_array([pa.array([text + end for text in texts])])
    at_once = parse_column(column, TimestampRules(zone), file="x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instants_columns, "iso_instants", lambda cells, rules: None)
        by_shape = parse_column(column, TimestampRules(zone), file="x")
    assert [each.tolist() for each in at_once] == [each.tolist() for each in by_shape]
