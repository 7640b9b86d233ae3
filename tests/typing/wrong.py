"""Uses of the public names, each marked line of which a type checker refuses."""

from __future__ import annotations

import polars

import engine


def reports(frame: polars.DataFrame) -> None:
    engine.audit(3)  # wrong
    engine.audit([1, 2])  # wrong
    engine.audit(frame, histories="partial")  # wrong
    engine.audit(frame, history="part")  # wrong
    engine.audit(frame, tolerance="1")  # wrong
    engine.audit(frame, key="email")  # wrong
    engine.audit(frame, date_order="ymd")  # wrong
    engine.audit(frame, across="all")  # wrong
    engine.audit(frame, name=1)  # wrong
    engine.audit(frame, "partial")  # wrong
    engine.compare(frame)  # wrong
    engine.compare(frame, frame, hist="partial")  # wrong
    engine.reconcile(frame)  # wrong
    engine.reconcile(frame, against=None)  # wrong
    engine.reconcile(frame, against=frame, words=["Passed"])  # wrong


def tables(audit: engine.Audit) -> None:
    audit.status(as_of=20240301)  # wrong
    audit.status("2024-03-01", "a@x")  # wrong
    audit.findings_of(1)  # wrong
    print(audit.finding)  # wrong
    print(audit.summary.row)  # wrong
    print(audit.findings[0])  # wrong
    number: str = len(audit.findings)  # wrong
    print(number)


def store(frame: polars.DataFrame) -> None:
    kept = engine.Store(frame)  # wrong
    kept.append(frame, history="partial")  # wrong
    kept.append(1)  # wrong
    kept.audit(date_order="dmy")  # wrong
    kept.of_learner()  # wrong
    kept.of_learner("a@x", across=True)  # wrong
    kept.rebuild(timezone="UTC")  # wrong
    kept.import_reports("a.csv", zone="UTC")  # wrong
