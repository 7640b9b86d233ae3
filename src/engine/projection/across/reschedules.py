"""X201: a move to another session of which the report has only one half."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.columns.order import by_group_and_time
from engine.findings.wording_across import unpaired_reschedule
from engine.projection.across.found import Found, no_evidence, shared
from engine.projection.across.view import Kind, View
from engine.vocabulary import Action

__all__ = ["unpaired_reschedules"]

Ints = npt.NDArray[np.int64]


def unpaired_reschedules(view: View, window: int) -> Found:
    """Return the reschedule rows without a counterpart of their learner.

    ``window`` is in microseconds; two rows exactly so far apart are a pair.
    """
    away, here = view.of_kind(Kind.MOVED_AWAY), view.of_kind(Kind.MOVED_HERE)
    position = np.concatenate([away, here])
    arrived = np.arange(len(position)) >= len(away)
    record = view.record(position)
    learner, at = view.records.learner[record], view.history.at[position]
    order, _ = by_group_and_time(learner.astype(np.int64), at)
    tied = _tied(learner[order], at[order])
    some = order[tied]
    order[tied] = some[view.in_order(record[some], arrived[some], at[some], learner[some])]
    alone = position[order[~_paired(learner[order], at[order], arrived[order], window)]]
    alone.sort()

    def say(arrival: int) -> str:
        return unpaired_reschedule(arrival=bool(arrival), hours=window / 3_600_000_000)

    return Found(
        "X201",
        alone,
        no_evidence,
        lambda which: shared(
            (view.history.action[alone[which]] != Action.REVOKE).astype(np.int64), say
        ),
    )


def _tied(*keys: npt.NDArray[np.generic]) -> Ints:
    """The places that equal a neighbour in all keys."""
    same = np.zeros(len(keys[0]) + 1, np.bool_)
    same[1:-1] = True
    for key in keys:
        same[1:-1] &= key[1:] == key[:-1]
    return np.flatnonzero(same[:-1] | same[1:])


def _paired(
    learner: npt.NDArray[np.integer], at: Ints, arrived: npt.NDArray[np.bool_], window: int
) -> npt.NDArray[np.bool_]:
    """Whether each row has a counterpart; the rows are ordered by learner, then time.

    Rows of one learner with no larger gap than the window between neighbours form a cluster, and
    no pair spans two clusters. Most clusters are a single row or one pair; only larger ones with
    both kinds are matched row by row.
    """
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (learner[1:] != learner[:-1]) | (at[1:] - at[:-1] > window)
    low = np.flatnonzero(begins)
    size = np.diff(np.append(low, len(at)))
    arrivals = np.add.reduceat(arrived.astype(np.int64), low) if len(low) else size
    paired = np.zeros(len(at), np.bool_)
    mixed = (arrivals > 0) & (arrivals < size)
    plain = low[mixed & (size == 2)]
    paired[plain] = paired[plain + 1] = True
    larger = np.flatnonzero(mixed & (size > 2))
    for first, count in zip(low[larger].tolist(), size[larger].tolist(), strict=True):
        part = slice(first, first + count)
        paired[part] = matched(at[part].tolist(), arrived[part].tolist(), window)
    return paired


def matched(at: list[int], arrived: list[bool], window: int) -> list[bool]:
    """Return which rows of one learner, ordered by time, find a counterpart.

    The earliest departure and the earliest arrival left are a pair if the window spans them; if
    not, the earlier of the two is too early for all that follow and stays alone. No matching has
    more pairs. Let a and b be those earliest ones, within the window of each other. If a best
    matching leaves one of them alone, swapping it in for its rival costs no pair. If it has a–b'
    and a'–b, then a ≤ a', b ≤ b' and a'−b' ≤ a'−b, b'−a' ≤ b'−a: so a–b and a'–b' fit as well.
    Taking the nearest instead would lose pairs: away 0 h and 20 h, here 19 h and 40 h.
    """
    departures = [row for row, arrival in enumerate(arrived) if not arrival]
    arrivals = [row for row, arrival in enumerate(arrived) if arrival]
    found = [False] * len(at)
    i = j = 0
    while i < len(departures) and j < len(arrivals):
        away, here = departures[i], arrivals[j]
        if abs(at[away] - at[here]) <= window:
            found[away] = found[here] = True
            i, j = i + 1, j + 1
        elif at[away] < at[here]:
            i += 1
        else:
            j += 1
    return found
