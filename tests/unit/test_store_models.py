"""The read models of a store: what an import hides, what is tidied away, older stores."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

import engine
from engine.store import append, schema
from engine.store.models import MODELS, shown

DEMO: Final = str(Path(__file__).parents[2] / "fixtures" / "demo.csv")


def asked(store: engine.Store, query: str) -> list[Any]:
    store.close()
    with duckdb.connect(store.path, read_only=True) as client:
        return client.execute(query).fetchall()


def kept(store: engine.Store) -> list[Any]:
    return [asked(store, f"FROM ({shown(model)}) ORDER BY ALL") for model in MODELS]


def hidden(store: engine.Store) -> list[int]:
    return [
        asked(store, f"SELECT count(*) FROM model.{model}")[0][0] - len(rows)
        for model, rows in zip(MODELS, kept(store), strict=True)
    ]


def seconds_later(path: Path, second: int, wanted: Sequence[int]) -> Path:
    """Write these rows of the demo as new events: of the same minute, but of another second."""
    with open(DEMO, encoding="utf-8") as demo:
        header, *rows = demo.read().splitlines()
    changed = [f"{rows[number].rsplit(':', 1)[0]}:{second:02}Z" for number in wanted]
    path.write_text("\n".join([header, *changed, ""]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose second import brought further events of a few records; tests get copies."""
    folder = tmp_path_factory.mktemp("store")
    later = seconds_later(folder / "later.csv", 13, range(0, 2000, 100))
    with engine.Store(folder / "s.duckdb") as store:
        _, done = store.import_reports(DEMO, later)
    assert done.new_events == done.rows == 20
    return folder / "s.duckdb"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> engine.Store:
    return engine.Store(shutil.copy(made, tmp_path))


def test_what_is_made_anew_hides_what_was_there(store: engine.Store) -> None:
    records, intervals, _ = hidden(store)
    assert intervals > records > 10
    assert asked(store, "SELECT count(*) FROM records") == [(len(store.audit().status()),)]
    assert asked(store, "SELECT count(*) FROM intervals") == [(len(store.audit().timeline()),)]
    assert not store.verify().faults
    before = kept(store)
    store.rebuild()
    assert (kept(store), hidden(store)) == (before, [0, 0, 0])


def test_a_further_import_of_the_same_records(store: engine.Store, tmp_path: Path) -> None:
    store.import_reports(seconds_later(tmp_path / "third.csv", 17, range(0, 2000, 200)))
    assert hidden(store)[0] > 20
    assert not store.verify().faults
    before = kept(store)
    store.rebuild()
    assert kept(store) == before


def test_now_and_then_they_are_tidied_away(store: engine.Store, tmp_path: Path) -> None:
    grown = []
    for number in range(3, 11):
        store.import_reports(seconds_later(tmp_path / "more.csv", 10 + number, [5]))
        grown.append(hidden(store)[0])
    assert grown == [*range(grown[0], grown[0] + 7), 0]
    assert not store.verify().faults
    before = kept(store)
    store.rebuild()
    assert kept(store) == before


def test_they_are_when_there_are_many(store: engine.Store, tmp_path: Path) -> None:
    store.import_reports(seconds_later(tmp_path / "more.csv", 14, range(0, 2000, 3)))
    assert hidden(store) == [0, 0, 0]
    assert not store.verify().faults


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("DELETE FROM model.remade", "model.records"),
        (
            "INSERT INTO model.remade SELECT learner, content, 9 FROM journal.events",
            "model.records",
        ),
        ("INSERT INTO model.remade VALUES (-5, 0, 99)", "model.remade"),
        ("INSERT INTO model.remade SELECT * FROM model.remade LIMIT 1", "model.remade"),
        ("UPDATE model.records SET import = 0 WHERE import = 1", "model.records"),
        ("UPDATE model.intervals SET import = 2 WHERE import = 1", "model.intervals"),
        ("INSERT INTO model.intervals VALUES (-1, 0, 0, 2, NULL, 2)", "model.intervals"),
    ],
)
def test_who_edits_what_is_hidden_is_found(store: engine.Store, statement: str, part: str) -> None:
    with duckdb.connect(store.path) as client:
        client.execute(statement)
    assert part in [fault.part for fault in store.verify().faults]


@pytest.mark.parametrize("edit", ["key = 'email,conten'", "tolerance = -1"])
def test_options_that_are_none_are_one_sentence(store: engine.Store, edit: str) -> None:
    with duckdb.connect(store.path) as client:
        client.execute(f"UPDATE model.made SET {edit}")
    assert [fault.part for fault in store.verify().faults] == ["model.made"]
    for write in (store.rebuild, lambda: store.import_reports(DEMO)):
        with pytest.raises(engine.InputError, match="edited or is damaged"):
            write()


@pytest.mark.parametrize("importing", [False, True])
def test_a_store_of_the_second_version(
    store: engine.Store, tmp_path: Path, importing: bool
) -> None:
    old = tmp_path / "old.duckdb"
    with duckdb.connect(old) as client:
        for step in schema.steps()[:2]:
            client.execute(step)
        client.execute(f"ATTACH '{store.path}' AS kept (READ_ONLY)")
        for table in ("imports", "texts", "labels", "pairs", "events", "resightings", "quarantine"):
            client.execute(f"INSERT INTO journal.{table} SELECT * FROM kept.journal.{table}")
        client.execute("INSERT INTO model.made SELECT * FROM kept.model.made")
        client.execute("UPDATE model.made SET history = 'partial', tolerance = 2")
    with pytest.raises(engine.InputError, match=r"of version 2.*rebuild"):
        engine.Store(old).imports()
    upgraded = engine.Store(old)
    if importing:
        upgraded.import_reports(seconds_later(tmp_path / "third.csv", 17, [3]))
        store.import_reports(tmp_path / "third.csv")
    else:
        upgraded.rebuild()
    assert not upgraded.verify().faults
    assert asked(upgraded, "SELECT history, tolerance FROM model.made") == [("partial", 2.0)]
    store.rebuild(history="partial", tolerance=2.0)
    assert kept(upgraded) == kept(store)


@pytest.mark.parametrize("few", [0, 10**9], ids=["by learner too", "by stream alone"])
def test_a_few_rows_of_it_are_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Both ways to the stored events of a report find them, and those that stand beside them."""
    monkeypatch.setattr(append, "_FEW", few)
    store = engine.Store(tmp_path / "s.duckdb")
    store.import_reports(DEMO)
    with open(DEMO, encoding="utf-8") as demo:
        header, *rows = demo.read().splitlines()
    again = tmp_path / "again.csv"
    again.write_text("\n".join([header, *rows[::40], ""]), encoding="utf-8")
    later = seconds_later(tmp_path / "later.csv", 13, range(0, 2000, 100))
    known, new = store.import_reports(again, later)
    assert known.already_known == known.rows == len(rows[::40])
    assert new.new_events == new.rows == 20
    assert not store.verify().faults
