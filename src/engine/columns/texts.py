"""Text columns by number: each distinct text once, and where it stands.

What a program does to a text (trim, fold case, look up) it then does once for each distinct text.
Every helper here is exact: numbers are equal if and only if the texts are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow, kernels
from engine.columns.normal import fold_case_text, tidy_text
from engine.columns.slices import each, gather, sliced, workers

__all__ = [
    "Codes",
    "Texts",
    "combined",
    "dense",
    "distinct",
    "fold_case",
    "fold_case_text",
    "normalised",
    "tidy",
    "tidy_text",
    "trimmed",
]

Codes = npt.NDArray[np.int32]
Texts: TypeAlias = pa.StringArray
"""The distinct texts of a column; a code is a position in it."""

_DICTIONARY: Final = pa.dictionary(pa.int32(), pa.string())
_MANY: Final = 1 << 20
"""Texts from which on it pays to number them in parallel."""
_DENSE: Final = 1 << 23
"""Largest range of keys for which a look-up array is made."""


def distinct(chunks: Sequence[pa.Array]) -> tuple[Codes, Texts]:
    """Return the code of each cell and the distinct texts; a null counts as the empty text.

    ``chunks`` are string or dictionary<int32, string> arrays, in row order.
    """
    parts = each(_numbered, _split([_plain(chunk) for chunk in chunks if len(chunk)]))
    if not parts:
        return np.empty(0, np.int32), arrow.texts([])
    if len(parts) == 1 and len(parts[0].cells) == 1:
        # Numbered by a reader already.
        ((codes, mapping),) = parts[0].cells
        return codes if mapping is None else gather(mapping, codes), parts[0].texts
    mappings, texts = _common([part.texts for part in parts])
    codes = arrow.room(sum(len(cells) for part in parts for cells, _ in part.cells), np.int32)
    placed = []
    start = 0
    for part, common in zip(parts, mappings, strict=True):
        for cells, own in part.cells:
            placed.append((codes[start : start + len(cells)], cells, _through(own, common)))
            start += len(cells)

    def place(target: Codes, cells: Codes, mapping: Codes | None) -> None:
        target[:] = cells if mapping is None else mapping.take(cells, mode="clip")

    each(lambda task: place(*task), placed)
    return codes, texts


class _Numbered(NamedTuple):
    """Chunks by number: each chunk's codes, and what they mean in ``texts`` (None: that)."""

    texts: Texts
    cells: list[tuple[Codes, Codes | None]]


def _through(first: Codes | None, second: Codes | None) -> Codes | None:
    """Two mappings, one after the other."""
    if first is None or second is None:
        return second if first is None else first
    return second.take(first, mode="clip")


def _plain(chunk: pa.Array) -> pa.Array:
    """The chunk as a string array or a dictionary of int32, without nulls."""
    if chunk.null_count:
        if pa.types.is_dictionary(chunk.type):
            chunk = kernels.cast(chunk, pa.string())
        chunk = kernels.without_nulls(chunk)
    kind = _DICTIONARY if pa.types.is_dictionary(chunk.type) else pa.string()
    return chunk if chunk.type == kind else kernels.cast(chunk, kind)


def _split(chunks: list[pa.Array]) -> list[list[pa.Array]]:
    """Share the chunks among the cores, if there are enough texts to number."""
    count = workers()
    if not chunks or count == 1 or len(chunks) < count or sum(map(_texts_of, chunks)) < _MANY:
        return [chunks] if chunks else []
    bounds = [len(chunks) * part // count for part in range(count + 1)]
    return [chunks[low:high] for low, high in pairwise(bounds)]


def _texts_of(chunk: pa.Array) -> int:
    return len(chunk.dictionary) if pa.types.is_dictionary(chunk.type) else len(chunk)


def _numbered(chunks: list[pa.Array]) -> _Numbered:
    """Number the texts of chunks: where they are dictionaries, those of the dictionaries."""
    if len({chunk.type for chunk in chunks}) > 1:
        chunks = [each.dictionary_encode() if each.type == pa.string() else each for each in chunks]
    if chunks[0].type == pa.string():
        numbered = kernels.number(pa.chunked_array(chunks)).chunks
        return _Numbered(
            numbered[0].dictionary, [(arrow.numbers(c.indices), None) for c in numbered]
        )
    cells = [arrow.numbers(chunk.indices) for chunk in chunks]
    if len(chunks) == 1:
        return _Numbered(chunks[0].dictionary, [(cells[0], None)])
    dictionaries = kernels.number(pa.chunked_array([chunk.dictionary for chunk in chunks])).chunks
    mappings = [arrow.numbers(each.indices) for each in dictionaries]
    return _Numbered(dictionaries[0].dictionary, list(zip(cells, mappings, strict=True)))


def _common(dictionaries: list[Texts]) -> tuple[list[Codes | None], Texts]:
    """One dictionary for all, and for each of them its codes there (None: they are the same).

    The parts of a report share most of their texts, so all are looked up in the first at once,
    and only what it lacks is merged.
    """
    first, *others = dictionaries
    if not others:
        return [None], first
    places = each(lambda texts: kernels.index_in(texts, first), others)
    unknown = [~arrow.known(found) for found in places]
    lacking = [texts.filter(arrow.flags(mask)) for texts, mask in zip(others, unknown, strict=True)]
    extra = pa.concat_arrays(lacking).dictionary_encode()
    codes = arrow.numbers(extra.indices) + np.int32(len(first))
    mappings: list[Codes | None] = [None]
    start = 0
    for found, mask, texts in zip(places, unknown, lacking, strict=True):
        mapping = np.array(arrow.numbers(found), np.int32)
        mapping[mask] = codes[start : start + len(texts)]
        mappings.append(mapping)
        start += len(texts)
    return mappings, pa.concat_arrays([first, extra.dictionary])


def normalised(codes: Codes, texts: Texts, rule: Callable[[Texts], Texts]) -> tuple[Codes, Texts]:
    """Apply ``rule`` to the distinct texts; texts that become equal get one code."""
    changed = rule(texts)
    if changed.equals(texts):
        return codes, texts
    encoded = changed.dictionary_encode()
    mapping = arrow.numbers(encoded.indices)
    return gather(mapping, codes), encoded.dictionary


def tidy(texts: Texts) -> Texts:
    """Trim and NFC-normalise (semantics.md §1)."""
    if _is_plain_ascii(texts):
        return kernels.trim(texts)
    return arrow.texts(map(tidy_text, texts.to_pylist()))


def fold_case(texts: Texts) -> Texts:
    """Trim and lower-case (semantics.md §1, for the learner's address)."""
    if _is_plain_ascii(texts):
        return kernels.lower(kernels.trim(texts))
    return arrow.texts(map(fold_case_text, texts.to_pylist()))


def trimmed(texts: Texts) -> Texts:
    """Trim and leave the rest as it is."""
    if _is_plain_ascii(texts):
        return kernels.trim(texts)
    return arrow.texts(map(str.strip, texts.to_pylist()))


def _is_plain_ascii(texts: Texts) -> bool:
    """Whether all bytes are printable ASCII, where Python and Arrow agree on every rule."""
    offsets, data = texts.buffers()[1:]
    if data is None or not len(texts):
        return True
    bounds = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    body = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    return not len(body) or bool(body.min() >= 0x20 and body.max() < 0x7F)


def combined(
    major: Codes, majors: int, minor: Codes, minors: int
) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return dense codes for the pairs of two codes, and ``major * minors + minor`` of each."""
    bound = majors * minors
    kind: type[np.signedinteger[Any]] = np.int32 if bound < 1 << 31 else np.int64

    def keys(part: slice) -> npt.NDArray[np.integer]:
        key = np.multiply(major[part], minors, dtype=kind)
        key += minor[part]
        return key

    if bound > _DENSE:
        return dense(keys(slice(None)), bound)
    return _dense(keys, len(major), bound)


def dense(keys: npt.NDArray[np.integer], bound: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return codes without gaps for keys from 0 to below ``bound``, and the key of each code."""
    if bound > _DENSE:
        values, codes = np.unique(keys, return_inverse=True)
        return codes.astype(np.int32), values.astype(np.int64)
    return _dense(lambda part: keys[part], len(keys), bound)


def _dense(
    keys: Callable[[slice], npt.NDArray[np.integer]], length: int, bound: int
) -> tuple[Codes, npt.NDArray[np.int64]]:
    """The same by a look-up array; the keys are asked for twice, a slice at a time."""
    present = np.zeros(bound, np.bool_)

    def note(part: slice) -> None:
        # Cores that write to the same few cells wait for each other: only what is new is written.
        found = keys(part)
        present[found[~present.take(found)]] = True

    sliced(length, note)
    values = np.flatnonzero(present)
    mapping = np.zeros(bound, np.int32)
    mapping[values] = np.arange(len(values), dtype=np.int32)
    codes = arrow.room(length, np.int32)

    def number(part: slice) -> None:
        codes[part] = mapping.take(keys(part), mode="clip")

    sliced(length, number)
    return codes, values
