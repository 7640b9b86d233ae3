"""A store holds what its reports hold: its audit is the audit of the reports, read in that order.

Reading the reports is the slow twin of matching them by number. The read models kept import by
import are those of a rebuild.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import duckdb
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine
from engine.store.models import MODELS, shown
from engine.storekeeper import remaking

HEADER: Final = (
    "Email",
    "Panorama Name",
    "Content Type",
    "Content Title",
    "courseSku",
    "Type",
    "Source",
    "Timestamp",
    "id",
)
_MOMENT: Final = "2024-03-0{}T0{}:00:00Z"

_ROW: Final = st.tuples(
    st.sampled_from(["a@x", " A@X", "b@x", "a@xc", ""]),
    st.sampled_from(["", "North"]),
    st.sampled_from(["course", "webinar"]),
    st.sampled_from(["Cb", " Cb ", "C", "é", "e\u0301"]),
    st.sampled_from(["", "", "s1", "s2"]),
    st.sampled_from(["enrollment", "status_change", "Status-Change", "revoked_access", "odd"]),
    st.sampled_from(["registration", "course_started", "course_completed", "NEW", "new", "n-e-w"]),
    st.builds(_MOMENT.format, st.integers(1, 2), st.integers(0, 2)) | st.just("never"),
    st.sampled_from(["", "", "", "i1", "i2", "i3", " i1 "]),
)
_REPORTS: Final = st.lists(
    st.tuples(st.booleans(), st.lists(_ROW, min_size=1, max_size=9)), min_size=1, max_size=4
)


def _write(folder: Path, reports: list[tuple[bool, list[tuple[str, ...]]]]) -> list[str]:
    files = []
    for number, (with_ids, rows) in enumerate(reports):
        file = folder / f"{number}.csv"
        width = None if with_ids else -1
        with open(file, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADER[:width])
            writer.writerows(row[:width] for row in rows)
            if number % 2:
                out.write("one cell too few\n")
        files.append(str(file))
    return files


def _answers(audit: engine.Audit) -> list[Any]:
    # Reports read together are held against each other only as imports of a store.
    summary = msgspec.to_builtins(audit.summary)
    between = [summary["findings"].pop(code, 0) for code in ("C101", "C102", "C201")]
    summary["roots"] -= sum(between)
    findings = audit.findings_of(ignore=["C"])
    assert len(audit.findings) == len(findings) + sum(between)
    return [
        summary,
        findings.rows(),
        audit.status().rows(),
        audit.status("2024-03-01").rows(),
        audit.timeline().rows(),
        # Read together with others a row is shown with the columns that only those have.
        [(each.file, each.row, each.code, each.detail) for each in audit.quarantined],
    ]


def _between(audit: engine.Audit) -> list[dict[str, Any]]:
    """What the imports recorded by then say of each other: no later one may change it."""
    return audit.findings_of(select=["C"]).rows()


_MODELS: Final = (*(f"({shown(model)})" for model in MODELS), "model.codes", "model.made")


def _kept(store: str) -> list[Any]:
    with duckdb.connect(store, read_only=True) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            for table in _MODELS
        ]


def _strays(store: str) -> list[Any]:
    """Records that name a last event that is not there, or not so spelled."""
    with duckdb.connect(store, read_only=True) as connection:
        return connection.execute(
            'SELECT * FROM records r ANTI JOIN events e ON e.learner = r.learner AND e."at" = '
            "r.last_at AND (e.content_type, e.type, e.source) = "
            "(r.content_type, r.last_type, r.last_source)"
        ).fetchall()


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_REPORTS, st.sampled_from(["complete", "partial"]), st.sampled_from([1, 3, 1_000_000]))
def test_a_store_answers_as_its_reports_do(
    reports: list[tuple[bool, list[tuple[str, ...]]]], history: str, block: int
) -> None:
    with TemporaryDirectory() as folder, patch.object(remaking, "BLOCK", block):
        files = _write(Path(folder), reports)
        store = engine.Store(Path(folder) / "s.duckdb")
        past = []
        for file in files:
            (done,) = store.import_reports(file)
            parts = (done.new_events, done.already_known, done.duplicates, done.quarantined)
            assert sum(parts) == done.rows
            recorded = store.imports().rows()[-1]["recorded_at"]
            now = store.audit(history=history)
            past.append((recorded, [*_answers(now), _between(now)]))
            store.close()
        assert _answers(store.audit(history=history)) == _answers(
            engine.audit(files, history=history)
        )
        for recorded, answers in past:
            then = store.audit(known_on=recorded, history=history)
            assert [*_answers(then), _between(then)] == answers
        assert not store.verify().faults
        incremental = _kept(store.path)
        with patch.object(remaking, "BLOCK", 1_000_000):
            store.rebuild()
        assert _kept(store.path) == incremental
        assert not _strays(store.path)
        again = [each for file in files for each in store.import_reports(file)]
        assert not any(each.new_events for each in again)
        assert _kept(store.path)[:3] == incremental[:3]


def _told(ask: Callable[[], Any]) -> Any:
    """The rows of an answer, or that there is no such learner."""
    try:
        return ask().rows()
    except engine.UnknownLearnerError as error:
        return str(error)


@settings(max_examples=4, deadline=None)
@given(_REPORTS)
def test_one_learner_by_himself_is_as_among_all(
    reports: list[tuple[bool, list[tuple[str, ...]]]],
) -> None:
    with TemporaryDirectory() as folder:
        files = _write(Path(folder), reports)
        with engine.Store(Path(folder) / "s.duckdb") as store:
            store.import_reports(*files)
            everybody = store.audit()
            moments = [None, *(row["recorded_at"] for row in store.imports().rows())]
            for learner, moment in itertools.product(("a@x", "B@x ", "nobody@x"), moments):
                everybody = engine.audit(store.path, known_on=moment)
                alone = _told(partial(store.timeline, learner, known_on=moment))
                assert alone == _told(partial(everybody.timeline, learner))
