"""Which earlier rows make an event impossible or suspicious: the least evidence of a finding.

A rule speaks of kinds of earlier row: the revocation that an activity follows, the start that a
second start repeats, the reset that undid a completion. Of each kind the last row before the event
is a candidate, and it is evidence where the finding rests on it: without this one row the event
would have no finding, or another one. What is left is either such rows, each of them needed, or
nothing, and then the finding rests on an absence, or on several rows of which any one would do
(access revoked twice, then a completion: either revocation may go and it stays impossible).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.order import stable_argsort
from engine.columns.slices import each, gather, places_of
from engine.lifecycle.action import Action
from engine.projection.actions import Members, members
from engine.projection.counterfactual import UNKNOWN, findings_without
from engine.projection.history import History
from engine.replay.table import FINDING_CODES
from engine.rules.catalogue import SEQUENCE_RULES

__all__ = ["evidence"]

Ints = npt.NDArray[np.int64]


def _rests_on() -> list[tuple[Members, list[tuple[str, Members]]]]:
    found: dict[frozenset[Action], list[tuple[str, Members]]] = {}
    for code, rule in SEQUENCE_RULES.items():
        for earlier, on in rule.rests_on:
            found.setdefault(earlier, []).append((code, members(on)))
    return [(members(earlier), findings) for earlier, findings in found.items()]


_RESTS_ON: Final = _rests_on()
"""A kind of earlier row, with the findings that may rest on it, and on which actions."""


def evidence(
    history: History, position: Ints, code: npt.NDArray[np.int32], codes: Sequence[str]
) -> tuple[Ints, Ints]:
    """Return the evidence of each finding.

    ``position`` is the finding's event (−1: none) and ``code`` its position in ``codes``. Returns
    offsets, shape (findings + 1,), into the second array: positions of events.
    """
    # In the order of the events: looking up neighbours one after another stays in the cache.
    real = np.flatnonzero(position >= 0)
    in_order, places = stable_argsort(gather(position, real))
    real = gather(real, in_order)
    action, kinds = gather(history.action, places), gather(code, real)
    starts = history.streams.starts
    first = gather(starts, places_of(places, starts, after=True) - 1)

    def look_up(kind: int) -> tuple[Ints, Ints]:
        earlier, findings = _RESTS_ON[kind]
        wanted = np.zeros((len(codes), 256), np.bool_)
        for name, on in findings:
            wanted[codes.index(name)] = on
        chosen = np.flatnonzero(wanted[kinds, action])
        last = _last_before(history, earlier, places[chosen], first[chosen])
        return chosen[last >= 0], last[last >= 0]

    # One kind at a time: the last row of a kind stands for all events up to the next one, so the
    # replays without it do not overlap.
    looked_up = each(look_up, range(len(_RESTS_ON)))
    number = np.array([_numbered(name) for name in codes], np.uint8)[kinds]

    def needed_of(found: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
        owner, row = found
        without = findings_without(history, row, places[owner])
        needed = (without != number[owner]) & (without != UNKNOWN)
        return real[owner[needed]], row[needed]

    owners, rows = zip(*each(needed_of, looked_up), strict=True)
    counts = np.zeros(len(position) + 1, np.int64)
    owner, event = np.concatenate(owners), np.concatenate(rows)
    order, _ = stable_argsort(owner * len(history.action) + event)
    counts[1:] = np.bincount(owner, minlength=len(position))
    return np.cumsum(counts), event[order]


_NEAR: Final = 32
"""Events to look back one by one, before all events of the kind are looked up."""


def _numbered(code: str) -> int:
    return FINDING_CODES.index(code) if code in FINDING_CODES else 0


def _last_before(history: History, kind: Members, position: Ints, first: Ints) -> Ints:
    """For these events, the position of the last earlier one of this kind in its stream, or −1.

    ``first`` is where their streams begin.
    """
    found = np.full(len(position), -1, np.int64)
    open_, here = np.arange(len(position)), position - 1
    for _ in range(_NEAR):
        within = here >= first[open_]
        open_, here = open_[within], here[within]
        if not len(open_):
            return found
        hit = kind[history.action[here]]
        found[open_[hit]] = here[hit]
        open_, here = open_[~hit], here[~hit] - 1
    known = np.flatnonzero(kind[history.action])
    if len(known):
        last = known[np.maximum(places_of(here + 1, known) - 1, 0)]
        found[open_] = np.where((last >= first[open_]) & (last <= here), last, -1)
    return found
