"""The lifecycle machine and the habits, compiled to tables from which a walk is drawn.

A walk's state is a belief (semantics.md §5), not a configuration: after a status change that does
not say to what, legal is only what no possible configuration makes an error or a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.lifecycle.belief import COMPLETE_HISTORY, Belief, advance, severity_rank, statuses
from engine.lifecycle.configuration import Status
from engine.synthesis.habits import CHANNELS, ENROLMENTS, HABITS, KINDS, REVOCATIONS, Habit

__all__ = ["SLOT_BITS", "STOP", "Chances", "chances", "context"]

SLOT_BITS: Final = 12
STOP: Final = len(PAIRS)
"""The number that stands for the end of a history, after those of the pairs."""

_SLOTS: Final = 1 << SLOT_BITS
_FINE: Final = 1 << 20
_INFO: Final = 1
_FAVOURED: Final = 12
"""How much likelier a channel's usual sources are than others."""
_ACCESS: Final = frozenset({"enrollment", "revoked_access"})

Weights = npt.NDArray[np.int64]


class Chances(NamedTuple):
    """What may come next, as arrays.

    Attributes
    ----------
    row:
        (contexts, beliefs): the row of ``choice`` for a stream of that context in that belief.
    choice:
        (rows, 4096) uint8: pair numbers, or STOP, each as often as it is likely.
    successor:
        (beliefs, pairs) int16: the belief after, −1 where the pair is not legal.
    info:
        (beliefs, pairs): whether the row has a finding at info level.
    """

    row: npt.NDArray[np.int32]
    choice: npt.NDArray[np.uint8]
    successor: npt.NDArray[np.int16]
    info: npt.NDArray[np.bool_]


def context(channel: npt.NDArray[np.int64], kind: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the context of a learner's channel and a content's kind, by their numbers."""
    return channel * len(KINDS) + kind


@cache
def chances() -> Chances:
    """Return the tables; belief 0 is that of a complete history before its first row."""
    beliefs, successor, rank = _legal()
    of_pair = np.array([pair.action for pair in PAIRS])
    # Beliefs that show the same statuses and allow the same actions share their rows.
    signs: dict[tuple[tuple[Status, ...], bytes], int] = {}
    sign = np.array(
        [
            signs.setdefault((statuses(belief), rank[number].tobytes()), len(signs))
            for number, belief in enumerate(beliefs)
        ],
        np.int32,
    )
    first = np.unique(sign, return_index=True)[1]
    shown = [statuses(beliefs[number]) for number in first]
    ranks = rank[first][:, of_pair]
    choice = [
        _slots(np.where(_with_stop(ranks <= _INFO), weights, 0), _with_stop(ranks == 0))
        for weights in _contexts(shown)
    ]
    offsets = np.arange(len(choice), dtype=np.int32)[:, None] * np.int32(len(signs))
    return Chances(
        row=offsets + sign,
        choice=np.concatenate(choice),
        successor=successor[:, of_pair],
        info=(rank == _INFO)[:, of_pair],
    )


def _legal() -> tuple[list[Belief], npt.NDArray[np.int16], npt.NDArray[np.int8]]:
    """Return the beliefs of legal histories, and (beliefs, actions): successor, severity.

    A history that is uncertain already takes no further infos: their closure would be twice as
    large, for histories that hardly occur.
    """
    numbers: dict[Belief, int] = {COMPLETE_HISTORY: 0}
    waiting = [COMPLETE_HISTORY]
    rows: list[tuple[list[int], list[int]]] = []
    for belief in waiting:
        after, ranks = [], []
        for action in Action:
            successor, finding = advance(belief, action)
            rank = severity_rank(finding)
            legal = rank == 0 or (rank == _INFO and len(belief) == 1)
            if legal and successor not in numbers:
                numbers[successor] = len(numbers)
                waiting.append(successor)
            after.append(numbers[successor] if legal else -1)
            ranks.append(rank if legal else _INFO + 1)
        rows.append((after, ranks))
    return (
        waiting,
        np.array([after for after, _ in rows], np.int16),
        np.array([ranks for _, ranks in rows], np.int8),
    )


def _contexts(shown: list[tuple[Status, ...]]) -> Iterator[Weights]:
    """Yield for each context (beliefs, pairs and STOP): the weights of what a belief shows."""
    for channel in CHANNELS:
        habits = {status: _weights(habit, channel) for status, habit in HABITS.items()}
        weights = np.array([sum(habits[status] for status in each) for each in shown], np.int64)
        for lacking in KINDS.values():
            kept = [pair.type in _ACCESS or pair.source not in lacking for pair in PAIRS]
            yield weights * np.array([*kept, True])


def _weights(habit: Habit, channel: frozenset[str]) -> Weights:
    """Return the weights of all pairs and of STOP in one status."""
    sources = {
        "enrollment": _shared(habit.enrol, ENROLMENTS, channel),
        "revoked_access": _shared(habit.revoke, REVOCATIONS, channel),
        "status_change": {source: each * _FINE for source, each in habit.changes.items()},
        "certificate_grant": {source: each * _FINE for source, each in habit.certificates.items()},
    }
    weights = [sources[pair.type].get(pair.source, 0) for pair in PAIRS]
    return np.array([*weights, habit.stop * _FINE], np.int64)


def _shared(total: int, sources: dict[str, int], channel: frozenset[str]) -> dict[str, int]:
    """Share a weight out to the sources of enrolments or revocations, the channel's first."""
    parts = {
        source: part * (_FAVOURED if source in channel else 1) for source, part in sources.items()
    }
    whole = sum(parts.values())
    return {source: total * _FINE * part // whole for source, part in parts.items()}


def _with_stop(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Append the column of STOP, which is always legal."""
    return np.concatenate([mask, np.ones((len(mask), 1), np.bool_)], axis=1)


def _slots(weights: Weights, ordinary: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Share the slots of each row out by weight; what is ordinary and possible gets at least one.

    Without that floor a pair that is rare everywhere could have no slot anywhere.
    """
    floor = weights.sum(axis=1, keepdims=True) // (_SLOTS // 2) + 1
    weights = np.where((weights > 0) & ordinary, np.maximum(weights, floor), weights)
    bounds = np.cumsum(weights, axis=1)
    bounds = bounds * _SLOTS // np.maximum(bounds[:, -1:], 1)
    bounds[:, -1] = _SLOTS  # where nothing has a weight, the history ends
    counts = np.diff(bounds, axis=1, prepend=0)
    numbers = np.broadcast_to(np.arange(STOP + 1, dtype=np.uint8), counts.shape)
    return np.repeat(numbers.ravel(), counts.ravel()).reshape(len(weights), _SLOTS)
