"""One import: what a report adds to the journal, and the digest that covers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import int32, int64, texts
from engine.columns.slices import gather, paired
from engine.records import Records
from engine.store.connection import insert
from engine.store.matching import Matched, match
from engine.store.numbering import Numbered, numbered
from engine.store.replaying import Import
from engine.store.rows import events_table, new_events, nullable, quarantine, resightings
from engine.store.soundness import require_within
from engine.store.stored import Events, events, some_named
from engine.store.tables import IMPORT, PARTS, Column, chain, dtype_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["Prepared", "Report", "add", "conclude", "prepare"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FEW: Final = 4
"""One learner in so many is few."""


class Report(msgspec.Struct):
    """A report to import: its records, and what is known of its file.

    ``records`` are taken by :func:`prepare`, so that their memory is free afterwards. ``sha256``
    is called when the digest is needed, so that it can be computed meanwhile.
    """

    records: Records | None
    notes: list[str]
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
    respelled:
        Whether it spells a source that the store has otherwise: which spelling is shown may then
        change in any stream.
    """

    parts: dict[str, pa.Table]
    facts: dict[str, Any]
    head: str
    touched: Events
    everything: bool
    respelled: bool


def prepare(
    connection: duckdb.DuckDBPyConnection,
    report: Report,
    *,
    now: int,
    named: Callable[[Import, dict[str, pa.Table]], object],
) -> Prepared:
    """Find out what a report adds to the journal.

    Parameters
    ----------
    now:
        The recorded time; an import is never recorded before the one before it.
    named:
        Called with the import and the rows to add to ``texts``, ``labels`` and ``pairs``, long
        before the rest is known; from then on the connection is not asked any more.
    """
    last = connection.execute(
        "SELECT import, recorded_at, digest, first_event + new_events FROM journal.imports "
        "ORDER BY import DESC LIMIT 1"
    ).fetchall()
    before, earlier, head, first_event = last[0] if last else (0, now, "", 0)
    number = before + 1
    records, report.records = report.records, None
    assert records is not None
    rows = numbered(connection, records, number=number)
    known = _known(connection, records, rows) if before else _none()
    notes = "\n".join(records.notes)
    importing = Import(number, report.file, max(now, earlier), notes, records.timezone)
    named(importing, rows.added)
    require_within(known.content, 0, max(1, rows.contents), "an event's content")
    require_within(known.pair, 0, len(rows.classes), "an event's pair")
    found = match(records, rows, known)
    new = new_events(records, rows, found, known, number, first_event)
    parts = dict(rows.added)
    parts["resightings"] = resightings(records, rows, found, known, new, number)
    parts["quarantine"] = quarantine(records, rows, number)
    parts["events"] = events_table(new)
    again = len(found.again)
    repeated = int(np.count_nonzero(found.repeated))
    at = records.at if bool(records.kept.all()) else records.at[records.kept]
    facts: dict[str, Any] = {
        "import": number,
        "file": importing.file,
        "bytes": report.bytes,
        "recorded_at": importing.recorded_at,
        "timezone": importing.timezone,
        "date_order": report.date_order,
        "timestamp_format": report.timestamp_format,
        "notes": importing.notes,
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
    fresh = slice(len(rows.classes) - len(parts["pairs"]), None)
    respelled = bool((rows.classes[fresh] < fresh.start).any())
    return Prepared(parts, facts, head, touched, not first_event, respelled)


def add(connection: duckdb.DuckDBPyConnection, parts: Mapping[str, pa.Table], *names: str) -> None:
    """Add rows to the tables of these names."""
    for name in names:
        if parts[name].num_rows:
            insert(connection, f"journal.{name}", parts[name])


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
    insert(connection, "journal.imports", row.append_column("digest", texts([digest])))
    return digest


def _none() -> Events:
    nothing, numbers = np.empty(0, np.int32), np.empty(0, np.int64)
    n = nothing
    return Events(numbers, n, n, n, n, n, n, n, numbers, None)


def _known(connection: duckdb.DuckDBPyConnection, records: Records, rows: Numbered) -> Events:
    """The stored events of the report's streams, and those that have an id of it."""
    # Of a learner who was not there before there is nothing to find.
    wanted_rows = np.flatnonzero(records.kept & (rows.learner < rows.learners))
    # Without the counts numpy would look for masks first, and load a module for them.
    streams, _ = np.unique(
        paired(rows.learner[wanted_rows], rows.content[wanted_rows], max(1, rows.contents)),
        return_counts=True,
    )
    learner, content = np.divmod(streams, max(1, rows.contents))
    wanted = pa.table({"learner": int32(learner), "content": int32(content)})
    of_streams = "JOIN wanted ON e.learner = wanted.learner AND e.content = wanted.content"
    if len(learner) * _FEW < rows.learners:
        # Asked for the learner alone, the database leaves out rows while it reads them.
        of_streams += " WHERE e.learner IN (SELECT learner FROM wanted)"
    named = records.event_id is not None or some_named(connection)
    if records.event_id is None:
        return events(connection, of_streams, named=named, placed=False, wanted=wanted)
    ids = pa.table({"id": records.event_ids})
    chosen = (
        f"WHERE e.event IN (SELECT e.event FROM journal.events e {of_streams}) "
        "OR e.id IN (SELECT id FROM ids WHERE id <> '')"
    )
    return events(connection, chosen, named=True, placed=False, wanted=wanted, ids=ids)


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
    index, fresh = found.members[chosen], is_new[chosen]
    index[fresh] = offset + np.arange(int(np.count_nonzero(fresh)))

    def column(name: str) -> npt.NDArray[Any]:
        return gather(np.concatenate([getattr(known, name), getattr(new, name)]), index)

    names = None
    if known.id is not None or new.id is not None:
        ids = [
            pa.nulls(len(part), pa.string()) if part.id is None else part.id
            for part in (known, new)
        ]
        names = pa.concat_arrays(ids).take(int64(index))
    fields = [name for name in new.__struct_fields__ if name != "id"]
    return Events(**{name: column(name) for name in fields}, id=names)


def _cell(value: Any, column: Column) -> pa.Array:
    """One cell as a column."""
    if column.type == pa.string():
        return texts([value])
    known = np.array([value is not None])
    return nullable(np.array([value or 0], dtype_of(column.type)), known)
