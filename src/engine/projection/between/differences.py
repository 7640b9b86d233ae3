"""What is wrong between two reports. Source: semantics.md §11."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.projection.between.matching import Matching, match
from engine.projection.between.merged import Merged
from engine.records import Records
from engine.rules.catalogue import REPORTS_RULES

__all__ = ["BETWEEN_CODES", "LATENESS", "Differences", "Window", "find_differences", "window_of"]

Ints = npt.NDArray[np.int64]

BETWEEN_CODES: Final = tuple(REPORTS_RULES)

VANISHED, REWRITTEN, BACKDATED, STATUS = range(4)

LATENESS: Final = 60_000_000
"""Microseconds: so much earlier than a report's last row a row may be that it did not have yet."""


class Window(msgspec.Struct, frozen=True):
    """What a report covers: the time from its first event to its last, whom and what it names.

    ``first`` and ``last`` are microseconds since 1970; of a report without events they are 0.
    ``learners`` and ``contents`` tell for each code of the merged table whether it occurs.
    """

    first: int
    last: int
    learners: npt.NDArray[np.bool_]
    contents: npt.NDArray[np.bool_]

    def covers(self, records: Records, rows: Ints) -> npt.NDArray[np.bool_]:
        """Tell of each row whether the report speaks of its time, its learner and its content."""
        at = records.at[rows]
        named = self.learners[records.learner[rows]] & self.contents[records.content[rows]]
        return (at >= self.first) & (at <= self.last) & named


class Differences(msgspec.Struct, frozen=True):
    """Findings between two reports, in columns.

    Attributes
    ----------
    code:
        Position in :data:`BETWEEN_CODES`.
    old, new:
        The record of each report that it is about, −1 where there is none. Of a status they are
        the rows that decided it.
    old_mask, new_mask:
        The possible statuses as bit sets, 0 where the finding is about an event.
    root:
        Position of the finding that it is a consequence of, −1 for a root.
    """

    code: npt.NDArray[np.int32]
    old: Ints
    new: Ints
    old_mask: npt.NDArray[np.uint8]
    new_mask: npt.NDArray[np.uint8]
    root: Ints

    def __len__(self) -> int:
        return len(self.code)


def window_of(merged: Merged, events: Ints) -> Window:
    """Return what these events of a report cover."""
    records = merged.records
    learners = np.zeros(len(records.learners), np.bool_)
    contents = np.zeros(records.contents, np.bool_)
    learners[records.learner[events]] = True
    contents[records.content[events]] = True
    at = records.at[events]
    return (
        Window(int(at.min()), int(at.max()), learners, contents)
        if len(at)
        else Window(0, 0, learners, contents)
    )


def find_differences(merged: Merged) -> tuple[Matching, Differences]:
    """Return what became of the events, and which of that is a finding; statuses not yet."""
    matching = match(merged)
    records = merged.records
    nothing = np.empty(0, np.int64)
    vanished = backdated = nothing
    if len(matching.old) and len(matching.new):
        old, new = window_of(merged, matching.old), window_of(merged, matching.new)
        gone, added = matching.gone, matching.added
        vanished = gone[new.covers(records, gone)]
        backdated = added[records.at[added] < old.last - LATENESS]
    rewritten = len(matching.rewritten_old)
    sizes = (len(vanished), rewritten, len(backdated))
    count = sum(sizes)
    none = np.full(count, -1, np.int64)
    return matching, Differences(
        code=np.repeat(np.array([VANISHED, REWRITTEN, BACKDATED], np.int32), sizes),
        old=np.concatenate([vanished, matching.rewritten_old, none[: sizes[2]]]),
        new=np.concatenate([none[: sizes[0]], matching.rewritten_new, backdated]),
        old_mask=np.zeros(count, np.uint8),
        new_mask=np.zeros(count, np.uint8),
        root=none,
    )
