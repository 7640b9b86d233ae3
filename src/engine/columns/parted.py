"""Numbering a column of texts that seldom repeat: in parts, each small enough for the cache.

A dictionary of half a million texts is larger than what a core keeps at hand, so that each look-up
waits for the memory. Here a number is computed of each text, and texts are put in parts by it
while the block they come in is at hand. Equal texts are in one part then, and each part gets a
dictionary of its own, which no other part need be compared with. The number only parts: what
tells two texts apart is the texts.

The slow twin is :func:`engine.columns.texts.distinct`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow, kernels
from engine.columns.slices import each, each_column, parts
from engine.columns.texts import Codes, Texts

__all__ = ["Parted", "numbered", "part_texts"]

_PARTS: Final = 32
_WORD: Final = 8
_WORDS: Final = 3
"""Words looked at of each text. If many texts agree in so many bytes, one part is larger than the
others: all comes out the same, only later."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and without pattern: the highest bits of a product with it depend on all of a word."""
_TO_PART: Final = np.uint64(64 - (_PARTS.bit_length() - 1))

_STEP: Final = 1 << 13
"""Texts looked at together: what is computed of them stays in the cache."""

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


class Parted(NamedTuple):
    """The cells of a block by part.

    Attributes
    ----------
    texts:
        The cells, part after part.
    bounds:
        Where each part begins in ``texts``, then their number.
    order:
        Which row each of ``texts`` is of.
    """

    texts: Texts
    bounds: list[int]
    order: npt.NDArray[np.unsignedinteger[Any]]


def part_texts(cells: pa.StringArray) -> Parted:
    """Put the cells of a block in parts; none is null."""
    part = _parts_of(cells)
    order = np.argsort(part, kind="stable")
    sizes = np.bincount(part, minlength=_PARTS)
    return Parted(
        kernels.take(cells, arrow.int32(order)),
        [0, *accumulate(sizes.tolist())],
        order.astype(np.min_scalar_type(len(cells))),
    )


def _parts_of(cells: pa.StringArray) -> npt.NDArray[np.uint8]:
    """A number below the number of parts for each text, by nothing but the text."""
    found = np.zeros(len(cells), np.uint8)
    _, bounds, body = cells.buffers()
    ends = np.frombuffer(bounds, np.int32, len(cells) + 1, cells.offset * 4)
    # A word begins at each byte; where there is none, every text is too short for one.
    words = np.zeros(1, np.uint64)
    if body is not None and len(body) >= _WORD:
        words = np.ndarray((len(body) - _WORD + 1,), "<u8", body, strides=(1,))
    for step in parts(len(cells), _STEP):
        found[step] = _mixed(words, ends[step].astype(np.int64), ends[1:][step]) >> _TO_PART
    return found


def _mixed(words: Words, low: Ints, high: npt.NDArray[np.int32]) -> Words:
    """A number of 64 bits for each text between two places, by a few of the words in it."""
    sizes = high - low
    short = sizes < _WORD
    some_short = bool(short.any())
    if some_short:
        low = np.where(short, 0, low)
    last = np.where(short, 0, high - _WORD) if some_short else high - _WORD
    mixed = words[low] * _MIX
    for number in range(1, _WORDS):
        # Where the text ends, neighbouring words overlap.
        mixed ^= words[np.minimum(low + number * _WORD, last)]
        mixed *= _MIX
    if some_short:
        # There is no room for a word: its length has to do.
        mixed[short] = sizes[short].astype(np.uint64) * _MIX
    return mixed


def numbered(blocks: Sequence[Parted]) -> tuple[Codes, Texts]:
    """Return the code of each cell of the blocks, in their order, and the distinct texts."""
    ends = [0, *accumulate(len(block.order) for block in blocks)]

    def number(part: int) -> tuple[Codes, Texts]:
        cells = [block.texts[block.bounds[part] : block.bounds[part + 1]] for block in blocks]
        encoded = kernels.number(pa.chunked_array(cells, pa.string())).chunks
        codes = [arrow.numbers(each.indices) for each in encoded]
        return np.concatenate([_NOTHING, *codes]), encoded[0].dictionary if encoded else _NO_TEXTS

    made = each_column(number, range(_PARTS), ends[-1])
    shift = 0
    for own, texts in made:
        own += np.int32(shift)
        shift += len(texts)
    # Where the cells of each block begin among those of each part.
    sizes = np.array([np.diff(block.bounds) for block in blocks]).reshape(len(blocks), _PARTS)
    begins = np.cumsum(sizes, axis=0) - sizes
    codes = np.empty(ends[-1], np.int32)

    def place(block: int) -> None:
        own = [
            of_part[low : low + size]
            for (of_part, _), low, size in zip(
                made, begins[block].tolist(), sizes[block].tolist(), strict=True
            )
        ]
        codes[ends[block] : ends[block + 1]][blocks[block].order] = np.concatenate(own)

    each(place, range(len(blocks)))
    return codes, pa.concat_arrays([texts for _, texts in made])


_NOTHING: Final = np.empty(0, np.int32)
_NO_TEXTS: Final = arrow.texts([])
