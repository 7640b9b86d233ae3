"""Records of JSON read by a plan are the records read one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.intake.formats import json_plan, json_records
from engine.intake.reader import read
from engine.intake.rows import RawTable

FAIR = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = [
    "Email",
    "Type",
    "Timestamp",
    "Content Title",
    "Title",
    "Id",
    "Panorama",
    "Colour",
    "x.y",
    'q"',
]
TEXTS = st.text('aé"\\\n\0\ud800/ ', max_size=3)
VALUES = st.one_of(
    TEXTS,
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just([]),
    st.dictionaries(st.sampled_from(["client", "Id"]), TEXTS, max_size=2),
)
USUAL = st.fixed_dictionaries(dict.fromkeys(KEYS[:4], TEXTS))
RECORDS = st.one_of(
    USUAL,
    USUAL,
    st.builds(
        lambda usual, more: usual | more, USUAL, st.dictionaries(st.sampled_from(KEYS), VALUES)
    ),
    st.dictionaries(st.sampled_from(KEYS), VALUES),
)


@st.composite
def lines(draw: st.DrawFn) -> list[bytes]:
    made = []
    for record in draw(st.lists(RECORDS, min_size=1, max_size=12)):
        ascii_only = draw(st.booleans())
        line = json.dumps(record, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        if draw(st.integers(0, 7)) == 0:
            at = draw(st.integers(0, len(line)))
            line = (
                line[:at]
                + draw(st.sampled_from([b"\xff", b"}", b'"', b"", b'"Type":1,']))
                + line[at:]
            )
        made.append(line)
    return made


def outcome(path: Path) -> tuple[RawTable | None, str]:
    try:
        return read(str(path)), ""
    except InputError as error:
        return None, str(error)


def agree(path: Path) -> None:
    fast, said = outcome(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_plan.Plan, "cells", lambda self, raw: None)
        slow, slow_said = outcome(path)
    assert said == slow_said
    if fast is None or slow is None:
        return
    assert {name: column.to_pylist() for name, column in fast.columns.items()} == {
        name: column.to_pylist() for name, column in slow.columns.items()
    }
    assert (fast.rows is None) == (slow.rows is None)
    assert fast.rows is None or list(fast.rows) == list(slow.rows)
    assert fast.rejects == slow.rejects
    assert fast.unknown_columns == slow.unknown_columns


@FAIR
@given(lines())
def test_json_lines(tmp_path: Path, records: list[bytes]) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\n".join(records))
    agree(path)


@FAIR
@given(lines())
def test_an_array(tmp_path: Path, records: list[bytes]) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(b"[" + b",\n".join(records) + b"]")
    agree(path)


def test_like_records_are_read_by_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"Email": "a@b.c", "Type": "enrollment", "Timestamp": "2024-03-01", "Title": "T"}
    numbers = [{**record, "Id": number, "Colour": number} for number in range(50)]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, [*numbers, {**record, "Id": None}, *numbers])))
    slowly = []
    whole = json_records._Collector._cells
    monkeypatch.setattr(
        json_records._Collector, "_cells", lambda self, raw: slowly.append(raw) or whole(self, raw)
    )
    table = read(str(path))
    assert table.records == 101
    assert table.columns["id"].to_pylist()[48:53] == ["48", "49", None, "0", "1"]
    assert len(slowly) == 1, "the first record makes the plan"
