"""Which earlier rows make an event impossible or suspicious.

A finding rests on the last earlier event of a certain kind in the same stream (the revocation that
an activity follows, the start that a second start repeats), or on the absence of any.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.slices import each
from engine.projection.actions import (
    ENROLS,
    FINISHES,
    FINISHES_BY_LEARNER,
    GRANTS,
    REVOKES,
    SETS_PROGRESS,
    STARTS,
    Members,
)
from engine.projection.history import History

__all__ = ["evidence"]

Ints = npt.NDArray[np.int64]

_RESTS_ON: Final[dict[str, tuple[Members, ...]]] = {
    "S102": (REVOKES,),
    "S106": (FINISHES_BY_LEARNER,),
    "S202": (FINISHES,),
    "S203": (STARTS,),
    "S204": (STARTS, FINISHES),
    "S205": (REVOKES,),
    "S206": (GRANTS,),
    "S207": (REVOKES,),
    "S208": (REVOKES,),
    "S209": (FINISHES,),
    "S301": (ENROLS,),
    "S302": (SETS_PROGRESS,),
}
"""The kinds of earlier event that a finding rests on; codes not here rest on an absence."""


def evidence(
    history: History, position: Ints, code: npt.NDArray[np.int32], codes: Sequence[str]
) -> tuple[Ints, Ints]:
    """Return the evidence of each finding.

    ``position`` is the finding's event (−1: none) and ``code`` its position in ``codes``. Returns
    offsets, shape (findings + 1,), into the second array: positions of events.
    """
    groups: dict[int, list[int]] = {}
    kinds: list[Members] = []
    for name, members in _RESTS_ON.items():
        for kind in members:
            if not any(kind is known for known in kinds):
                kinds.append(kind)
            where = next(n for n, known in enumerate(kinds) if known is kind)
            groups.setdefault(where, []).append(codes.index(name))
    owners, found = [], []
    real = np.flatnonzero(position >= 0)

    def look_up(where: int) -> tuple[Ints, Ints]:
        wanted = np.zeros(len(codes), np.bool_)
        wanted[groups[where]] = True
        chosen = real[wanted[code[real]]]
        last = _last_before(history, kinds[where], position[chosen])
        return chosen[last >= 0], last[last >= 0]

    history.action  # noqa: B018 - computed once, before the threads ask for it
    for owner, last in each(look_up, range(len(kinds))):
        owners.append(owner)
        found.append(last)
    counts = np.zeros(len(position) + 1, np.int64)
    owner, event = np.concatenate(owners), np.concatenate(found)
    order = np.lexsort((event, owner))
    counts[1:] = np.bincount(owner, minlength=len(position))
    return np.cumsum(counts), event[order]


def _last_before(history: History, kind: Members, position: Ints) -> Ints:
    """For these events, the position of the last earlier one of this kind in its stream, or −1."""
    known = np.flatnonzero(kind[history.action])
    if not len(known) or not len(position):
        return np.full(len(position), -1, np.int64)
    found = known[np.maximum(np.searchsorted(known, position) - 1, 0)]
    starts = history.streams.starts
    first = starts[np.searchsorted(starts, position, side="right") - 1]
    return np.where((found >= first) & (found < position), found, -1)
