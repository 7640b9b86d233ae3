"""The evidence of a finding is least: without any one of its rows the finding goes or changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from histories import Step, Stream, codes_of, report, streams
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine.projection.counterfactual import findings_without
from engine.replay.table import FINDING_CODES

HISTORIES = ("complete", "partial")


def findings(many: list[Stream], **options: object) -> list[tuple[int, dict[str, Any]]]:
    """Each sequence finding with the number of its stream; rows are positions in the stream."""
    first = [2]
    for stream in many:
        first.append(first[-1] + len(stream))
    with report(many) as path:
        rows = engine.audit(path, **options).findings.rows()  # type: ignore[arg-type]
    found = []
    for row in rows:
        if row["code"].startswith("S"):
            number = int(row["learner"].split("@")[0])
            row["row"] -= first[number]
            row["because"] = [each["row"] - first[number] for each in row["because"]]
            found.append((number, row))
    return found


def without(stream: Stream, row: int) -> Stream:
    return [step for number, step in enumerate(stream) if number != row]


@pytest.mark.parametrize("history", HISTORIES)
@settings(deadline=None, max_examples=40)
@given(many=st.lists(streams(), min_size=1, max_size=12))
def test_without_any_row_of_the_evidence_the_finding_goes_or_changes(
    many: list[Stream], history: str
) -> None:
    for number, finding in findings(many, history=history):
        stream = many[number]
        step: Step = stream[finding["row"]]
        for row in finding["because"]:
            assert stream[row][1] <= step[1]
            left = codes_of(without(stream, row), history)
            assert left.get(step) != finding["code"], (stream, row)


@pytest.mark.parametrize("history", HISTORIES)
@settings(deadline=None, max_examples=25)
@given(many=st.lists(streams(most=14, minutes=2), min_size=1, max_size=6))
def test_so_it_is_where_many_rows_share_a_moment(many: list[Stream], history: str) -> None:
    for number, finding in findings(many, history=history):
        stream = many[number]
        for row in finding["because"]:
            left = codes_of(without(stream, row), history)
            assert left.get(stream[finding["row"]]) != finding["code"], (stream, row)


@settings(deadline=None, max_examples=25)
@given(many=st.lists(streams(most=7, minutes=20), min_size=1, max_size=6))
def test_so_it_is_where_a_tolerance_ties_rows(many: list[Stream]) -> None:
    for number, finding in findings(many, tolerance=60):
        if finding["code"] == "S304":
            continue
        stream = many[number]
        for row in finding["because"]:
            left = {
                tuple(without(stream, row)[each["row"]]): each["code"]
                for _, each in findings([without(stream, row)], tolerance=60)
            }
            assert left.get(stream[finding["row"]]) != finding["code"], (stream, row)


@pytest.mark.parametrize("history", HISTORIES)
@settings(deadline=None, max_examples=30)
@given(stream=streams(most=12, minutes=4) | streams(most=7, minutes=60))
def test_leaving_out_a_row_is_replaying_without_it(stream: Stream, history: str) -> None:
    with report([stream]) as path:
        replayed = engine.audit(path, history=history).history
    row_of = [int(row) for row in replayed.records.row[replayed.streams.events]]
    pairs = [(a, b) for b in range(len(stream)) for a in range(b)]
    removed, event = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
    told = findings_without(replayed, removed, event).tolist()
    for (a, b), number in zip(pairs, told, strict=True):
        left = codes_of(without(stream, row_of[a] - 2), history)
        assert FINDING_CODES[number] == left.get(stream[row_of[b] - 2]), (a, b)
