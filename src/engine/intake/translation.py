"""From the columns that a reader picked up for a dialect to the fields of a row.

Source: semantics.md §13.

All is done a column at a time, and regular expressions meet each distinct text once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.dialects.dialect import Dialect, Piece
from engine.dialects.mapping import FIELDS

__all__ = ["translated"]

_BLANK: Final = r"^\s*$"


def translated(columns: Mapping[str, Any], dialect: Dialect, rows: int) -> dict[str, Any]:
    """Return the fields of the rows, as :class:`engine.intake.rows.RawTable` has them.

    Parameters
    ----------
    columns:
        By their names in the dialect; each of ``rows`` cells.
    """
    fields: dict[str, Any] = {}
    for field in FIELDS:
        if field not in dialect.fields:
            if field in columns:
                fields[field] = columns[field]
            continue
        found = [_piece(each, columns, rows) for each in dialect.fields[field]]
        cells = found[0] if len(found) == 1 else pc.coalesce(*found)
        fields[field] = cells if field in _UNCODED else cells.dictionary_encode()
    if dialect.contents_by_title and {"content_id", "content_title"} <= fields.keys():
        fields["content_id"] = _ids_by_title(fields["content_id"], fields["content_title"])
    return fields


def _ids_by_title(ids: Any, titles: Any) -> Any:
    """Give a row without a content id that of its title, where all that have one have the same.

    Some kinds of row name their content by its title alone.
    """
    ids, titles = (pc.cast(each, pa.string()) for each in (ids, titles))
    known = pa.table({"title": titles, "id": ids}).filter(
        pc.and_(pc.greater(pc.binary_length(titles), 0), pc.is_valid(ids))
    )
    single = known.group_by("title").aggregate([("id", "min"), ("id", "max")])
    single = single.filter(pc.equal(single["id_min"], single["id_max"]))
    place = pc.index_in(titles, single["title"].combine_chunks())
    return pc.coalesce(ids, single["id_min"].combine_chunks().take(place)).dictionary_encode()


_UNCODED: Final = frozenset({"timestamp", "id"})
"""Fields whose texts hardly repeat."""


def _piece(piece: Piece, columns: Mapping[str, Any], rows: int) -> Any:
    """What a piece gives, null where it gives nothing."""
    if not piece.columns:
        return pa.chunked_array([pa.repeat(pa.scalar(piece.text, pa.string()), rows)])
    if not all(name in columns for name in piece.columns):
        return pa.chunked_array([pa.nulls(rows, pa.string())])
    if len(piece.columns) == 1:
        return _by_distinct(columns[piece.columns[0]], piece)
    parts = [_by_distinct(columns[name], Piece()) for name in piece.columns]
    joined = pc.binary_join_element_wise(*parts, piece.between, null_handling="emit_null")
    if piece.text is None:
        return joined
    return pc.if_else(pc.is_valid(joined), piece.text, pa.scalar(None, pa.string()))


def _by_distinct(column: Any, piece: Piece) -> Any:
    """What a piece of one column gives; of equal texts it is found once."""
    chunks = []
    for chunk in column.chunks:
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        chunks.append(_of_texts(coded.dictionary.cast(pa.string()), piece).take(coded.indices))
    return pa.chunked_array(chunks, pa.string())


def _of_texts(texts: pa.StringArray, piece: Piece) -> Any:
    nothing = pa.scalar(None, pa.string())
    if piece.match is None:
        found = texts if piece.text is None else pc.if_else(pc.is_valid(texts), piece.text, nothing)
        return pc.if_else(pc.match_substring_regex(texts, _BLANK), nothing, found)
    from engine.dialects.patterns import group_of, matching

    if piece.group is not None and piece.text is None:
        return group_of(texts, piece.match, piece.group)
    found = texts if piece.text is None else pa.scalar(piece.text, pa.string())
    return pc.if_else(matching(texts, piece.match), found, nothing)
