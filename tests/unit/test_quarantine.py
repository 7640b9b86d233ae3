"""Rejected rows in columns, and reports that are refused instead."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import engine
from engine.columns import arrow
from engine.intake.unread_times import FEWEST_CELLS
from engine.records import Quarantined
from engine.report.quarantine import quarantine_frame
from engine.report.write import write_frame

HEADER = "Email,Content Title,Type,Source,Timestamp"
GOOD = "a@b.c,T,enrollment,sso,2024-03-01"
BAD = {
    3: ("x", "R001", "has 1 cells, the header has 5", "x"),
    4: (",,enrollment,sso,", "R002", "email, content title or id, timestamp", ",,enrollment,sso,"),
    6: ('a@b.c,"T, ""2""",leave, ,soon', "R003", "leave", 'a@b.c,"T, ""2""",leave, ,soon'),
    7: ("a@b.c,T,enrollment,sso, soon ", "R005", "soon", "a@b.c,T,enrollment,sso, soon "),
    9: ("a,b", "R001", "has 2 cells, the header has 5", "a,b"),
}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "r.csv"
    lines = [BAD[row][0] if row in BAD else GOOD for row in range(2, 10)]
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


def expected(*files: Path) -> list[Quarantined]:
    return [
        Quarantined(str(file), row, code, detail, raw)
        for file in files
        for row, (_, code, detail, raw) in BAD.items()
    ]


def by_place(rows: list[Quarantined]) -> list[Quarantined]:
    return sorted(rows, key=lambda each: (each.file, each.row))


def test_rows_are_made_when_asked_for(report: Path, tmp_path: Path) -> None:
    other = tmp_path / "s.csv"
    other.write_bytes(report.read_bytes())
    rejected = engine.audit([report, other]).quarantined
    assert len(rejected) == 10
    assert by_place(list(rejected)) == expected(report, other)
    assert [rejected[at] for at in range(-10, 0)] == list(rejected) == rejected[0:10]
    assert rejected[::-3] == list(rejected)[::-3]
    with pytest.raises(IndexError):
        rejected[10]


def test_the_findings_say_why(report: Path) -> None:
    audit = engine.audit(report)
    rows = [row for row in audit.findings.rows() if row["code"] in {"R001", "R002", "R003", "R005"}]
    assert [(row["row"], row["code"]) for row in rows] == [
        (row, code) for row, (_, code, _, _) in BAD.items()
    ]
    for row in rows:
        assert BAD[row["row"]][2].rstrip(".") in row["message"]
    summary = audit.summary
    assert (summary.rows, summary.quarantined, summary.events, summary.duplicates) == (8, 5, 1, 2)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "parquet"])
def test_the_file_of_rejected_rows(report: Path, form: str) -> None:
    out = io.BytesIO()
    write_frame(quarantine_frame(engine.audit(report).records.rejects), form, out)
    out.seek(0)
    if form == "parquet":
        import pyarrow.parquet as pq

        rows = pq.read_table(out).to_pylist()
    elif form == "csv":
        import csv

        rows = list(csv.DictReader(io.TextIOWrapper(out, "utf-8")))
    elif form == "json":
        rows = json.load(out)
    else:
        rows = [json.loads(line) for line in out]
    assert [(int(row["row"]), row["code"], row["raw"]) for row in rows] == [
        (row, code, raw) for row, (_, code, _, raw) in BAD.items()
    ]


def test_no_rejected_rows(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n", encoding="utf-8")
    audit = engine.audit(path)
    assert list(audit.quarantined) == []
    out = io.BytesIO()
    write_frame(quarantine_frame(audit.records.rejects), "jsonl", out)
    assert out.getvalue() == b""


def times(path: Path, cells: list[str]) -> Path:
    lines = [f"a{at}@b.c,T,enrollment,sso,{cell}" for at, cell in enumerate(cells)]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return path


def test_a_report_none_of_whose_times_can_be_read_is_refused(tmp_path: Path) -> None:
    cells = ["", *(f"the {day}th of May" for day in range(FEWEST_CELLS))]
    path = times(tmp_path / "r.csv", cells)
    with pytest.raises(engine.InputError, match=r"the 0th of May.*--timestamp-format") as refused:
        engine.audit(path)
    assert refused.value.row == 3
    with pytest.raises(engine.InputError, match="--timestamp-format '%Y%m%d'"):
        engine.audit(path, timestamp_format="%Y%m%d")


@pytest.mark.parametrize(
    "cells",
    [
        ["soon"] * (FEWEST_CELLS - 1),
        [*["soon"] * FEWEST_CELLS, "2024-03-01"],
        [*["soon"] * (FEWEST_CELLS - 1), *[" "] * FEWEST_CELLS],
    ],
)
def test_but_not_one_of_which_some_can_be_read(tmp_path: Path, cells: list[str]) -> None:
    summary = engine.audit(times(tmp_path / "r.csv", cells)).summary
    assert summary.rows == len(cells) == summary.events + summary.quarantined


def test_texts_beyond_the_offsets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "MOST_BYTES", 5)
    assert arrow.texts(["abc", "de"]).to_pylist() == ["abc", "de"]
    with pytest.raises(engine.UserError, match="in parts"):
        arrow.texts(["abc", "def"])


def test_long_texts_are_as_many_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "MOST_BYTES", 5)
    monkeypatch.setattr(arrow, "_PART", 1)
    assert arrow.long_texts(["abc", "def", ""]).to_pylist() == ["abc", "def", ""]
