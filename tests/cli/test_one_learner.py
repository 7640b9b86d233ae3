"""One learner of a store, read the short way and the long way: they agree to the byte."""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_reports import HEADER, Run

from engine.cli import status, timeline

WIDE = (*HEADER, "id", "courseSku")


def _rows(chance: random.Random) -> Iterator[list[str]]:
    """Rows that are told apart by little: spellings, ties, ids, repeats, broken ones."""
    pairs = (
        ("enrollment", "registration"),
        ("enrollment", "new_source"),
        ("status_change", "course_started"),
        ("status_change", "course_completed"),
        ("status_change", "manager_changed_status"),
        ("certificate_grant", "course_completed"),
        ("revoked_access", "sso"),
        ("revoked_access", "course_started"),
        ("bogus", "sso"),
    )
    titles = ("Café", unicodedata.normalize("NFD", "Café"), " Intro ", "Intro")
    for _ in range(chance.randint(5, 40)):
        kind, source = chance.choice(pairs)
        day, hour = chance.randint(1, 9), chance.choice((0, 9))
        yield [
            chance.choice(("ana@example.com", " Ana@Example.com", "bob@example.com", "")),
            chance.choice(("", "North", " North")),
            chance.choice(("course", "video")),
            chance.choice(titles),
            kind if chance.random() < 0.9 else kind.upper(),
            source,
            chance.choice((f"2024-03-0{day}T0{hour}:00:00", f"2024-03-0{day}", "2999-01-01", "?")),
            chance.choice(("", "", "e1", "e2", "e3")),
            chance.choice(("", "K1")),
        ]


def _store(folder: Path, seed: int, command: Run) -> str:
    chance, known = random.Random(seed), list[list[str]]()
    store = str(folder / "s.duckdb")
    for number in range(3):
        rows = [*_rows(chance), *chance.sample(known, min(len(known), 9))]
        known += rows
        wide = chance.random() < 0.5
        file = folder / f"{number}.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            names = WIDE if wide else HEADER
            csv.writer(out).writerows([names, *(row[: len(names)] for row in rows)])
        zone = chance.choice(("UTC", "Europe/Paris"))
        done = command("import", store, str(file), "--timezone", zone)
        assert done.returncode == 0, done.stderr
    return store


CALLS = (
    ("timeline", "--format", "jsonl"),
    ("timeline", "--format", "csv", "--history", "partial", "--no-across"),
    ("timeline", "--format", "json", "--tolerance", "86400", "--key", "email,panorama,content"),
    ("timeline", "--format", "csv", "--content", "Intro", "--timezone", "Asia/Tokyo"),
    ("timeline", "--format", "csv", "--reschedule-window", "-1"),
    ("timeline", "--format", "csv", "--known-on", "1999-01-01"),
    ("timeline",),
    ("status", "--format", "jsonl"),
    ("status", "--as-of", "2024-03-05", "--timezone", "America/New_York"),
    ("status", "--as-of", "2024-03-05T09:00:00Z", "--format", "csv", "--history", "partial"),
    ("status", "--as-of", "nonsense"),
    ("status", "--as-of", "2024-01-01", "--content", "Café"),
    ("status", "--date-order", "dmy"),
    ("status", "--content", "Introo"),
)


SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_ways_agree(
    seed: int, tmp_path: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _store(tmp_path, seed, command)
    calls = [
        (name, store, *options, "--learner", learner)
        for name, *options in CALLS
        for learner in ("ANA@example.com", "bob@example.com", "zoe@example.com")
    ]
    short = [command(*call) for call in calls]
    for module in (status, timeline):
        monkeypatch.setattr(module, "audit_of_learner", lambda *call: None)
    for call, done in zip(calls, short, strict=True):
        long = command(*call)
        assert (done.returncode, done.stdout, done.stderr) == (
            long.returncode,
            long.stdout,
            long.stderr,
        ), call


def test_the_short_way_is_taken(store: str, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the learner's events is read: the reading of everything is not even called."""
    calls = (
        ("timeline", store, "--format", "csv"),
        ("status", store),
        ("status", store, "--as-of", "2024-01-01", "--format", "jsonl"),
    )

    def never(*call: object, **options: object) -> None:
        raise AssertionError("everything was read")

    for module in (status, timeline):
        monkeypatch.setattr(module, "audit", never)
    for call in calls:
        done = command(*call, "--learner", "rita.reenrolled@northwind.example")
        assert done.returncode == 0
        assert "rita.reenrolled" in done.stdout
