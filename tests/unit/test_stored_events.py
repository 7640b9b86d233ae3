"""Events as they are read back from a store."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import engine
from engine.store.database import reading
from engine.store.stored import events

VENDOR: Final = str(Path(__file__).parents[2] / "fixtures" / "formats" / "vendor.json")


def test_ids_come_with_their_events_in_whatever_order(tmp_path: Path) -> None:
    store = engine.Store(tmp_path / "s.duckdb")
    store.import_reports(VENDOR)
    with reading(store.path) as connection:
        known = dict(connection.execute("SELECT event, id FROM journal.events").fetchall())
        assert len(set(known.values())) > 3
        for _ in range(20):
            found = events(connection, "ORDER BY random()", named=True)
            assert found.id is not None
            assert dict(zip(found.event.tolist(), found.id.to_pylist(), strict=True)) == known
