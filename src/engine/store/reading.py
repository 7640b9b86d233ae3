"""The records of a store as of a recorded time: the same that intake makes of the reports.

Records stand by import, then row, as if the reports were read one after another. Source:
semantics.md §7, §9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import flags, int64, known, texts
from engine.columns.order import stable_argsort
from engine.columns.slices import each_column, gather
from engine.columns.texts import Codes, Texts, distinct
from engine.records import ROW_CODES, Quarantine, Records, RowFinding, quarantine_findings
from engine.store.replaying import Import, classified, imports, row_findings_on
from engine.store.soundness import require_actions, require_carried, require_sound
from engine.store.stored import (
    Dictionaries,
    Events,
    array_of,
    dictionaries,
    events,
    some_named,
    table_of,
    texts_of,
    whole,
)
from engine.store.tables import PARTS

if TYPE_CHECKING:
    import duckdb

__all__ = ["as_records", "records_of"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[Any]]

_NUMBERS: Final = ("import_", "row", "learner", "label", "panorama", "pair", "at")


def records_of(
    connection: duckdb.DuckDBPyConnection, known_on: int | None, *, timezone: str
) -> Records:
    """Return every row that was imported up to a recorded time (microseconds, None: ever)."""
    recorded = imports(connection, known_on)
    until = recorded[-1].number if recorded else 0
    upto = f"WHERE import <= {until}"
    said = dictionaries(connection, until)
    if known_on is not None:
        # Who was named only later is no unknown learner, but one of whom nothing was known.
        said.texts["learner"] = texts_of(connection, "learner", None)
    return as_records(
        recorded,
        said,
        events(connection, f"{upto} ORDER BY event", named=some_named(connection)),
        _part(connection, "resightings", f"{upto} ORDER BY import, row"),
        _part(connection, "quarantine", f"{upto} ORDER BY import, row, code"),
        timezone=timezone,
    )


def _part(connection: duckdb.DuckDBPyConnection, part: str, rest: str) -> pa.Table:
    columns = ", ".join(f'"{column.name}"' for column in PARTS[part])
    return table_of(connection, f"SELECT {columns} FROM journal.{part} {rest}")


def as_records(
    recorded: list[Import],
    said: Dictionaries,
    stored: Events,
    resightings: pa.Table,
    quarantine: pa.Table,
    *,
    timezone: str,
) -> Records:
    """Return the records that these rows of the journal are; ``stored`` in order of event.

    Raises
    ------
    Damaged
        If a row points at one that is not there.
    """
    split = quarantine.filter(flags(_known(quarantine.column("learner"))))
    # The event of each resighting; it is among those stored, as it was recorded before.
    carried = array_of(resightings.column("event"))
    again = np.searchsorted(stored.event, carried)
    require_carried(stored.event, again, carried)
    blocks = [_of_events(stored), _of_resightings(resightings, stored, again), _of_rejects(split)]
    columns = {name: _end_to_end([block[name] for block in blocks]) for name in _NUMBERS}
    require_sound(said, recorded[-1].number if recorded else 0, columns)
    rejected = np.repeat([False, False, True], [len(block["row"]) for block in blocks])
    ids = _ids(stored, again, split)
    order = _by_import_and_row(columns["import_"], columns["row"])
    if order is not None:
        shuffled = each_column(lambda cells: gather(cells, order), columns.values(), len(order))
        columns = dict(zip(columns, shuffled, strict=True))
        rejected = rejected[order]
    label = [np.ascontiguousarray(said.label[:, at]) for at in range(4)]
    content, content_id, content_type, content_title = each_column(
        lambda cells: gather(cells, columns["label"]), label, len(rejected)
    )
    of_pair, pairs = classified(said.pairs)
    require_actions(pairs, gather(of_pair, columns["pair"]), ~rejected)
    files, of_import = _files(recorded)
    with_ids = len(said.texts["content_id"]) > 1
    event_id, event_ids = None, texts([])
    if ids is not None:
        event_id, event_ids = distinct([ids if order is None else ids.take(int64(order))])
    records = Records(
        files=files,
        file=gather(of_import, columns["import_"]),
        row=columns["row"],
        at=columns["at"],
        learner=columns["learner"],
        learners=said.texts["learner"],
        panorama=columns["panorama"],
        panoramas=said.texts["panorama"],
        content_type=content_type,
        content_types=said.texts["content_type"],
        content_title=content_title,
        content_titles=said.texts["content_title"],
        content=content,
        contents=int(said.label[:, 0].max(initial=-1)) + 1,
        pair=gather(of_pair, columns["pair"]),
        pairs=pairs,
        event_id=event_id,
        event_ids=event_ids,
        content_id=content_id if with_ids else None,
        content_ids=said.texts["content_id"],
        kept=~rejected,
        rejects=_rejects(quarantine, files, of_import, np.flatnonzero(rejected)),
        row_findings=[],
        timezone=timezone,
        notes=list(dict.fromkeys(n for each in recorded for n in each.notes.split("\n") if n)),
        imported_in=tuple(dict.fromkeys(each.timezone for each in recorded)),
    )
    records.row_findings += _rejections(split, rejected)
    records.row_findings += row_findings_on(records, columns["import_"], recorded)
    return records


def _known(column: pa.ChunkedArray) -> Mask:
    return np.concatenate([np.empty(0, np.bool_), *(known(chunk) for chunk in column.chunks)])


def _end_to_end(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    filled = [part for part in parts if len(part)]
    return filled[0] if len(filled) == 1 else np.concatenate(parts)


def _of_events(stored: Events) -> Columns:
    return {name: getattr(stored, name) for name in _NUMBERS}


def _of_resightings(rows: pa.Table, stored: Events, again: Ints) -> Columns:
    """What the event says, but for rows that say otherwise of it."""
    differs = _known(rows.column("learner"))
    columns: Columns = {
        "import_": array_of(rows.column("import")),
        "row": array_of(rows.column("row")),
    }
    for name in _NUMBERS[2:]:
        own = array_of(rows.column(name))
        columns[name] = np.where(differs, own, getattr(stored, name)[again]) if len(again) else own
    return columns


def _of_rejects(rows: pa.Table) -> Columns:
    columns: Columns = {"import_": array_of(rows.column("import")), "at": np.zeros(len(rows), int)}
    for name in _NUMBERS[1:-1]:
        columns[name] = array_of(rows.column(name))
    return columns


def _ids(stored: Events, again: Ints, split: pa.Table) -> Texts | None:
    """The ids of events, resightings and rejected rows; None if none has one."""
    rejected = whole(split.column("id"))
    if stored.id is None and rejected.null_count == len(rejected):
        return None
    own = pa.nulls(len(stored), pa.string()) if stored.id is None else stored.id
    return pa.concat_arrays([own, own.take(int64(again)), rejected])


def _by_import_and_row(import_: Codes, row: Codes) -> Ints | None:
    """The order by import, then row; None if that is the order already."""
    if not len(row):
        return None
    # Rows fit into 32 bits and imports are few: mostly the longest row takes fewer.
    key = import_.astype(np.int64) * (int(row.max()) + 1) + row
    if bool((key[1:] > key[:-1]).all()):
        return None
    return stable_argsort(key)[0]


def _files(recorded: list[Import]) -> tuple[list[str], Codes]:
    """The name of each import's file, told apart where an earlier one is called the same.

    A later import never changes the name of an earlier one.
    """
    names: dict[str, int] = {}
    of_import = np.zeros(1 + max((each.number for each in recorded), default=0), np.int32)
    for position, each_import in enumerate(recorded):
        name = each_import.file
        while name in names:
            name += f" (import {each_import.number})"
        names[name] = of_import[each_import.number] = position
    return list(names), of_import


def _rejects(quarantine: pa.Table, files: list[str], of_import: Codes, records: Ints) -> Quarantine:
    """The rows in quarantine; as in intake, those that are no records come first."""
    if not len(quarantine):
        return Quarantine.none()
    split = _known(quarantine.column("learner"))
    rows = quarantine.take(int64(np.argsort(split, kind="stable")))
    detail, details = distinct(rows.column("detail").chunks)
    return Quarantine(
        files=files,
        file=of_import[array_of(rows.column("import"))],
        row=array_of(rows.column("row")),
        code=np.array(
            [ROW_CODES.index(code) for code in rows.column("code").to_pylist()], np.uint8
        ),
        record=np.concatenate([np.full(np.count_nonzero(~split), -1), records]),
        detail=detail,
        details=details,
        raw=lambda wanted: rows.column("raw").take(int64(wanted)).to_pylist(),
    )


def _rejections(split: pa.Table, rejected: Mask) -> list[RowFinding]:
    """Those on records in quarantine; ``split`` is in the order of the records."""
    faults = np.zeros(len(rejected), np.uint8)
    faults[rejected] = [ROW_CODES.index(code) for code in split.column("code").to_pylist()]
    found = quarantine_findings(faults)
    return [finding for finding in found if len(finding.records)]
