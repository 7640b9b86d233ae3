"""What one rule across streams found, and how it is put in words when somebody asks.

Evidence and sentences wait until a finding is shown: a page shows one of each code, and a report
may have hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.projection.across.view import NOTHING

__all__ = ["NOTHING", "Evidence", "Found", "Sentences", "one_each", "shared"]

Ints = npt.NDArray[np.int64]


class Evidence(NamedTuple):
    """Records that findings rest on: how many each, shape (findings,), then all of them."""

    counts: Ints
    records: Ints


class Sentences(NamedTuple):
    """``texts[codes]`` is what is said of each finding; equal ones share their text."""

    codes: Ints
    texts: list[str]


class Found(NamedTuple):
    """The findings of one code.

    Attributes
    ----------
    code:
        As the catalogue has it.
    position:
        The event of each finding, by its position in the replay; ascending.
    because, words:
        Evidence and sentences of some of them, given by their numbers.
    """

    code: str
    position: Ints
    because: Callable[[Ints], Evidence]
    words: Callable[[Ints], Sentences]


def one_each(records: Ints) -> Evidence:
    """Return one record of evidence for each finding."""
    return Evidence(np.ones(len(records), np.int64), records)


def no_evidence(which: Ints) -> Evidence:
    """Return that the findings rest on an absence."""
    return Evidence(np.zeros(len(which), np.int64), NOTHING)


def shared(keys: Ints, say: Callable[[int], str]) -> Sentences:
    """Return sentences that depend on a key alone, each made once."""
    distinct, codes = np.unique(keys, return_inverse=True)
    return Sentences(codes, [say(key) for key in distinct.tolist()])
