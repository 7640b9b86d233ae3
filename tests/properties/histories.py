"""Histories for properties: reports of many short streams, and the same streams as live records."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

import engine
from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action

Step = tuple[int, int]
"""Position in PAIRS, minutes since the beginning."""
Stream = list[Step]

HEADER = ["Email", "Content Type", "Content Title", "Type", "Source", "Timestamp"]
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)

PAIR_OF = {pair.action: number for number, pair in reversed(list(enumerate(PAIRS)))}
"""Action → one pair that it stands for."""


def pairs() -> st.SearchStrategy[int]:
    """Any pair; the actions are about equally frequent."""
    by_action: dict[Action, list[int]] = {}
    for number, pair in enumerate(PAIRS):
        by_action.setdefault(pair.action, []).append(number)
    return st.sampled_from(sorted(by_action)).flatmap(lambda each: st.sampled_from(by_action[each]))


def streams(most: int = 8, minutes: int = 12) -> st.SearchStrategy[Stream]:
    """Histories, some of whose events share a moment; no row is there twice."""
    step = st.tuples(pairs(), st.integers(0, minutes))
    return st.lists(step, min_size=1, max_size=most, unique=True)


@contextmanager
def report(many: Iterable[Stream]) -> Iterator[str]:
    """A report in which the learner n@example.com has the n-th stream."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for number, stream in enumerate(many):
                for pair, minute in stream:
                    at = (BEGINNING + timedelta(minutes=minute)).isoformat()
                    kind = PAIRS[pair]
                    row = [f"{number}@example.com", "course", "Fire", kind.type, kind.source, at]
                    writer.writerow(row)
        yield str(path)


def event(step: Step) -> engine.Event:
    """One row, for a live record."""
    pair, minute = step
    return engine.Event(
        type=PAIRS[pair].type,
        source=PAIRS[pair].source,
        at=BEGINNING + timedelta(minutes=minute),
        content_type="course",
        content_title="Fire",
    )


def codes_of(stream: Stream, history: str) -> dict[Step, str]:
    """What a live record finds at each step; S304, which stands beside, is left out."""
    record = engine.Record(history=history)  # type: ignore[arg-type]
    events = [event(step) for step in stream]
    for each in events:
        record.apply(each)
    step_of = {id(each): step for each, step in zip(events, stream, strict=True)}
    return {
        step_of[id(found.event)]: found.code for found in record.findings if found.code != "S304"
    }
