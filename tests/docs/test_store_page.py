"""The questions of docs/store.md, asked by a plain DuckDB client; what it says of digests."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

import engine

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\*\*(\d+)\. .*?```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> engine.Store:
    """The demo report's older half, then all but some rows of it."""
    folder = tmp_path_factory.mktemp("store")
    header, *rows = (ROOT / "fixtures" / "demo.csv").read_text("utf-8").splitlines(keepends=True)
    first, second = folder / "first.csv", folder / "second.csv"
    first.write_text(header + "".join(rows[len(rows) // 2 :]), encoding="utf-8")
    kept = [row for number, row in enumerate(rows) if number != len(rows) - 40]
    second.write_text(header + "".join(kept), encoding="utf-8")
    store = engine.Store(folder / "s.duckdb")
    store.import_reports(first, second)
    return store


def ask(store: engine.Store, question: str) -> list[dict[str, Any]]:
    with duckdb.connect(store.path, read_only=True) as client:
        found = client.execute(question)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def question(number: int) -> str:
    return dict(QUESTIONS)[str(number)]


def test_there_are_ten_questions_of_one_statement_each() -> None:
    assert [int(number) for number, _ in QUESTIONS] == list(range(1, 11))
    assert all(sql.count(";") == 1 for _, sql in QUESTIONS)


@pytest.mark.parametrize(("number", "sql"), QUESTIONS)
def test_each_question_has_an_answer(number: str, sql: str, store: engine.Store) -> None:
    assert ask(store, sql), number


def test_who_held_a_certificate_is_what_status_says(store: engine.Store) -> None:
    held = {(row["learner"], row["content_title"]) for row in ask(store, question(1))}
    status = store.audit().status("2024-03-01").rows()
    assert held == {
        (row["learner"], row["content_title"]) for row in status if row["status"] == "certified"
    }


def test_what_the_last_import_changed_is_the_difference_of_two_timelines(
    store: engine.Store,
) -> None:
    first = store.imports().rows()[0]["recorded_at"]
    store.close()
    fields = ("learner", "content_title", "status", "type", "source", "row")

    def opened(audit: engine.Audit) -> set[tuple[Any, ...]]:
        return {tuple(row[field] for field in fields) for row in audit.timeline().rows()}

    changed = {tuple(row[field] for field in fields[:5]) for row in ask(store, question(2))}
    new = opened(store.audit()) - opened(store.audit(known_on=first))
    assert changed == {row[:5] for row in new}


def test_the_row_taken_out_is_the_one_missing_from_the_second(store: engine.Store) -> None:
    (missing,) = ask(store, question(6))
    before = ask(store, f"SELECT * FROM sightings WHERE import = 1 AND row = {missing['row']}")
    assert [row["event"] for row in before] == [
        row["event"]
        for row in ask(
            store,
            "SELECT event FROM sightings WHERE import = 1 EXCEPT "
            "SELECT event FROM sightings WHERE import = 2",
        )
    ]


def test_views_hold_the_fields_of_the_commands(store: engine.Store) -> None:
    audit = store.audit()
    for view, frame, without in (
        ("records", audit.status(), set()),
        ("intervals", audit.timeline(), set()),
        ("findings", audit.findings, {"because", "fingerprint"}),
    ):
        (first, *_) = ask(store, f"SELECT * FROM {view}")
        assert set(frame.columns) - without <= set(first), view


def test_records_of_the_view_are_those_of_status(store: engine.Store) -> None:
    fields = ("learner", "content_title", "status", "possible", "events", "errors", "last_source")
    status = store.audit(across=False).status().rows()
    viewed = ask(store, "SELECT * FROM records ORDER BY learner, content_title, content_type")
    assert [[row[each] for each in fields] for row in viewed] == [
        [row[each] for each in fields] for row in status
    ]


def test_findings_of_the_view_are_those_of_audit(store: engine.Store) -> None:
    fields = ("code", "name", "severity", "learner", "content_title", "row", "before", "after")
    found = store.audit(across=False).findings_of(ignore=["C"]).rows()
    viewed = ask(store, "SELECT * FROM findings ORDER BY import, row, code")
    assert [[row[each] for each in fields] for row in viewed] == [
        [row[each] for each in fields] for row in found
    ]


def test_a_digest_is_computed_as_the_page_says(store: engine.Store) -> None:
    rows = ask(store, "SELECT pair, type, source FROM journal.pairs WHERE import = 1 ORDER BY pair")
    covered = f"{len(rows)}\n".encode()
    for name, cells in (
        ("import", [1] * len(rows)),
        ("pair", [row["pair"] for row in rows]),
    ):
        covered += f"{name} int32\n".encode()
        covered += b"".join(cell.to_bytes(4, "little") for cell in cells)
    for name in ("type", "source"):
        texts = [row[name].encode() for row in rows]
        covered += f"{name} string\n".encode()
        covered += b"".join(len(text).to_bytes(4, "little") for text in texts) + b"".join(texts)
    (kept,) = ask(store, "SELECT pairs_digest FROM journal.imports WHERE import = 1")
    assert kept["pairs_digest"] == hashlib.sha256(covered).hexdigest()
