"""The audit of a file is that of the slow twin: findings, statuses and intervals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slow_audit import SlowAudit, findings_in, intervals, key_of, slow_audit
from strategies import NOW, Row, reports, write

import engine
from engine.columns import slices, texts
from engine.projection import evidence
from engine.replay import columnar, fold

FAIR = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

OPTIONS = st.fixed_dictionaries(
    {
        "history": st.sampled_from(["complete", "partial"]),
        "tolerance": st.sampled_from([0, 0, 0.5, 1, 2]),
        "key": st.sampled_from(["email,content", "email,panorama,content"]),
    }
)


def agree(rows: list[Row], folder: Path, options: dict[str, Any]) -> SlowAudit:
    audit = engine.audit(write(folder / "r.csv", rows), now=NOW, **options)
    slow = slow_audit(rows, **options)
    summary = audit.summary
    assert (summary.rows, summary.events) == (len(rows), slow.events)
    assert (summary.duplicates, summary.quarantined) == (slow.duplicates, slow.quarantined)
    assert findings_in(audit) == slow.findings
    statuses = {
        key_of(row, options["key"]): (row["status"], tuple(row["possible"]))
        for row in audit.status().rows()
    }
    last = {name: instants[-1][1] for name, instants in slow.instants.items()}
    assert statuses == {
        name: (labels[0] if len(labels) == 1 else "uncertain", labels)
        for name, labels in last.items()
    }
    found: dict[tuple[str, ...], list[Any]] = {}
    for row in audit.timeline().rows():
        opened = (row["valid_from"], tuple(row["possible"]))
        found.setdefault(key_of(row, options["key"]), []).append(opened)
    assert found == {name: intervals(instants) for name, instants in slow.instants.items()}
    return slow


@FAIR
@given(reports(), OPTIONS)
def test_the_audit_is_that_of_its_slow_twin(
    tmp_path: Path, rows: list[Row], options: dict[str, Any]
) -> None:
    agree(rows, tmp_path, options)


@FAIR
@given(reports(), OPTIONS, st.integers(0, 2))
def test_it_is_when_most_kinds_of_tied_instant_are_too_rare_to_compile(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], compiled: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columnar, "MAX_TIED_SYMBOLS", compiled)
        agree(rows, tmp_path, options)


@FAIR
@given(reports(), OPTIONS, st.integers(1, 3), st.integers(0, 3))
def test_it_is_wherever_blocks_end_and_the_plain_loop_takes_over(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], block: int, few: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "FIRST", block)
        patch.setattr(fold, "BLOCK", block)
        patch.setattr(fold, "FEW", few)
        agree(rows, tmp_path, options)


@FAIR
@given(reports(), OPTIONS, st.integers(1, 4), st.integers(0, 2))
def test_it_is_wherever_the_cores_share_an_array(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], length: int, near: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", length)
        patch.setattr(texts, "_MANY", 1)
        patch.setattr(evidence, "_NEAR", near)
        agree(rows, tmp_path, options)


@FAIR
@given(reports(streams=2, instants=2, repeats=False), st.integers(2, 4))
def test_a_row_given_several_times_is_one_event(
    tmp_path: Path, rows: list[Row], times: int
) -> None:
    options = {"history": "complete", "tolerance": 0, "key": "email,content"}
    slow = agree(rows * times, tmp_path, options)
    assert slow.findings == slow_audit(rows).findings


@example(size=8)
@example(size=9)
@settings(max_examples=5, deadline=None)
@given(size=st.integers(2, 12))
def test_a_crowded_instant(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    sources = [f"new {number}" for number in range(size)]
    rows = [Row("a@x", "", "c", "t", "enrollment", source, 0) for source in sources]
    rows.append(Row("a@x", "", "c", "t", "status_change", "course_started", 0))
    options = {"history": "complete", "tolerance": 0, "key": "email,content"}
    slow = agree(rows, tmp_path_factory.mktemp("r"), options)
    codes = Counter(finding.code for finding in slow.findings.elements())
    assert codes["S304"] == (size + 1 > 8)
