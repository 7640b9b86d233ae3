"""The edits of a report, carried out row by row as its reader would, leave no error."""

from __future__ import annotations

import csv
import random
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.cli.main import run
from engine.dialects.usual import PAIRS

SOURCES = {pair.action.label: (pair.type, pair.source) for pair in reversed(PAIRS)}

Row = dict[str, str]


def generated(path: Path, *, seed: int, ties: float) -> str:
    options = ["--streams", "300", "--errors", "0.5", "--seed", str(seed), "--ties", str(ties)]
    assert run(["generate", *options, "-o", str(path)]) == 0
    return str(path)


def rows_of(report: str) -> list[Row]:
    with open(report, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def carried_out(report: str, edits: list[dict[str, Any]]) -> list[Row]:
    """The rows of the report after the edits, with new times: a second for each instant."""
    rows = dict(enumerate(rows_of(report), 2))
    streams: dict[tuple[str, str], list[int]] = {}
    for number, row in rows.items():
        streams.setdefault((row["Email"], row["Content Title"]), []).append(number)
    done: list[Row] = []
    for (email, title), numbers in streams.items():
        own = [e for e in edits if (e["learner"], e["content_title"]) == (email, title)]
        gone = {edit["row"] for edit in own}
        numbers.sort(key=lambda number: rows[number]["Timestamp"])
        instants = [
            [number for number in instant if number not in gone]
            for _, instant in groupby(numbers, key=lambda number: rows[number]["Timestamp"])
        ]
        instants = [instant for instant in instants if instant]
        before_place: dict[int | None, list[Row]] = {}
        for edit in own:
            if edit["edit"] == "drop":
                continue
            template = rows[numbers[0]]
            type_, source = SOURCES[edit["action"]]
            put = {**template, "Type": type_, "Source": source}
            if edit["row"] is not None:
                put = rows[edit["row"]]
                assert (put["Type"], put["Source"]) == (edit["type"], edit["source"])
            before_place.setdefault(edit["between_after_row"], []).append(put)
            # The two neighbours are of neighbouring instants.
            at = [n for n, i in enumerate(instants) if edit["between_before_row"] in i]
            to = [n for n, i in enumerate(instants) if edit["between_after_row"] in i]
            assert (at or [-1])[0] + 1 == (to or [len(instants)])[0]
        ordered: list[list[Row]] = []
        for instant in instants:
            for number in instant:
                ordered += [[put] for put in before_place.pop(number, [])]
            ordered.append([rows[number] for number in instant])
        ordered += [[put] for put in before_place.pop(None, [])]
        assert not before_place
        for at, together in enumerate(ordered):
            stamp = f"2024-01-01T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"
            done += [{**row, "Timestamp": stamp} for row in together]
    return done


def written(path: Path, rows: list[Row]) -> str:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


@pytest.mark.parametrize("history", ["complete", "partial"])
@pytest.mark.parametrize("ties", [0, 0.4])
def test_carried_out_they_leave_no_error(tmp_path: Path, ties: float, history: str) -> None:
    report = generated(tmp_path / "report.csv", seed=7, ties=ties)
    audit = engine.audit(report, history=history)
    edits = audit.repairs.rows()
    assert edits
    assert all(edit["optimal"] for edit in edits)
    repaired = written(tmp_path / "repaired.csv", carried_out(report, edits))
    again = engine.audit(repaired, history=history)
    assert not [code for code in again.summary.findings if code.startswith("S1")]
    assert again.repairs.rows() == []


def test_the_order_of_rows_changes_no_repair(tmp_path: Path) -> None:
    report = generated(tmp_path / "report.csv", seed=3, ties=0.4)
    rows = rows_of(report)
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    shuffled = written(tmp_path / "shuffled.csv", [rows[number] for number in order])
    was = {number + 2: old + 2 for number, old in enumerate(order)}

    def told(report: str, names: dict[int, int]) -> list[dict[str, Any]]:
        edits = engine.audit(report).repairs.rows()
        for edit in edits:
            for name in ("row", "between_before_row", "between_after_row"):
                edit[name] = names.get(edit[name])
            for name in ("file", "between_before_file", "between_after_file", "message"):
                del edit[name]
        return edits

    assert told(shuffled, was) == told(report, {row: row for row in was})
