"""A reconciliation is that of its slow twin, and a report agrees with what it says itself."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_reconcile import Entry, outcome_of, slow_reconcile
from strategies import LEARNERS, NOW, START, TICK, Row, pairs, reports, stamp, write

import engine
from engine.columns.frame import Frame
from engine.report.write import write_frame

FAIR = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

CONTENTS = (("c", "Fire"), ("w", "Fire"), ("C", "fire "), ("c", "Air"), ("", "Air"))
TICKS = st.sampled_from([0, 1, 2, 3, 4, 172_800])
WORDS = (
    "available",
    "Not-Started",
    "not_started",
    "STARTED",
    "completed",
    "not completed",
    "enrolled",
    "Certified",
    "revoked",
    "not_enrolled",
    "paused",
)

events = st.builds(
    lambda email, content, pair, tick: Row(email, "", *content, *pair, tick),
    st.sampled_from(LEARNERS),
    st.sampled_from(CONTENTS),
    pairs,
    TICKS,
)
entries = st.builds(
    lambda learner, content, word, certificate: Entry(learner, *content, word, certificate),
    st.sampled_from([*LEARNERS, "z@x"]),
    st.sampled_from([*CONTENTS, ("", "Fire"), ("video", "FIRE"), ("c", "Water")]),
    st.sampled_from(WORDS),
    st.sampled_from(["", "", "yes", "no"]),
)


def export(path: Path, rows: Sequence[Entry]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Email", "Content Type", "Course", "Status", "Certificate", "Issued"])
        writer.writerows(rows)
    return path


def reconciled(
    folder: Path, rows: Sequence[Row], told: Sequence[Entry], **options: Any
) -> engine.Reconciliation:
    return engine.reconcile(
        write(folder / "r.csv", rows),
        against=export(folder / "s.csv", told),
        columns={"certified_at": "Issued"},
        now=NOW,
        **options,
    )


@FAIR
@given(
    st.lists(events, min_size=1, max_size=14),
    st.lists(entries, min_size=1, max_size=8),
    st.sampled_from(["complete", "partial"]),
    st.booleans(),
    st.lists(TICKS, min_size=8, max_size=8),
)
def test_it_is_that_of_the_slow_twin(
    tmp_path: Path,
    rows: list[Row],
    told: list[Entry],
    history: str,
    days: bool,
    ticks: list[int],
) -> None:
    dated = []
    for entry, tick in zip(told, ticks, strict=False):
        text = stamp(START + tick * TICK)[: 10 if days else 19]
        dated.append(entry._replace(certified_at=text) if entry.certificate == "yes" else entry)
    if all(entry.status == "paused" for entry in dated):
        with pytest.raises(engine.InputError, match="--word"):
            reconciled(tmp_path, rows, dated, history=history)
        return
    result = reconciled(tmp_path, rows, dated, history=history)
    assert outcome_of(result) == slow_reconcile(rows, dated, partial=history == "partial")
    summary = result.summary
    accounted = summary.agree + summary.differ + summary.only_there + summary.unread
    assert accounted == summary.rows == len(dated)
    assert len(result.unread) == summary.unread


@FAIR
@given(
    st.lists(events, min_size=1, max_size=10),
    st.lists(entries, min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_of_rows_changes_nothing(
    tmp_path: Path, rows: list[Row], told: list[Entry], chance: random.Random
) -> None:
    told = [entry._replace(status="started") for entry in told]
    found = []
    for _ in range(2):
        result = reconciled(tmp_path, rows, told)
        found.append(
            sorted(
                str({k: v for k, v in row.items() if not k.endswith("row")})
                for row in result.findings.rows()
            )
        )
        rows = chance.sample(rows, len(rows))
        told = chance.sample(told, len(told))
    assert found[0] == found[1]


def save(frame: Frame, form: str, path: Path) -> Path:
    with open(path, "wb") as file:
        write_frame(frame, form, file)
    return path


@FAIR
@given(
    reports(),
    st.sampled_from(["csv", "json", "jsonl", "parquet"]),
    st.sampled_from(["complete", "partial"]),
    st.integers(0, 20),
)
def test_a_report_agrees_with_what_it_says_itself(
    tmp_path: Path, rows: list[Row], form: str, history: str, tick: int
) -> None:
    path = write(tmp_path / "r.csv", rows)
    moment = stamp(START + tick * TICK)
    for as_of in (None, moment):
        audit = engine.audit(path, now=NOW, history=history)
        told = audit.status(as_of)
        if not len(told):
            continue
        own = save(told, form, tmp_path / f"status.{form}")
        result = engine.reconcile(path, against=own, now=NOW, history=history, as_of=as_of)
        assert not len(result.findings), result.findings.rows()
        assert result.summary.agree == result.summary.rows == len(told)
