"""An import that is broken off leaves nothing behind that goes on writing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

import engine
from engine.store import append, database

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_however_often_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    store = engine.Store(tmp_path / "s.duckdb")
    store.import_reports(FIXTURES / "formats" / "vendor.json")
    before = store.verify()
    by_then: list[str] = []
    main = threading.get_ident()
    written: list[str] = []
    insert, close = append.insert, database._close

    def inserted(connection: duckdb.DuckDBPyConnection, name: str, rows: Any) -> None:
        if name == "journal.events":
            for _ in range(times):
                signal.pthread_kill(main, signal.SIGINT)
                time.sleep(0.2)
        insert(connection, name, rows)
        written.append(name)

    def closed(connection: duckdb.DuckDBPyConnection) -> None:
        by_then.extend(written)
        close(connection)

    monkeypatch.setattr(append, "insert", inserted)
    monkeypatch.setattr(database, "_close", closed)
    with pytest.raises(KeyboardInterrupt):
        store.import_reports(FIXTURES / "demo.csv")
    assert "journal.events" in by_then
    assert by_then == written
    monkeypatch.undo()
    assert store.verify() == before
