"""Random bits that are the same on every machine and under every release of numpy.

numpy promises a stable stream only for the raw output of a bit generator and for SeedSequence;
the methods of ``Generator`` may change, and floating-point functions differ between processors.
So everything here is drawn from raw 64-bit words by integer arithmetic.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["RATE_BITS", "Bits", "Purpose", "field", "happens", "scaled"]

Bits = npt.NDArray[np.uint64]

RATE_BITS: Final = 16
"""A rate is a share of 2¹⁶; finer ones are rounded to that."""


class Purpose(IntEnum):
    """What words are drawn for; each has its own stream, so none shifts another."""

    LEARNERS = 0
    CONTENTS = 1
    STARTS = 2
    STEPS = 3
    DAMAGE = 4
    DIRT = 5


def raw(seed: int, block: int, purpose: Purpose) -> np.random.PCG64:
    """Return the generator of one block's words for one purpose; its ``random_raw`` draws."""
    return np.random.PCG64(np.random.SeedSequence((seed, block, purpose)))


def field(words: Bits, low: int, width: int) -> npt.NDArray[np.int64]:
    """Return ``width`` bits of each word from bit ``low`` on, as numbers."""
    return ((words >> np.uint64(low)) & np.uint64((1 << width) - 1)).astype(np.int64)


def scaled(words: Bits, low: int, width: int, below: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return a number in [0, below) from ``width`` bits of each word; below × 2^width < 2⁶³."""
    return (field(words, low, width) * np.asarray(below, np.int64)) >> width


def happens(words: Bits, low: int, rate: float) -> npt.NDArray[np.bool_]:
    """Return for each word whether something of this rate (0 to 1) happens."""
    return field(words, low, RATE_BITS) < round(rate * (1 << RATE_BITS))
