"""Threads may share an audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import engine
from engine.lifecycle.step import step

DEMO = Path(__file__).parents[2] / "fixtures" / "demo.csv"
DAYS = [f"2024-{month:02}-15" for month in range(1, 13)]


def answers(audit: engine.Audit, day: str) -> list[dict[str, Any]]:
    return [*audit.status(as_of=day).rows(), *audit.findings.rows(), *audit.timeline().rows()]


def test_they_get_what_one_thread_gets() -> None:
    step.cache_clear()
    shared = engine.audit(DEMO, history="partial")
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda day: answers(shared, day), DAYS))
    alone = engine.audit(DEMO, history="partial")
    assert together == [answers(alone, day) for day in DAYS]
