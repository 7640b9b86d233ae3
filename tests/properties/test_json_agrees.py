"""The columnar writers agree with slow twins: encoding row by row, and the csv module."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columns.frame import Coded, Column, Frame, Instants, Nested, Numbers
from engine.instants import format_utc
from engine.report import jsontext, write
from engine.report.write import write_frame

TEXT = st.text(
    st.one_of(
        st.sampled_from("\"\\/\b\f\n\r\t\x00\x1f\x7f\x85\u2028',|=+-@＝é火😀 "),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=6,
)
# What the formats write of the years 1 to 9999, with and without a fraction.
INSTANT = st.one_of(
    st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999),
    st.integers(-10_000, 4_000_000).map(lambda ms: ms * 1000),
    st.integers(-10_000, 1_000_000_000).map(lambda seconds: seconds * 1_000_000),
)


@st.composite
def coded(draw: st.DrawFn, length: int) -> Coded:
    if draw(st.booleans()):
        cells: list[Any] = draw(st.lists(st.none() | TEXT, min_size=1, max_size=4))
        values = pa.array(cells, pa.string())
    else:
        cells = draw(st.lists(st.lists(TEXT, max_size=3), min_size=1, max_size=4))
        values = pa.array(cells, pa.list_(pa.string()))
    return Coded(draw(codes(length, len(cells))), values)


def codes(length: int, values: int) -> st.SearchStrategy[np.ndarray[Any, Any]]:
    return st.lists(st.integers(0, values - 1), min_size=length, max_size=length).map(
        lambda drawn: np.array(drawn, np.int32)
    )


@st.composite
def instants(draw: st.DrawFn, length: int) -> Instants:
    at = np.array(draw(st.lists(INSTANT, min_size=length, max_size=length)), np.int64)
    known = draw(st.none() | st.lists(st.booleans(), min_size=length, max_size=length))
    return Instants(at, None if known is None else np.array(known, np.bool_))


@st.composite
def numbers(draw: st.DrawFn, length: int) -> Numbers:
    whole = st.integers(-(2**63), 2**63 - 1)
    values = np.array(draw(st.lists(whole, min_size=length, max_size=length)), np.int64)
    known = draw(st.none() | st.lists(st.booleans(), min_size=length, max_size=length))
    return Numbers(values, None if known is None else np.array(known, np.bool_))


@st.composite
def nested(draw: st.DrawFn, length: int) -> Nested:
    sizes = draw(st.lists(st.integers(0, 3), min_size=length, max_size=length))
    inner = sum(sizes)
    files = draw(coded_texts(inner))
    columns: dict[str, Column] = {"file": files, "row": Numbers(draw(numbers(inner)).values)}
    if draw(st.booleans()):
        columns["at"] = draw(instants(inner))
    return Nested(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), Frame(columns, inner))


@st.composite
def coded_texts(draw: st.DrawFn, length: int) -> Coded:
    cells = draw(st.lists(TEXT, min_size=1, max_size=3))
    return Coded(draw(codes(length, len(cells))), pa.array(cells, pa.string()))


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    length = draw(st.integers(0, 9))
    columns: dict[str, Column] = {}
    for number in range(draw(st.integers(1, 6))):
        before = columns.get(f"c{number - 1}")
        if isinstance(before, Coded) and draw(st.booleans()):
            # Neighbours that share their codes are joined before they are looked up.
            twins = st.lists(
                st.none() | TEXT, min_size=len(before.values), max_size=len(before.values)
            )
            columns[f"c{number}"] = Coded(before.codes, pa.array(draw(twins), pa.string()))
            continue
        kind = draw(st.sampled_from([coded, instants, numbers, nested]))
        columns[f"c{number}"] = draw(kind(length))  # type: ignore[arg-type]
    return Frame(columns, length)


def plain(value: Any) -> Any:
    """A cell of Frame.rows() as JSON has it."""
    match value:
        case datetime():
            epoch = np.datetime64(0, "us")
            at = np.datetime64(value.replace(tzinfo=None), "us")
            return format_utc(int((at - epoch).astype(np.int64)))
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value


def cell(value: Any) -> str:
    """A cell of Frame.rows() as CSV has it."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        value = "|".join(
            f"{each['file']}:{each['row']}" if isinstance(each, dict) else each for each in value
        )
    return f"'{value}" if value[:1] and value[0] in "=+-@\t\r\n＝＋－＠" else str(value)


def written(frame: Frame, form: str) -> bytes:
    out = io.BytesIO()
    write_frame(frame, form, out)
    return out.getvalue()


@pytest.fixture(params=[1, 2, 1 << 14])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of few rows too, so that their borders are met."""
    for module in (jsontext, write):
        monkeypatch.setattr(module, "CHUNK", request.param)


@pytest.mark.usefixtures("chunk")
class TestWriters:
    @settings(deadline=None, max_examples=40)
    @given(frames())
    def test_json_lines(self, frame: Frame) -> None:
        slow = b"".join(msgspec.json.encode(plain(row)) + b"\n" for row in frame.rows())
        assert written(frame, "jsonl") == slow

    @settings(deadline=None, max_examples=40)
    @given(frames())
    def test_json(self, frame: Frame) -> None:
        slow = b"[" + b",\n".join(msgspec.json.encode(plain(row)) for row in frame.rows()) + b"]\n"
        fast = written(frame, "json")
        assert fast == slow
        assert json.loads(fast) == plain(frame.rows())

    @settings(deadline=None, max_examples=40)
    @given(frames())
    def test_csv(self, frame: Frame) -> None:
        read = list(csv.reader(io.StringIO(written(frame, "csv").decode(), newline="")))
        if len(frame.columns) == 1:
            # To the csv module an empty line is no row, not a row of one empty cell.
            read = [row or [""] for row in read]
        assert read == [
            list(frame.columns),
            *([cell(value) for value in row.values()] for row in frame.rows()),
        ]


@settings(deadline=None, max_examples=30)
@given(frames())
def test_parquet(frame: Frame) -> None:
    assert pq.read_table(io.BytesIO(written(frame, "parquet"))).to_pylist() == frame.rows()
