"""The rows that a report adds to the journal: new events, further sightings, rejected rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import flags, int32, int64, texts
from engine.columns.kernels import position, take
from engine.columns.slices import gather, numbers_to, repeated, unpaired
from engine.columns.texts import Codes
from engine.records import ROW_CODES, Records
from engine.store.connection import BATCH
from engine.store.matching import Matched
from engine.store.numbering import Numbered
from engine.store.stored import Events
from engine.store.tables import seal

__all__ = ["events_table", "new_events", "nullable", "quarantine", "resightings"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def new_events(
    records: Records,
    rows: Numbered,
    found: Matched,
    known: Events,
    number: int,
    first_event: int,
) -> Events:
    """Return the events that a report brought first, in the order of stream and time."""
    offset = len(known)
    chosen, stream, at = found.members, found.stream, found.at
    if offset:
        fresh = chosen >= offset
        chosen, stream, at = chosen[fresh] - offset, stream[fresh], at[fresh]
    names = None
    if records.event_id is not None:
        codes = records.event_id[chosen]
        names = _null_where(
            records.event_ids.take(int32(codes)), codes == position(records.event_ids, "")
        )
    # Where streams are in order, whose they are is computed sooner than fetched.
    learner, content = unpaired(stream, max(1, rows.contents))
    label, panorama, pair = (
        gather(column, chosen) for column in (rows.label, rows.panorama, rows.pair)
    )
    return Events(
        event=numbers_to(len(chosen), first=first_event),
        import_=repeated(len(chosen), number, np.int32),
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


def events_table(new: Events) -> pa.Table:
    """Return events as rows of the journal, each with its seal."""
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
    cells["id"] = _unnamed(len(new)) if id_ is None else id_
    cells["seal"] = int32(sealed)
    return pa.table(cells)


def _unnamed(length: int) -> pa.ChunkedArray:
    """Return no id so many times; all lie in the memory of a few."""
    few = pa.nulls(min(length, BATCH), pa.string())
    whole, rest = divmod(length, max(1, len(few)))
    return pa.chunked_array([few] * whole + [few[:rest]], pa.string())


def resightings(
    records: Records,
    rows: Numbered,
    found: Matched,
    known: Events,
    new: Events,
    number: int,
) -> pa.Table:
    """Return the rows that carry an event known by then.

    Their fields are given only where they say otherwise than the event.
    """
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
            **{name: nullable(fields[name], differs) for name in fields},
            "seal": int32(sealed),
        }
    )


def nullable(cells: npt.NDArray[Any], known: Mask) -> pa.Array:
    """Return whole numbers as an Arrow array, null where not known."""
    if cells.dtype.itemsize == 8:
        return int64(cells, known)
    body = np.where(known, cells, 0).astype(np.int32)
    valid = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.int32(), len(body), [valid, pa.py_buffer(body)])


def quarantine(records: Records, rows: Numbered, number: int) -> pa.Table:
    """Return every row that became no event; the numbers of its cells where it has any."""
    found = records.rejects
    order = np.lexsort((found.code, found.row))
    where = found.record[order]
    split = where >= 0
    place = np.maximum(where, 0)

    def of(cells: Codes) -> pa.Array:
        return nullable(cells[place] if len(cells) else np.zeros(len(place), np.int32), split)

    names: list[str | None] = [None] * len(found)
    if records.event_id is not None:
        for at in np.flatnonzero(split).tolist():
            names[at] = records.event_ids[int(records.event_id[place[at]])].as_py() or None
    return pa.table(
        {
            "import": int32(np.full(len(found), number)),
            "row": int32(found.row[order]),
            "code": texts(ROW_CODES[code] for code in found.code[order].tolist()),
            "detail": take(found.details, int32(found.detail[order])),
            "raw": texts(found.raw(order)),
            "learner": of(rows.learner),
            "label": of(rows.label),
            "panorama": of(rows.panorama),
            "pair": of(rows.pair),
            "id": texts(names),
        }
    )
