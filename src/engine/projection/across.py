"""Findings across streams (X codes): what no single record shows.

Each rule finds its own (:mod:`engine.rules`); :class:`Across` puts them together.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.slices import each_column
from engine.projection.history import History
from engine.rules.catalogue import ACROSS_RULES
from engine.rules.found import NOTHING, Evidence, Found, Sentences
from engine.rules.view import View

__all__ = ["CODES", "RESCHEDULE_WINDOW", "Across"]

CODES: Final = tuple(ACROSS_RULES)

Ints = npt.NDArray[np.int64]

RESCHEDULE_WINDOW: Final = 24 * 3_600_000_000
"""Microseconds that the two halves of a reschedule may be apart."""


class Across:
    """The findings across the streams of a whole report, numbered in the order of the codes.

    Attributes
    ----------
    window:
        Microseconds that the two halves of a reschedule may be apart.
    most:
        The findings of the code that has the most.
    """

    def __init__(self, history: History, *, window: int = RESCHEDULE_WINDOW) -> None:
        self._history = history
        self.window = window
        self._view = view = View(history, window=window)
        self._found: list[Found] = []
        if len(history.streams):
            self._found = each_column(
                lambda rule: rule.find(view), ACROSS_RULES.values(), len(view.streams.events)
            )
        bounds = [each.bound for each in self._found]
        self._offsets = np.concatenate([[0], np.cumsum(bounds, dtype=np.int64)])
        self.most = max((each.count for each in self._found), default=0)

    def __len__(self) -> int:
        return sum(each.count for each in self._found)

    def position(self, entry: Ints) -> Ints:
        """Return where these findings' events stand in the replay of the whole report."""
        position = np.empty(len(entry), np.int64)
        for of_code, each, low in self._by_code(entry):
            position[of_code] = each.position(entry[of_code] - low)
        return position

    def code(self, entry: Ints) -> npt.NDArray[np.int32]:
        """Return the codes of these findings, as positions in :data:`CODES`."""
        found = np.searchsorted(self._offsets, entry, side="right") - 1
        return found.astype(np.int32)

    def record(self, entry: Ints) -> Ints:
        """Return the records of these findings' events."""
        return self._view.record(self.position(entry))

    def of_code(self, code: str) -> Ints:
        """Return the positions of the events with this code."""
        if not self._found:
            return NOTHING
        found = self._found[CODES.index(code)]
        return found.position(found.numbers())

    def count(self, code: str) -> int:
        """Return how many events have this code."""
        return self._found[CODES.index(code)].count if self._found else 0

    def earliest(self, most: int | None) -> Ints:
        """Return the numbers of the ``most`` earliest findings of each code, or of all."""
        chosen = [NOTHING]
        for low, found in zip(self._offsets.tolist(), self._found, strict=False):
            if most is None or found.count <= most:
                chosen.append(low + found.numbers())
            else:
                chosen.append(low + self._earliest(found, most))
        return np.concatenate(chosen)

    def _earliest(self, found: Found, most: int) -> Ints:
        numbers = found.early(self._history.at, most)
        position = found.position(numbers)
        at = self._history.at[position]
        last = np.partition(at, most - 1)[most - 1]
        before, tied = np.flatnonzero(at < last), np.flatnonzero(at == last)
        tied = tied[self._view.in_order(self._view.record(position[tied]))]
        chosen: Ints = numbers[np.sort(np.concatenate([before, tied[: most - len(before)]]))]
        return chosen

    def position_in(self, history: History, entry: Ints) -> Ints:
        """Return where the events stand in a replay of a part of the report; −1: not in it."""
        if history is self._history:
            return self.position(entry)
        position: Ints = history.position_of_record[self.record(entry)]
        return position

    def because(self, entry: Ints) -> Evidence:
        """Return the records that these findings rest on; ``entry`` numbers the findings."""
        counts = np.zeros(len(entry), np.int64)
        parts: list[tuple[Ints, Ints]] = []
        for of_code, each, low in self._by_code(entry):
            part = each.because(entry[of_code] - low)
            counts[of_code] = part.counts
            parts.append((np.repeat(of_code, part.counts), part.records))
        if not parts:
            return Evidence(counts, NOTHING)
        owners, records = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Evidence(counts, records[np.argsort(owners, kind="stable")])

    def words(self, entry: Ints) -> Sentences:
        """Return what is said of these findings."""
        codes = np.zeros(len(entry), np.int64)
        texts: list[str] = []
        for of_code, each, low in self._by_code(entry):
            part = each.words(entry[of_code] - low)
            codes[of_code] = part.codes + len(texts)
            texts += part.texts
        return Sentences(codes, texts)

    def _by_code(self, entry: Ints) -> list[tuple[Ints, Found, int]]:
        """Which of these findings are of each code that occurs among them, and the code's first."""
        code = self.code(entry)
        return [
            (np.flatnonzero(code == each), self._found[each], int(self._offsets[each]))
            for each in np.flatnonzero(np.bincount(code))
        ]
