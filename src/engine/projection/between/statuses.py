"""Which statuses the later report tells otherwise. Source: semantics.md §11."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from engine.lifecycle.configuration import Status
from engine.projection.between.differences import STATUS, Differences, Window
from engine.projection.between.matching import Matching
from engine.projection.between.merged import Merged, dense
from engine.projection.history import History, replayed
from engine.projection.standing import standing
from engine.replay.streams import Key, arrange, pair_ranks
from engine.replay.table import STATUS_MASK, TransitionTable

__all__ = ["Replaying", "Statuses", "compare_statuses"]

Ints = npt.NDArray[np.int64]


class Replaying(msgspec.Struct, frozen=True):
    """How the reports are replayed; ``tolerance`` is in microseconds."""

    key: Key = "email,content"
    tolerance: int = 0
    partial: bool = False


class Statuses(msgspec.Struct, frozen=True):
    """What became of the statuses.

    Attributes
    ----------
    as_of:
        The end of the window that both reports cover; None: they cover none together.
    compared:
        Records whose learner and content both reports name.
    uncertain:
        Records that differ in what is possible, and yet may agree.
    """

    as_of: int | None
    compared: int
    uncertain: int


def compare_statuses(
    merged: Merged,
    matching: Matching,
    found: Differences,
    old: Window,
    new: Window,
    how: Replaying,
) -> tuple[Statuses, Differences]:
    """Return how the statuses compare, and the findings with those of statuses added.

    The earlier report speaks for itself. The later one is given what the earlier one tells of the
    time before it begins, since a report is silent about that time.
    """
    records = merged.records
    as_of = min(old.last, new.last)
    if not len(matching.old) or not len(matching.new) or max(old.first, new.first) > as_of:
        return Statuses(None, 0, 0), found
    covered = _covered(merged, old, new)
    before = matching.gone[records.at[matching.gone] < new.first]
    stream, streams = dense(
        (records.learner, len(records.learners)), (records.content, records.contents)
    )
    if how.key == "email,panorama,content":
        stream, streams = dense((stream, streams), (records.panorama, len(records.panoramas)))
    everything = np.concatenate([matching.old, matching.new])
    compared = np.unique(stream[everything[covered[everything]]])

    # Only a stream of which one report has another event than the other can differ.
    touched = np.zeros(streams, np.bool_)
    for rows in (matching.gone, matching.added, matching.rewritten_old, matching.rewritten_new):
        touched[stream[rows[covered[rows]]]] = True
    views = [
        _view(merged, rows[touched[stream[rows]] & covered[rows]], as_of, how)
        for rows in (matching.old, np.concatenate([matching.new, before]))
    ]
    nothing = STATUS_MASK if how.partial else 1 << Status.NOT_ENROLLED
    masks = np.full((2, streams), nothing, np.uint8)
    decided = np.full((2, streams), -1, np.int64)
    for side, view in enumerate(views):
        if view is not None:
            told = standing(view)
            of = stream[told.last]
            masks[side, of], decided[side, of] = told.mask, told.decided
    differ = np.flatnonzero((masks[0] & masks[1]) == 0)
    unsure = int(np.count_nonzero((masks[0] != masks[1]) & ((masks[0] & masks[1]) != 0)))
    root = _roots(merged, found, stream, streams, as_of)[differ]
    return Statuses(as_of, len(compared), unsure), Differences(
        code=np.append(found.code, np.full(len(differ), STATUS, np.int32)),
        old=np.append(found.old, decided[0, differ]),
        new=np.append(found.new, decided[1, differ]),
        old_mask=np.append(found.old_mask, masks[0, differ]),
        new_mask=np.append(found.new_mask, masks[1, differ]),
        root=np.append(found.root, root),
    )


def _covered(merged: Merged, old: Window, new: Window) -> npt.NDArray[np.bool_]:
    """Which records are of learners and contents that both reports name."""
    records = merged.records
    both: npt.NDArray[np.bool_] = (old.learners & new.learners)[records.learner]
    return both & (old.contents & new.contents)[records.content]


def _view(merged: Merged, rows: Ints, as_of: int, how: Replaying) -> History | None:
    """The replay of these records up to ``as_of``, None if nothing has happened by then."""
    if not bool((merged.records.at[rows] <= as_of).any()):
        return None
    kept = np.zeros(len(merged.records), np.bool_)
    kept[rows] = True
    records = replace(merged.records, kept=kept)
    streams = arrange(records, key=how.key, tolerance=how.tolerance).until(as_of)
    return replayed(records, streams, partial=how.partial, table=TransitionTable())


def _roots(
    merged: Merged, found: Differences, stream: npt.NDArray[np.int32], streams: int, as_of: int
) -> Ints:
    """For each stream the earliest finding on its events up to ``as_of``, −1 without one."""
    at, rank = merged.records.at, pair_ranks(merged.records)[merged.records.pair]
    number = np.arange(len(found))
    rows = np.concatenate([found.old, found.new])
    numbers = np.concatenate([number, number])
    due = np.flatnonzero(rows >= 0)
    due = due[at[rows[due]] <= as_of]
    rows, numbers = rows[due], numbers[due]
    # From the latest to the earliest: what is written last stays.
    order = np.lexsort([-rank[rows], -found.code[numbers], -at[rows]])
    earliest = np.full(streams, -1, np.int64)
    earliest[stream[rows[order]]] = numbers[order]
    return earliest
