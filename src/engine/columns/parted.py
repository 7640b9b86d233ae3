"""Numbering a column of texts that seldom repeat: in parts, each small enough for the cache.

A dictionary of half a million texts is larger than what a core keeps at hand, so that each look-up
waits for the memory. Here a number is computed of each text, and texts are put in parts by it
while the block they come in is at hand. Equal texts are in one part then, and each part gets a
dictionary of its own, which no other part need be compared with. The number only parts: what
tells two texts apart is the texts.

The slow twin is :func:`engine.columns.texts.distinct`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow, kernels
from engine.columns.slices import each_column, parts
from engine.columns.texts import Codes, Texts

__all__ = ["Finder", "Numbering", "Parted", "part_texts"]

_PARTS: Final = 32
_WORD: Final = 8
_WORDS: Final = 3
"""Words looked at of each text. If many texts agree in so many bytes, one part is larger than the
others: all comes out the same, only later."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and without pattern: the highest bits of a product with it depend on all of a word."""
_TO_PART: Final = np.uint64(64 - (_PARTS.bit_length() - 1))

_BATCH: Final = 64
"""Blocks numbered together, some 2 million texts."""
_STEP: Final = 1 << 15
"""Texts looked at together: what is computed of them stays in the cache."""

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Share = Callable[[Callable[[int], Codes]], list[Codes]]
"""How the parts are shared out: what is done to each."""


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


class Finder:
    """Finds one text after another among many: each is looked for in one part alone."""

    def __init__(self, texts: Texts) -> None:
        self._parted = part_texts(texts)

    @property
    def texts(self) -> Texts:
        """The texts, in another order."""
        return self._parted.texts

    def position(self, wanted: str) -> int:
        """Return the first position of a text, −1 if it does not occur."""
        part = int(_parts_of(arrow.texts([wanted]))[0])
        low, high = self._parted.bounds[part : part + 2]
        place = kernels.position(self._parted.texts[low:high], wanted)
        return -1 if place < 0 else int(self._parted.order[low + place])


class _Placed(NamedTuple):
    """Codes of a block's cells within their parts, part after part; sizes and order as parted."""

    codes: Codes
    sizes: Ints
    order: npt.NDArray[np.unsignedinteger[Any]]


class Numbering:
    """Numbers the cells of blocks that threads bring in any order.

    Some blocks at a time, so that the memory of their texts is there for the next ones; always the
    same blocks together, so that the same cells get the same numbers.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[int, Sequence[Parted]] = {}
        self._taken = 0
        self._numbering = Lock()
        self._texts = [_NO_TEXTS] * _PARTS
        self._placed: list[_Placed] = []

    def add(self, number: int, cells: Sequence[Parted]) -> None:
        """Take the cells of block ``number``; blocks count from 0, and none may be left out."""
        with self._lock:
            self._waiting[number] = cells
        # Whoever finds enough blocks numbers them while the others go on.
        if self._numbering.acquire(blocking=False):
            try:
                while batch := self._batch():
                    self._number(batch, lambda work: list(map(work, range(_PARTS))))
            finally:
                self._numbering.release()

    def _batch(self) -> list[Parted]:
        with self._lock:
            numbers = range(self._taken, self._taken + _BATCH)
            if not all(number in self._waiting for number in numbers):
                return []
            self._taken += _BATCH
            return [cells for number in numbers for cells in self._waiting.pop(number)]

    def _number(self, blocks: list[Parted], share: Share) -> None:
        def number(part: int) -> Codes:
            known = self._texts[part]
            cells = [block.texts[block.bounds[part] : block.bounds[part + 1]] for block in blocks]
            encoded = kernels.number(pa.chunked_array([known, *cells], pa.string())).chunks
            if not encoded:
                return np.empty(0, np.int32)
            self._texts[part] = encoded[0].dictionary
            return np.concatenate([arrow.numbers(each.indices) for each in encoded])[len(known) :]

        codes = share(number)
        begins = np.zeros(_PARTS, np.int64)
        for block in blocks:
            sizes = np.diff(block.bounds)
            bounds = zip(begins.tolist(), (begins + sizes).tolist(), strict=True)
            own = [of_part[low:high] for of_part, (low, high) in zip(codes, bounds, strict=True)]
            self._placed.append(_Placed(np.concatenate(own), sizes, block.order))
            begins += sizes

    def finish(self) -> tuple[Codes, Texts]:
        """Return the code of each cell of all blocks, in their order, and the distinct texts."""
        blocks = [cells for _, waiting in sorted(self._waiting.items()) for cells in waiting]
        length = sum(len(block.order) for block in blocks)
        if blocks:
            self._number(blocks, lambda work: each_column(work, range(_PARTS), length))
        ends = [0, *accumulate(len(block.order) for block in self._placed)]
        codes = arrow.room(ends[-1], np.int32)
        before = np.cumsum([0, *map(len, self._texts[:-1])], dtype=np.int32)

        def place(number: int) -> None:
            own, sizes, order = self._placed[number]
            codes[ends[number] : ends[number + 1]][order] = own + np.repeat(before, sizes)

        each_column(place, range(len(self._placed)), len(codes))
        return codes, pa.concat_arrays(self._texts)


_NO_TEXTS: Final = arrow.texts([])
