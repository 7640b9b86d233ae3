"""One stream of many events, one crowded instant, many long streams: still the scalar replay."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from slow_audit import findings_in, slow_audit
from strategies import NOW, Row, write

import engine
from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.lifecycle.belief import Instant
from engine.replay import fold, scalar
from engine.replay.columnar import replay
from engine.replay.streams import Streams
from engine.replay.table import TransitionTable, status_mask

LONG = 200_000


def long_history(events: int, seed: int) -> list[Action]:
    chance = random.Random(seed)
    return chance.choices(list(Action), k=events)


def streams_of(lengths: list[int]) -> Streams:
    """Streams without ties."""
    count = np.arange(sum(lengths))
    starts = np.cumsum([0, *lengths])
    return Streams(count, count, starts, np.append(count, len(count)), count[:0])


@pytest.mark.parametrize(
    ("few", "partial"), [(1, False), (24, True)], ids=["one-array-operation-a-depth", "plain-loop"]
)
def test_a_stream_of_200_000_events(
    few: int, partial: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "FEW", few)
    history = long_history(LONG, seed=4)
    table = TransitionTable()
    result = replay(streams_of([LONG]), np.array(history, np.uint8), partial=partial, table=table)
    _, outcomes = scalar.replay([(action,) for action in history], partial=partial)
    assert result.after.tolist() == [status_mask(outcome.belief) for outcome in outcomes]
    assert result.outcome.tolist() == [int(table.pack(outcome)[0]) for outcome in outcomes]


def test_more_streams_than_few_that_are_longer_than_the_sort_tells_apart() -> None:
    # The fold sorts by lengths capped at 65535; the streams beyond it must be finished too.
    lengths = [65_535 + extra for extra in range(-1, 29)]
    assert sum(length > 0xFFFF for length in lengths) > fold.FEW
    pattern = [Action.ENROL, Action.START, Action.COMPLETE, Action.REVOKE]
    symbols = np.concatenate([np.resize(np.array(pattern, np.uint8), n) for n in lengths])
    table = TransitionTable()
    result = replay(streams_of(lengths), symbols, partial=False, table=table)
    _, cycle = scalar.replay([(action,) for action in pattern * 2], partial=False)
    masks = [status_mask(outcome.belief) for outcome in cycle]
    low = 0
    for length in lengths:
        after = result.after[low : low + length]
        assert after[:4].tolist() == masks[:4]
        assert (after[4:] == np.resize(np.array(masks[4:], np.uint8), length - 4)).all()
        low += length


def crowd(size: int, seed: int) -> list[Row]:
    """Rows of one learner and instant, of all 54 pairs and of many unlisted sources."""
    chance = random.Random(seed)
    rows = []
    for number in range(size):
        pair = chance.choice(PAIRS)
        source = f"new {number}" if chance.random() < 0.7 else pair.source
        panorama = f"P{number}"
        rows.append(Row("a@x", panorama, "course", "Fire", pair.type, source, 3))
    return rows


def test_an_instant_of_2_000_events(tmp_path: Path) -> None:
    rows = crowd(2_000, seed=5)
    rows += [Row("a@x", "", "course", "Fire", "enrollment", "sso", tick) for tick in (0, 9)]
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW)
    slow = slow_audit(rows)
    assert audit.summary.events == slow.events == 2_002
    assert audit.summary.findings["S304"] == 1
    assert findings_in(audit) == slow.findings
    (status,) = audit.status().rows()
    ((_, instants),) = slow.instants.items()
    assert tuple(status["possible"]) == instants[-1][1]


def test_2_000_events_one_tolerance_apart_are_one_instant(tmp_path: Path) -> None:
    rows = [row._replace(tick=number) for number, row in enumerate(crowd(2_000, seed=6))]
    path = write(tmp_path / "r.csv", rows)
    for tolerance, unsearched in ((0.5, 1), (0.4, 0)):
        audit = engine.audit(path, now=NOW, tolerance=tolerance)
        assert audit.summary.findings.get("S304", 0) == unsearched
        assert findings_in(audit) == slow_audit(rows, tolerance=tolerance).findings


def test_many_kinds_of_tied_instant() -> None:
    # More than the table has columns for at first, so that it grows.
    chance = random.Random(7)
    instants: list[Instant] = [
        tuple(sorted(chance.choices(list(Action), k=chance.randint(1, 4)))) for _ in range(3_000)
    ]
    sizes = [len(instant) for instant in instants]
    count = np.arange(sum(sizes))
    starts = np.append(np.cumsum([0, *sizes])[:-1:10], len(count))
    bounds = np.cumsum([0, *sizes])
    streams = Streams(count, np.repeat(np.arange(3_000), sizes), starts, bounds, count[:0])
    table = TransitionTable()
    actions = np.array([action for instant in instants for action in instant], np.uint8)
    result = replay(streams, actions, partial=False, table=table)
    after, outcome = [], []
    for low in range(0, 3_000, 10):
        _, outcomes = scalar.replay(instants[low : low + 10], partial=False)
        for each in outcomes:
            after.append(status_mask(each.belief))
            outcome += table.pack(each).tolist()
    assert result.after.tolist() == after
    assert result.outcome.tolist() == outcome
