"""One import: what a report adds to the journal, and the digest that covers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import flags, int32, int64, texts
from engine.columns.kernels import position
from engine.columns.slices import gather
from engine.columns.texts import Codes
from engine.records import Records
from engine.store.matching import Matched, match
from engine.store.numbering import Numbered, numbered
from engine.store.stored import Events, events, some_named
from engine.store.tables import IMPORT, PARTS, Column, chain, seal

if TYPE_CHECKING:
    import duckdb

__all__ = ["Prepared", "Report", "add", "conclude", "prepare"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BATCH = 122_880
"""Rows of a DuckDB row group: the batches that its threads take up one by one."""


class Report(msgspec.Struct):
    """A report to import: its records, and what is known of its file.

    ``sha256`` is called when the digest is needed, so that it can be computed meanwhile.
    """

    records: Records
    file: str
    sha256: Callable[[], str]
    bytes: int
    date_order: str | None
    timestamp_format: str | None


class Prepared(msgspec.Struct):
    """What a report adds to the journal, not yet added.

    Attributes
    ----------
    parts:
        The rows to add to each table of :data:`engine.store.tables.PARTS`.
    facts:
        The row of ``journal.imports``, but for the digests.
    head:
        The digest of the import before.
    touched:
        All events of the streams that have a new one, in the order of stream and time.
    everything:
        Whether no other stream has any event.
    """

    parts: dict[str, pa.Table]
    facts: dict[str, Any]
    head: str
    touched: Events
    everything: bool


def prepare(connection: duckdb.DuckDBPyConnection, report: Report, *, now: int) -> Prepared:
    """Find out what a report adds to the journal.

    Parameters
    ----------
    now:
        The recorded time; an import is never recorded before the one before it.
    """
    last = connection.execute(
        "SELECT import, recorded_at, digest, first_event + new_events FROM journal.imports "
        "ORDER BY import DESC LIMIT 1"
    ).fetchall()
    before, earlier, head, first_event = last[0] if last else (0, now, "", 0)
    number = before + 1
    records = report.records
    rows = numbered(connection, records, number=number)
    known = _known(connection, records, rows) if before else _none()
    found = match(records, rows, known)
    new = _new_events(records, rows, found, known, number, first_event)
    parts = dict(rows.added)
    parts["resightings"] = _resightings(records, rows, found, known, new, number)
    parts["quarantine"] = _quarantine(records, rows, number)
    parts["events"] = _as_table(new)
    again = len(found.again)
    repeated = int(np.count_nonzero(found.repeated))
    at = records.at if bool(records.kept.all()) else records.at[records.kept]
    facts: dict[str, Any] = {
        "import": number,
        "file": report.file,
        "bytes": report.bytes,
        "recorded_at": max(now, earlier),
        "timezone": records.timezone,
        "date_order": report.date_order,
        "timestamp_format": report.timestamp_format,
        "notes": "\n".join(records.notes),
        "rows": len(new) + again + len(records.rejects),
        "new_events": len(new),
        "already_known": again - repeated,
        "duplicates": repeated,
        "quarantined": len(records.rejects),
        "identified": sum(
            len(parts[part]) - parts[part].column("id").null_count
            for part in ("events", "quarantine")
        ),
        "window_first": int(at.min()) if len(at) else None,
        "window_last": int(at.max()) if len(at) else None,
        "first_event": first_event,
    }
    touched = _touched(found, known, new, rows)
    return Prepared(parts, facts, head, touched, everything=not first_event)


def add(connection: duckdb.DuckDBPyConnection, prepared: Prepared, *parts: str) -> None:
    """Add rows to these tables."""
    for part in parts:
        if prepared.parts[part].num_rows:
            _insert(connection, part, prepared.parts[part])


def conclude(
    connection: duckdb.DuckDBPyConnection,
    prepared: Prepared,
    of_part: dict[str, str],
    sha256: str,
) -> str:
    """Add the import itself, and return its digest.

    Parameters
    ----------
    of_part:
        The digest of each part.
    sha256:
        The digest of the file.
    """
    facts = prepared.facts | {"sha256": sha256}
    facts |= {f"{part}_digest": of_part[part] for part in PARTS}
    row = pa.table({column.name: _cell(facts[column.name], column) for column in IMPORT[:-1]})
    digest = chain(prepared.head, row)
    _insert(connection, "imports", row.append_column("digest", texts([digest])))
    return digest


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("added", pa.Table.from_batches(rows.to_batches(_BATCH), rows.schema))
    try:
        columns = ", ".join(f'"{column}"' for column in rows.column_names)
        connection.execute(f"INSERT INTO journal.{name} ({columns}) SELECT * FROM added")
    finally:
        connection.unregister("added")


def _none() -> Events:
    nothing, numbers = np.empty(0, np.int32), np.empty(0, np.int64)
    return Events(numbers, *[nothing] * 7, numbers, None)


def _known(connection: duckdb.DuckDBPyConnection, records: Records, rows: Numbered) -> Events:
    """The stored events of the report's streams, and those that have an id of it."""
    kept = records.kept
    streams = np.unique(
        rows.learner[kept].astype(np.int64) * max(1, rows.contents) + rows.content[kept]
    )
    learner, content = np.divmod(streams, max(1, rows.contents))
    wanted = pa.table({"learner": int32(learner), "content": int32(content)})
    of_streams = "SEMI JOIN wanted ON e.learner = wanted.learner AND e.content = wanted.content"
    named = records.event_id is not None or some_named(connection)
    if records.event_id is None:
        return events(connection, of_streams, named=named, wanted=wanted)
    ids = pa.table({"id": records.event_ids})
    chosen = (
        f"WHERE e.event IN (SELECT e.event FROM journal.events e {of_streams}) "
        "OR e.id IN (SELECT id FROM ids WHERE id <> '')"
    )
    return events(connection, chosen, named=True, wanted=wanted, ids=ids)


def _new_events(
    records: Records,
    rows: Numbered,
    found: Matched,
    known: Events,
    number: int,
    first_event: int,
) -> Events:
    offset = len(known)
    chosen = found.members
    if offset:
        chosen = chosen[chosen >= offset] - offset
    names = None
    if records.event_id is not None:
        codes = records.event_id[chosen]
        names = _null_where(
            records.event_ids.take(int32(codes)), codes == position(records.event_ids, "")
        )
    learner, content, label, panorama, pair, at = (
        gather(column, chosen)
        for column in (
            rows.learner,
            rows.content,
            rows.label,
            rows.panorama,
            rows.pair,
            records.at,
        )
    )
    return Events(
        event=first_event + np.arange(len(chosen)),
        import_=np.full(len(chosen), number, np.int32),
        row=gather(records.row, chosen, np.int32),
        learner=learner,
        content=content,
        label=label,
        panorama=panorama,
        pair=pair,
        at=at,
        id=names,
    )


def _null_where(cells: pa.StringArray, empty: Mask) -> pa.StringArray:
    valid = pa.py_buffer(np.packbits(~empty, bitorder="little"))
    whole = pa.concat_arrays([cells])
    return pa.Array.from_buffers(pa.string(), len(whole), [valid, *whole.buffers()[1:]])


def _cell(value: Any, column: Column) -> pa.Array:
    """One cell as a column."""
    if column.type == pa.string():
        return texts([value])
    known = np.array([value is not None])
    return _nullable(np.array([value or 0], column.type.to_pandas_dtype()), known)


def _as_table(new: Events) -> pa.Table:
    columns: dict[str, Any] = {
        ("import" if name == "import_" else name): getattr(new, name)
        for name in new.__struct_fields__
    }
    sealed = seal("events", columns, len(new))
    id_ = columns.pop("id")
    cells = {
        name: int64(cells) if cells.dtype.itemsize == 8 else int32(cells)
        for name, cells in columns.items()
    }
    cells["id"] = pa.nulls(len(new), pa.string()) if id_ is None else id_
    cells["seal"] = int32(sealed)
    return pa.table(cells)


def _resightings(
    records: Records,
    rows: Numbered,
    found: Matched,
    known: Events,
    new: Events,
    number: int,
) -> pa.Table:
    """The rows that carry an event known by then; their fields only where they say otherwise."""
    offset, again, target = len(known), found.again, found.target
    event = target
    if len(again):
        event_of = np.empty(offset + len(records), np.int64)
        event_of[:offset] = known.event
        event_of[found.members[found.members >= offset]] = new.event
        event = event_of[target]
    old = target < offset
    place, record = np.where(old, target, 0), np.where(old, 0, target - offset)
    differs = np.zeros(len(again), np.bool_)
    fields: dict[str, npt.NDArray[Any]] = {}
    for name, of_rows, of_known in (
        ("learner", rows.learner, known.learner),
        ("label", rows.label, known.label),
        ("panorama", rows.panorama, known.panorama),
        ("pair", rows.pair, known.pair),
        ("at", records.at, known.at),
    ):
        said = of_rows[again] if len(again) else of_rows[:0]
        earlier = of_rows[record] if len(again) else of_rows[:0]
        if offset:
            earlier = np.where(old, of_known[place], earlier)
        if name == "pair":
            differs |= rows.classes[said] != rows.classes[earlier]
        else:
            differs |= said != earlier
        fields[name] = said
    columns: dict[str, Any] = {
        "import": np.full(len(again), number, np.int32),
        "row": records.row[again].astype(np.int32),
        "event": event,
        "repeated": found.repeated,
    }
    for name, said in fields.items():
        columns[name] = np.where(differs, said, 0), differs
    sealed = seal("resightings", columns, len(again))
    return pa.table(
        {
            "import": int32(columns["import"]),
            "row": int32(columns["row"]),
            "event": int64(event),
            "repeated": flags(found.repeated),
            **{name: _nullable(fields[name], differs) for name in fields},
            "seal": int32(sealed),
        }
    )


def _nullable(cells: npt.NDArray[Any], known: Mask) -> pa.Array:
    if cells.dtype.itemsize == 8:
        return int64(cells, known)
    body = np.where(known, cells, 0).astype(np.int32)
    valid = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.int32(), len(body), [valid, pa.py_buffer(body)])


def _quarantine(records: Records, rows: Numbered, number: int) -> pa.Table:
    """Every row that became no event; the numbers of its cells where it has any."""
    rejected = np.flatnonzero(~records.kept)
    record_of = dict(zip(records.row[rejected].tolist(), rejected.tolist(), strict=True))
    rejects = sorted(records.rejects, key=lambda reject: (reject.row, reject.code))
    record = [record_of.get(reject.row, -1) for reject in rejects]
    where = np.array(record, np.int64)
    where[[reject.code == "R001" for reject in rejects]] = -1
    split = where >= 0
    place = np.maximum(where, 0)

    def of(cells: Codes) -> pa.Array:
        return _nullable(cells[place] if len(cells) else np.zeros(len(place), np.int32), split)

    names: list[str | None] = [None] * len(rejects)
    if records.event_id is not None:
        for at in np.flatnonzero(split).tolist():
            names[at] = records.event_ids[int(records.event_id[place[at]])].as_py() or None
    return pa.table(
        {
            "import": int32(np.full(len(rejects), number)),
            "row": int32(np.array([reject.row for reject in rejects], np.int32)),
            "code": texts(reject.code for reject in rejects),
            "detail": texts(reject.detail for reject in rejects),
            "raw": texts(reject.raw for reject in rejects),
            "learner": of(rows.learner),
            "label": of(rows.label),
            "panorama": of(rows.panorama),
            "pair": of(rows.pair),
            "id": texts(names),
        }
    )


def _touched(found: Matched, known: Events, new: Events, rows: Numbered) -> Events:
    """All events of the streams that have a new one, in the order of stream and time."""
    offset = len(known)
    if not offset:
        return new
    is_new = found.members >= offset
    begins = np.ones(len(is_new), np.bool_)
    begins[1:] = found.stream[1:] != found.stream[:-1]
    owner = np.cumsum(begins) - 1
    has_new = np.zeros(int(owner[-1]) + 1 if len(owner) else 0, np.bool_)
    has_new[owner[is_new]] = True
    chosen = has_new[owner]
    members, fresh = found.members[chosen], is_new[chosen]
    place = np.empty(len(members), np.int64)
    place[fresh] = np.arange(int(np.count_nonzero(fresh)))
    place[~fresh] = members[~fresh]

    def column(name: str) -> npt.NDArray[Any]:
        cells: npt.NDArray[Any] = getattr(new, name)
        merged = np.empty(len(members), cells.dtype)
        merged[fresh] = cells[place[fresh]]
        merged[~fresh] = getattr(known, name)[place[~fresh]]
        return merged

    names = None
    if known.id is not None or new.id is not None:
        ids = [
            pa.nulls(len(part), pa.string()) if part.id is None else part.id
            for part in (known, new)
        ]
        names = pa.concat_arrays(ids).take(int64(np.where(fresh, place + offset, place)))
    fields = [name for name in new.__struct_fields__ if name != "id"]
    return Events(**{name: column(name) for name in fields}, id=names)
