"""The compiled lifecycle where its arrays end and where its entries begin to be filled."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.lifecycle.action import Action
from engine.lifecycle.belief import advance_instant, initial_belief
from engine.lifecycle.step import reachable
from engine.replay import fold
from engine.replay.fold import fold as fold_streams
from engine.replay.streams import Streams
from engine.replay.table import TransitionTable


def test_every_entry_of_a_table_that_outgrew_its_arrays() -> None:
    table = TransitionTable()
    rows = len(table.successor)
    beliefs = [frozenset({each}) for each in sorted(reachable(), key=repr)]
    assert len(beliefs) > rows
    for belief in beliefs[:rows]:
        table.belief(belief)
    # The last row first: it is there before the arrays have grown.
    for number in reversed(range(rows)):
        for action in Action:
            result = advance_instant(table.beliefs[number], (action,))
            after = table.fill(number, action)
            assert table.beliefs[after] == result.belief
            assert table.outcome[number, action] == table.pack(result)[0]


def test_symbols_beyond_the_first_columns() -> None:
    table = TransitionTable()
    start = table.belief(initial_belief((Action.ENROL,), partial=False))
    pairs = [(one, other) for one in Action for other in Action if one < other][:100]
    numbers = [table.symbol(pair) for pair in pairs]
    assert len(table.successor[0]) < 4 * (table.singles + len(pairs))
    for pair, number in zip(pairs, numbers, strict=True):
        result = advance_instant(table.beliefs[start], pair)
        assert table.beliefs[table.fill(start, number)] == result.belief


def test_a_missing_entry_beside_one_that_leads_to_the_first_belief() -> None:
    # Half of the streams stay where all began, as number 0; the others meet what is not filled.
    table = TransitionTable()
    begin = initial_belief((Action.ENROL,), partial=False)
    for action in (Action.ENROL, Action.START, Action.COMPLETE):
        begin = advance_instant(begin, (action,)).belief
    loops = [each for each in Action if advance_instant(begin, (each,)).belief == begin]
    assert (table.belief(begin), table.fill(0, loops[0])) == (0, 0)
    revoked = advance_instant(begin, (Action.REVOKE,)).belief
    enrolled = advance_instant(revoked, (Action.ENROL,)).belief
    count = 2 * fold.FEW
    both = [(loops[0], loops[0]), (Action.REVOKE, Action.ENROL)]
    symbols = np.array(both * count, np.uint8).reshape(-1)
    starts = np.arange(0, 2 * 2 * count + 1, 2)
    _, final = fold_streams(table, symbols, starts, np.zeros(2 * count, np.int32))
    assert [table.beliefs[each] for each in final.tolist()] == [begin, enrolled] * count


def test_streams_without_ties() -> None:
    events = np.arange(3)
    streams = Streams(events, events, np.array([0, 3]), np.arange(4), events[:0])
    first, sizes = streams.tied()
    assert (len(first), len(sizes), streams.tolerance) == (0, 0, 0)


HEADER = "Event Id,Email,Content Type,Content Title,Type,Source,Timestamp\n"


@pytest.mark.parametrize("named", ["e1", "zz"])
def test_an_id_counts_once_and_rows_without_one_count_each(tmp_path, named: str) -> None:
    rows = [
        (named, "a@x.io", "enrollment", "sso", "2024-03-01T09:00:00Z"),
        ("", "a@x.io", "status_change", "course_started", "2024-03-02T09:00:00Z"),
        ("", "b@x.io", "enrollment", "sso", "2024-03-02T09:00:00Z"),
        (named, "a@x.io", "enrollment", "sso", "2024-03-05T09:00:00Z"),
        ("other", "b@x.io", "status_change", "course_started", "2024-03-05T09:00:00Z"),
    ]
    text = "".join(
        f"{i},{who},course,C,{kind},{source},{at}\n" for i, who, kind, source, at in rows
    )
    report = tmp_path / "r.csv"
    report.write_text(HEADER + text, encoding="utf-8")
    audit = engine.audit(report)
    assert (audit.summary.events, audit.summary.duplicates) == (4, 1)
    assert [each["row"] for each in audit.findings.rows() if each["code"] == "R007"] == [5]


@pytest.mark.parametrize("repeated", [0, 1], ids=["each-row-once", "a-row-twice"])
def test_events_a_microsecond_apart_are_no_instant(tmp_path, repeated: int) -> None:
    # Were they one, the completion might have come first, and nothing would be wrong.
    times = ("2024-03-01T09:00:00.000001Z", "2024-03-01T09:00:00.000002Z")
    start = f"a@x.io,course,C,status_change,course_started,{times[0]}\n"
    report = tmp_path / "r.csv"
    report.write_text(
        "Email,Content Type,Content Title,Type,Source,Timestamp\n"
        f"{start}"
        f"a@x.io,course,C,enrollment,sso,{times[1]}\n"
        f"a@x.io,course,C,enrollment,sso,{times[0][:-2]}4Z\n" + start * repeated,
        encoding="utf-8",
    )
    codes = [each["code"] for each in engine.audit(report).findings.rows()]
    assert "S101" in codes
    assert engine.audit(report).summary.duplicates == repeated
