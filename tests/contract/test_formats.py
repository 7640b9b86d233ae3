"""One report in every format of interface.md: each gives the same status table."""

from __future__ import annotations

import runpy
from datetime import datetime
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "fixtures" / "formats"
TOOL = runpy.run_path(str(ROOT / "tools" / "make_formats.py"))
MADE: dict[str, bytes] = TOOL["files"]()
BINARY = (".xlsx", ".parquet", ".gz", ".zst")


def table(name: str) -> list[dict[str, object]]:
    return engine.audit(FORMATS / name).status().rows()


def by_day(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {
            name: value.replace(hour=0, minute=0) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def test_the_plain_one_says_what_the_rows_say() -> None:
    rows = table("comma.csv")
    assert [(row["learner"], row["status"], row["events"]) for row in rows] == [
        ("ana@example.com", "revoked", 3),
        ("bo@example.com", "enrolled", 1),
        ("zoë@mueller.example", "certified", 4),
    ]
    assert rows[2]["content_title"] == "Sécurité au travail, niveau 2; «à jour»"
    assert rows[2]["panorama"] == "Müller & Söhne | Nord"
    assert str(rows[2]["certified_at"]) == "2024-03-21 16:45:00+00:00"


@pytest.mark.parametrize("name", MADE)
def test_every_format_gives_the_same_status_table(name: str) -> None:
    expected, found = table("comma.csv"), table(name)
    if name == "time-date-only.csv":
        expected = by_day(expected)
    if name == "vendor.json":
        # The event API does not say what type of content it is.
        expected = [row | {"content_type": ""} for row in expected]
    assert found == expected


@pytest.mark.parametrize("name", MADE)
def test_every_row_is_read(name: str) -> None:
    summary = engine.audit(FORMATS / name).summary
    again = int(name == "vendor.json")
    assert (summary.rows, summary.events, summary.duplicates, summary.quarantined) == (
        8 + again,
        8,
        again,
        0,
    )


def test_fixtures_are_what_the_script_writes() -> None:
    assert {file.name for file in FORMATS.iterdir()} == set(MADE)
    for name, content in MADE.items():
        if not name.endswith(BINARY):
            assert (FORMATS / name).read_bytes() == content, name
        assert len(content) < 16_000, name
