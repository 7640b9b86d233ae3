"""What one rule across streams found, and how it is put in words when somebody asks.

Evidence and sentences wait until a finding is shown: a page shows one of each code, and a report
may have hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.rules.view import NOTHING, parts

__all__ = ["NOTHING", "Evidence", "Found", "Many", "Sentences", "no_evidence", "one_each", "shared"]

Ints = npt.NDArray[np.int64]


class Evidence(NamedTuple):
    """Records that findings rest on: how many each, shape (findings,), then all of them."""

    counts: Ints
    records: Ints


class Sentences(NamedTuple):
    """``texts[codes]`` is what is said of each finding; equal ones share their text."""

    codes: Ints
    texts: list[str]


class Found:
    """The findings of one code, numbered in the order of their events.

    Attributes
    ----------
    count:
        How many there are.
    bound:
        Their numbers are below it.
    because, words:
        Evidence and sentences of some of them, given by their numbers.
    """

    def __init__(
        self,
        position: Ints,
        because: Callable[[Ints], Evidence],
        words: Callable[[Ints], Sentences],
    ) -> None:
        self.count = self.bound = len(position)
        self.because = because
        self.words = words
        self._position = position

    def numbers(self) -> Ints:
        """Return the numbers of all of them."""
        return np.arange(self.count)

    def position(self, numbers: Ints) -> Ints:
        """Return the events of some of them, by their positions in the replay."""
        return self._position[numbers]

    def early(self, at: Ints, most: int) -> Ints:
        """Return the numbers of the ``most`` earliest, all that are as early as the last of those,
        and perhaps of others. ``at`` has the time of each event."""
        return self.numbers()


class Many(Found):
    """Findings that any event may have, at most one each: its position is the number.

    Of so many most are only counted. Where they are is not written down before somebody asks.
    """

    def __init__(
        self,
        has: npt.NDArray[np.bool_],
        because: Callable[[Ints], Evidence],
        words: Callable[[Ints], Sentences],
    ) -> None:
        super().__init__(NOTHING, because, words)
        self.count = int(np.count_nonzero(has))
        self.bound = len(has)
        self._has = has

    def numbers(self) -> Ints:
        """See :class:`Found`."""
        return np.flatnonzero(self._has)

    def position(self, numbers: Ints) -> Ints:
        """See :class:`Found`."""
        return numbers

    def early(self, at: Ints, most: int) -> Ints:
        """See :class:`Found`."""
        found, enough = NOTHING, 2 * most
        last: np.int64 | None = None
        for part in parts(len(at)):
            has = self._has[part]
            if last is not None:
                has = has & (at[part] <= last)
            found = np.append(found, np.flatnonzero(has) + part.start)
            if len(found) > enough:
                times = at[found]
                last = np.partition(times, most - 1)[most - 1]
                found = found[times <= last]
                enough = 2 * max(most, len(found))
        return found


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
