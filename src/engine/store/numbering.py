"""A report's texts, labels and pairs in the store's numbers; what is new gets the next ones.

Exact: a number stands for one text, however many imports have it. Source: semantics.md §1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import kernels
from engine.columns.arrow import int32, texts
from engine.columns.arrow import numbers as arrow_numbers
from engine.columns.slices import gather
from engine.columns.texts import Codes, Texts, combined
from engine.dialects.dialect import canonical
from engine.records import Records
from engine.store.fields import FIELDS
from engine.store.soundness import Damaged
from engine.store.stored import fetched

if TYPE_CHECKING:
    import duckdb

__all__ = ["Numbered", "numbered", "pair_classes"]

_NOTHING: Final = texts([""])

_CONTENT_ID: Final = FIELDS.index("content_id")


class Numbered(msgspec.Struct):
    """The records of one report in the store's numbers.

    Attributes
    ----------
    learner, content, label, panorama, pair:
        Shape (records,), int32.
    classes:
        For each pair of the store the first pair that is spelled otherwise and means the same.
    streams:
        A bound of ``learner * contents + content``.
    learners:
        The number of learners that the store had before.
    contents:
        The number of contents in the store, the new ones included.
    added:
        Rows to add to the tables ``texts``, ``labels`` and ``pairs``.
    """

    learner: Codes
    content: Codes
    label: Codes
    panorama: Codes
    pair: Codes
    classes: Codes
    learners: int
    contents: int
    added: dict[str, pa.Table]


def numbered(connection: duckdb.DuckDBPyConnection, records: Records, *, number: int) -> Numbered:
    """Return the records of import ``number`` in the store's numbers."""
    ids, id_texts = records.content_id, records.content_ids
    if ids is None:
        ids, id_texts = np.zeros(len(records), np.int32), _NOTHING
    cells: dict[str, tuple[Codes, Texts]] = {
        "learner": (records.learner, records.learners),
        "panorama": (records.panorama, records.panoramas),
        "content_type": (records.content_type, records.content_types),
        "content_title": (records.content_title, records.content_titles),
        "content_id": (ids, id_texts),
    }
    taken = np.zeros(len(FIELDS), np.int64)
    for field, count in connection.execute(
        "SELECT field, count(*) FROM journal.texts GROUP BY field"
    ).fetchall():
        taken[field] = count
    mappings: dict[str, Codes] = {}
    new_fields, new_numbers, new_values = [], [], []
    for field, name in enumerate(FIELDS):
        values = cells[name][1]
        if name == "content_id" and not taken[field]:
            # The empty content id is always number 0.
            values = pa.concat_arrays([_NOTHING, values])
        mapping, fresh = _text_numbers(connection, field, values, int(taken[field]))
        if len(values) > len(cells[name][1]):
            mapping = mapping[1:]
        mappings[name] = mapping
        new_fields.append(np.full(len(fresh), field, np.int8))
        new_numbers.append(int(taken[field]) + np.arange(len(fresh), dtype=np.int32))
        new_values.append(fresh)
    added = {
        "texts": _table(
            number,
            field=_int8(np.concatenate(new_fields)),
            number=int32(np.concatenate(new_numbers)),
            value=pa.chunked_array(new_values, pa.string()),
        )
    }
    label, content, contents, added["labels"] = _labels(connection, cells, mappings, number)
    pair, classes, added["pairs"] = _pairs(connection, records, number)
    return Numbered(
        learner=_mapped(mappings["learner"], records.learner),
        content=content,
        label=label,
        panorama=_mapped(mappings["panorama"], records.panorama),
        pair=_mapped(pair, records.pair),
        classes=classes,
        learners=int(taken[FIELDS.index("learner")]),
        contents=contents,
        added=added,
    )


def _int8(values: npt.NDArray[np.int8]) -> pa.Array:
    return pa.Array.from_buffers(pa.int8(), len(values), [None, pa.py_buffer(values)])


def _mapped(mapping: Codes, codes: Codes) -> Codes:
    if np.array_equal(mapping, np.arange(len(mapping), dtype=np.int32)):
        return codes
    return gather(mapping, codes)


def _table(number: int, /, **columns: Any) -> pa.Table:
    length = len(next(iter(columns.values())))
    return pa.table({"import": int32(np.full(length, number, np.int32)), **columns})


def _text_numbers(
    connection: duckdb.DuckDBPyConnection, field: int, values: Texts, taken: int
) -> tuple[Codes, Texts]:
    """The store's number of each text, and the texts that are new, in the order of numbers."""
    mapping = np.full(len(values), -1, np.int32)
    if not taken and field != _CONTENT_ID:
        return np.arange(len(values), dtype=np.int32), values
    if taken:
        wanted = pa.table({"place": int32(np.arange(len(values))), "value": values})
        found = fetched(
            connection,
            "SELECT place, number FROM wanted JOIN journal.texts stored "
            f"ON stored.field = {field} AND stored.value = wanted.value",
            wanted=wanted,
        )
        mapping[found["place"]] = found["number"]
    else:
        # Texts of a report are distinct, but the empty one was put before these.
        (encoded,) = kernels.number(pa.chunked_array([values])).chunks
        mapping = arrow_numbers(encoded.indices)
        return mapping, encoded.dictionary
    fresh = np.flatnonzero(mapping < 0)
    mapping[fresh] = taken + np.arange(len(fresh), dtype=np.int32)
    return mapping, kernels.take(values, int32(fresh))


def _labels(
    connection: duckdb.DuckDBPyConnection,
    cells: dict[str, tuple[Codes, Texts]],
    mappings: dict[str, Codes],
    number: int,
) -> tuple[Codes, Codes, int, pa.Table]:
    """The label and the content of each record, the number of contents, and the new labels."""
    types, titles, ids = (cells[name] for name in ("content_type", "content_title", "content_id"))
    codes, keys = combined(types[0], max(1, len(types[1])), titles[0], max(1, len(titles[1])))
    local_type, local_title = np.divmod(keys, max(1, len(titles[1])))
    local_id = np.zeros(len(keys), np.int64)
    if len(ids[1]) > 1:
        codes, keys = combined(codes, max(1, len(keys)), ids[0], len(ids[1]))
        both, local_id = np.divmod(keys, len(ids[1]))
        local_type, local_title = local_type[both], local_title[both]
    type_ = mappings["content_type"][local_type] if len(keys) else np.empty(0, np.int32)
    title = mappings["content_title"][local_title] if len(keys) else np.empty(0, np.int32)
    id_ = mappings["content_id"][local_id] if len(keys) else np.empty(0, np.int32)

    taken, contents = connection.execute(
        "SELECT count(*), coalesce(max(content) + 1, 0) FROM journal.labels"
    ).fetchall()[0]
    if contents > taken:
        raise Damaged("it was edited or is damaged: a label's content is not there")
    label, content = np.full((2, len(keys)), -1, np.int32)
    if taken:
        wanted = pa.table(
            {
                "place": int32(np.arange(len(keys))),
                "type_": int32(type_),
                "title": int32(title),
                "id_": int32(id_),
            }
        )
        found = fetched(
            connection,
            "SELECT place, label, content FROM wanted JOIN journal.labels stored ON "
            "stored.content_type = type_ AND stored.content_title = title "
            "AND stored.content_id = id_",
            wanted=wanted,
        )
        label[found["place"]] = found["label"]
        content[found["place"]] = found["content"]
        # A content id alone says which content it is, under whatever title.
        found = fetched(
            connection,
            "SELECT place, any_value(content) AS content FROM wanted JOIN journal.labels stored "
            "ON stored.content_id = id_ WHERE id_ <> 0 GROUP BY place",
            wanted=wanted,
        )
        content[found["place"]] = found["content"]
    fresh = np.flatnonzero(label < 0)
    label[fresh] = taken + np.arange(len(fresh), dtype=np.int32)
    unknown = np.flatnonzero(content < 0)
    identity = np.where(id_[unknown] != 0, id_[unknown].astype(np.int64), -1 - unknown)
    distinct, which = np.unique(identity, return_inverse=True)
    content[unknown] = contents + which
    added = _table(
        number,
        label=int32(label[fresh]),
        content=int32(content[fresh]),
        content_id=int32(id_[fresh]),
        content_type=int32(type_[fresh]),
        content_title=int32(title[fresh]),
    )
    return _mapped(label, codes), _mapped(content, codes), contents + len(distinct), added


def _pairs(
    connection: duckdb.DuckDBPyConnection, records: Records, number: int
) -> tuple[Codes, Codes, pa.Table]:
    """The number of each pair, the class of every pair of the store, and the new pairs."""
    stored = connection.execute("SELECT type, source FROM journal.pairs ORDER BY pair").fetchall()
    numbers = {spelled: place for place, spelled in enumerate(stored)}
    taken = len(numbers)
    if taken < len(stored):
        raise Damaged("it was edited or is damaged: a pair of type and source is there twice")
    of_pair = [numbers.setdefault((pair.type, pair.source), len(numbers)) for pair in records.pairs]
    every = list(numbers)
    fresh = every[taken:]
    added = _table(
        number,
        pair=int32(np.arange(taken, len(every))),
        type=texts(type_ for type_, _ in fresh),
        source=texts(source for _, source in fresh),
    )
    return np.array(of_pair, np.int32), pair_classes(every), added


def pair_classes(pairs: list[tuple[str, str]]) -> Codes:
    """Return for each (Type, Source) the first that means the same, in another spelling or not."""
    first: dict[tuple[str, str], int] = {}
    found = [
        first.setdefault((canonical(type_), canonical(source)), place)
        for place, (type_, source) in enumerate(pairs)
    ]
    return np.array(found, np.int32)
