"""Small logs in each platform's documented form: recognised, read, and what they come to.

Source: semantics.md §13; docs/dialects.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import engine

FOLDER = Path(__file__).parents[2] / "fixtures" / "dialects"
NOW = 1_800_000_000_000_000
LOGS = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.glob("*/*")
    if path.name != "expected.json"
)


def expected(log: str) -> Any:
    return json.loads((FOLDER / log).with_name("expected.json").read_text("utf-8"))


def audited(log: str, **options: Any) -> engine.Audit:
    path = FOLDER / log
    return engine.audit(path, now=NOW, date_order=order_of(log), **options)


def order_of(log: str) -> Any:
    return "dmy" if log.startswith("moodle") else None


def test_every_dialect_has_logs() -> None:
    assert {log.split("/")[0] for log in LOGS} == {"aspects", "moodle", "open-edx", "xapi"}


@pytest.mark.parametrize("log", LOGS)
def test_the_log_is_recognised_and_all_rows_are_accounted_for(log: str) -> None:
    audit = audited(log)
    name = log.split("/")[0]
    assert audit.records.dialect.name == name
    assert any(f"read as the dialect '{name}'" in note for note in audit.records.notes)
    summary = audit.summary
    counts = {each: getattr(summary, each) for each in expected(log)["rows"]}
    assert counts == expected(log)["rows"]
    assert summary.rows == (
        summary.events + summary.duplicates + summary.quarantined + summary.ignored
    )
    assert sum(summary.ignored_kinds.values()) == summary.ignored


@pytest.mark.parametrize("log", LOGS)
def test_statuses_and_findings(log: str) -> None:
    audit = audited(log)
    statuses = [
        [row["learner"], row["content_title"], row["status"]] for row in audit.status().rows()
    ]
    assert statuses == expected(log)["statuses"]
    found = [[row["code"], row["row"]] for row in audit.findings.rows()]
    assert found == expected(log)["findings"]


@pytest.mark.parametrize("log", LOGS)
def test_naming_the_dialect_gives_the_same_without_the_note(log: str) -> None:
    told, named = audited(log), audited(log, dialect=log.split("/")[0])
    assert named.findings.rows() == told.findings.rows()
    assert named.status().rows() == told.status().rows()
    assert not any("read as the dialect" in note for note in named.records.notes)


def test_messages_speak_the_words_of_the_platform() -> None:
    messages = [row["message"] for row in audited("moodle/english.csv").findings.rows()]
    assert any("course completed" in message for message in messages)


def test_voided_and_incomplete_statements_are_said() -> None:
    audit = audited("xapi/lines.jsonl")
    assert audit.summary.ignored_kinds == {
        "completed (incomplete)": 1,
        "completed (voided)": 1,
        "frobnicated": 1,
        "voided": 1,
    }
    notes = "\n".join(audit.records.notes)
    assert "does not name are ignored (1): frobnicated (1)" in notes
    assert "a later row says that they do not count (1): completed (1)" in notes


def test_two_dialects_are_never_one_report() -> None:
    both = [FOLDER / "xapi/lines.jsonl", FOLDER / "open-edx/tracking.jsonl"]
    with pytest.raises(engine.InputError, match="one platform at a time"):
        engine.audit(both, now=NOW)
    with pytest.raises(engine.UsageError, match="two logs of one platform"):
        engine.compare(*both, now=NOW)
    with pytest.raises(engine.InputError, match="read in the dialect 'thought-industries'"):
        engine.audit([both[0], FOLDER.parent / "demo.csv"], now=NOW)


def test_a_store_refuses_what_it_could_not_tell_apart(tmp_path: Path) -> None:
    with pytest.raises(engine.InputError, match="a store takes in content actions reports alone"):
        engine.Store(tmp_path / "s.duckdb").append(FOLDER / "xapi/lines.jsonl")
    assert not (tmp_path / "s.duckdb").exists()


def test_compare_and_reconcile_take_a_dialect() -> None:
    log = FOLDER / "xapi/lines.jsonl"
    comparison = engine.compare(log, log, dialect="xapi", now=NOW)
    assert not comparison.findings.rows()
    assert comparison.summary.old.ignored == 4


def test_a_table_in_memory_is_recognised() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table(
        {
            "event_id": ["1", "2"],
            "emission_time": ["2024-01-01 10:00:00", "2024-01-02 10:00:00"],
            "actor_id": ["a", "a"],
            "course_key": ["c", "c"],
            "org": ["o", "o"],
            "enrollment_status": ["registered", "unregistered"],
        }
    )
    audit = engine.audit(table, now=NOW)
    assert audit.records.dialect.name == "aspects"
    assert [row["status"] for row in audit.status().rows()] == ["revoked"]
