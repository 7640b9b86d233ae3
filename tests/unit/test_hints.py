"""Hints: given for a whole report's symptoms, and not for a handful of rows."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from msgspec.structs import replace

import engine
from engine.projection.summary import Summary
from engine.report.hints import Facts, gather, hints

SUMMARY = Summary(
    rows=1000,
    events=1000,
    duplicates=0,
    quarantined=0,
    learners=50,
    contents=5,
    streams=200,
    first="2024-01-01T00:00:00Z",
    last="2024-12-31T00:00:00Z",
    statuses={},
    findings={},
    streams_with_errors=0,
    history="complete",
    timezone="UTC",
    roots=0,
    consequences=0,
)
FACTS = Facts(starts=1)
HEADER = ("Email", "Content Title", "Type", "Source", "Timestamp")


def told(facts: Facts = FACTS, **changes: object) -> str:
    return " ".join(hints(replace(SUMMARY, **changes), facts))


def test_nothing_to_say_of_an_ordinary_report() -> None:
    assert told() == ""


def test_many_records_without_an_enrolment_are_a_window() -> None:
    window = Facts(starts=1, unopened=40)
    assert "20.0 % of the records begin without an enrolment" in told(window)
    assert "--history partial" in told(window)
    assert told(Facts(starts=1, unopened=39)) == ""
    assert told(window, history="partial") == ""
    assert told(Facts(starts=1, unopened=2), streams=2) == ""


def test_a_report_without_any_start() -> None:
    assert "S201" in told(Facts(), findings={"S201": 1})
    assert told(Facts()) == ""
    assert told(FACTS, findings={"S201": 1}) == ""


def test_new_sources_are_named() -> None:
    sources = tuple(("enrollment", f"new_{n}\x1b", 100 - n) for n in range(5))
    said = told(Facts(starts=1, sources=sources), findings={"R004": 490})
    assert r"new_0\x1b (enrollment)" in said
    assert "and 2 more" in said
    assert "49.0 %" in said
    assert told(Facts(starts=1, sources=sources), findings={"R004": 9}) == ""


@pytest.mark.parametrize(
    ("changes", "facts", "words"),
    [
        ({}, Facts(starts=1, midnights=True), "order of events within a day"),
        ({}, Facts(starts=1, streams={"S207": 10}), "nightly"),
        ({"duplicates": 50}, FACTS, "overlapping exports"),
        ({"findings": {"R006": 50}}, FACTS, "--date-order"),
        ({"quarantined": 50}, FACTS, "quarantine"),
        ({"quarantined": 50, "findings": {"R005": 40}}, FACTS, "--timestamp-format"),
    ],
)
def test_each_symptom_alone(changes: dict[str, object], facts: Facts, words: str) -> None:
    assert len(hints(replace(SUMMARY, **changes), facts)) == 1
    assert words in told(facts, **changes)


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({}, Facts(starts=1, streams={"S207": 9})),
        ({"duplicates": 49}, FACTS),
        ({"findings": {"R006": 49}}, FACTS),
        ({"quarantined": 49}, FACTS),
        ({"duplicates": 2, "rows": 4}, FACTS),
        ({"events": 2}, Facts(starts=1, midnights=True)),
    ],
)
def test_a_few_cases_prove_nothing(changes: dict[str, object], facts: Facts) -> None:
    assert told(facts, **changes) == ""


def audited(tmp_path: Path, *rows: tuple[str, ...], timezone: str = "UTC") -> engine.Audit:
    path = tmp_path / "r.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return engine.audit(path, timezone=timezone)


def facts_of(audit: engine.Audit) -> Facts:
    return gather(audit.history, audit.found())


def test_facts_are_counted(tmp_path: Path) -> None:
    audit = audited(
        tmp_path,
        ("a@x", "Fire", "status_change", "course_completed", "2024-01-02T10:00:00"),
        ("b@x", "Fire", "revoked_access", "sso", "2024-01-02T10:00:00"),
        ("b@x", "Fire", "certificate_grant", "brand_new", "2024-01-03T10:00:00"),
        ("c@x", "Fire", "enrollment", "registration", "2024-01-02T10:00:00"),
        ("c@x", "Fire", "status_change", "course_started", "2024-01-02T11:00:00"),
    )
    assert facts_of(audit) == Facts(
        unopened=2,
        streams={"R004": 1, "S101": 1, "S105": 1, "S207": 1},
        starts=1,
        sources=(("certificate_grant", "brand_new", 1),),
        midnights=False,
    )


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_dates_without_times_are_midnights_of_the_zone(tmp_path: Path, timezone: str) -> None:
    days = ("2024-01-02", "2024-07-02", "2024-03-10", "2024-11-03")
    rows = [("a@x", "Fire", "enrollment", "registration", day) for day in days]
    assert facts_of(audited(tmp_path, *rows, timezone=timezone)).midnights
    late = (*rows[0][:-1], "2024-01-02 00:00:01")
    assert not facts_of(audited(tmp_path, *rows, late, timezone=timezone)).midnights


def test_an_empty_report_has_no_facts(tmp_path: Path) -> None:
    audit = audited(tmp_path, ("a@x", "Fire", "enrollment", "registration", "someday"))
    assert facts_of(audit) == Facts()
