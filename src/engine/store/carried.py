"""The rows that one import carried: its new events, those known before, duplicates, quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from engine.columns.kernels import position
from engine.columns.texts import Texts
from engine.records import Quarantine, Records
from engine.store.reading import as_records
from engine.store.replaying import Import
from engine.store.stored import dictionaries, events, some_named, table_of

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

__all__ = ["carried"]


def carried(
    connection: duckdb.DuckDBPyConnection, recorded: list[Import], number: int, *, timezone: str
) -> Records:
    """Return the rows of one import, with the fields that they had in it.

    Parameters
    ----------
    recorded:
        The imports up to this one; their files are named as in an audit of all of them.
    """
    of_import = f"WHERE import = {number}"
    records = as_records(
        recorded,
        dictionaries(connection, number),
        # What it repeats may be an event of an earlier import: that one gives the fields.
        events(
            connection,
            f"{of_import} OR event IN (SELECT event FROM journal.resightings {of_import}) "
            "ORDER BY event",
            named=some_named(connection),
        ),
        table_of(connection, f"SELECT * FROM journal.resightings {of_import} ORDER BY row"),
        table_of(connection, f"SELECT * FROM journal.quarantine {of_import} ORDER BY row, code"),
        timezone=timezone,
    )
    return _of_file(records, len(recorded) - 1, recorded[-1])


def _of_file(records: Records, file: int, imported: Import) -> Records:
    rows = np.flatnonzero(records.file == file)
    chosen = records.taken(rows)
    # A report without ids is one without that column, whatever columns other reports have.
    if not _some(chosen.event_id, chosen.event_ids):
        chosen.event_id = None
    if not _some(chosen.content_id, chosen.content_ids):
        chosen.content_id = None
    nowhere = np.zeros(len(rows), np.int32)
    return replace(
        chosen,
        files=[records.files[file]],
        file=nowhere,
        rejects=_moved(records.rejects, rows, [records.files[file]]),
        notes=[note for note in imported.notes.split("\n") if note],
        imported_in=(imported.timezone,),
    )


def _some(codes: npt.NDArray[np.int32] | None, texts: Texts) -> bool:
    return codes is not None and bool((codes != position(texts, "")).any())


def _moved(rejects: Quarantine, rows: npt.NDArray[np.int64], files: list[str]) -> Quarantine:
    """The quarantine of a table of which only these rows are left; all of it is theirs."""
    real = rejects.record >= 0
    return Quarantine(
        files=files,
        file=np.zeros(len(rejects), np.int32),
        row=rejects.row,
        code=rejects.code,
        record=np.where(real, np.searchsorted(rows, rejects.record), -1),
        detail=rejects.detail,
        details=rejects.details,
        raw=rejects.raw,
    )
