"""Uses of the public names that a type checker accepts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars

import engine


def reports(path: Path, frame: polars.DataFrame) -> None:
    audit = engine.audit("report.csv")
    engine.audit(path, history="partial", tolerance=2, key="email,panorama,content")
    engine.audit([path, "other.csv", frame], name="rows", timezone="Europe/Berlin")
    engine.audit((frame, frame), name=["old", "new"], date_order="dmy", across=True)
    engine.audit(frame, timestamp_format="%d.%m.%Y", now=1_700_000_000_000_000)
    engine.audit("learning.duckdb", known_on=date(2024, 3, 1), progress=print)
    number: int = audit.summary.rows
    counts: dict[str, int] = audit.summary.findings
    print(number, counts)


def tables(audit: engine.Audit) -> None:
    findings: engine.Frame = audit.findings
    findings = audit.findings_of("S1", ignore=["S101"], repairs=True)
    findings = audit.status(as_of=datetime(2024, 3, 1), learner="a@x", content="T")
    findings = audit.timeline("a@x")
    rows: list[dict[str, object]] = findings.rows()
    length: int = len(findings)
    print(rows, length, findings["code"])
    taken: polars.DataFrame = findings.to_polars()
    engine.audit(taken)
    engine.audit(findings)
    for row in findings:
        print(row["code"], list(row))


def two(path: Path, frame: polars.DataFrame) -> None:
    comparison = engine.compare(path, frame, name="later", history="partial", known_on="2024-01-01")
    print(comparison.summary, comparison.findings_of("C1").rows())
    reconciliation = engine.reconcile(
        [path, frame], against=frame, words={"Passed": "completed"}, as_of="2024-03-01"
    )
    print(reconciliation.findings["code"])


def store(path: Path, frame: polars.DataFrame) -> None:
    with engine.Store(path) as kept:
        kept.append([path, frame], name="warehouse", timezone="UTC", date_order="mdy")
        kept.import_reports("a.csv", path)
        kept.audit("2024-03-01", history="complete", across=False).status()
        kept.of_learner("a@x", tolerance=1.5, known_on=date(2024, 3, 1)).timeline()
        kept.timeline("a@x", "T", key="email,content")
        events: int = kept.rebuild(history="partial")
        print(kept.imports(), kept.verify().faults, events)


def one(event: engine.Event) -> None:
    try:
        engine.Record().apply(event)
    except engine.UnknownLearnerError as fault:
        wrong: engine.UsageError = fault
        print(wrong)
