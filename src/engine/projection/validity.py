"""Whether what a record has is still valid, by a policy, and until when.

A record can leave open which event counts: after a manager's change to an unknown status it may
have been completed then, or not. So each moment has the earliest and the latest end that are
possible, and it is uncertain exactly where the two differ in what they say. Source: semantics.md
§14.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.arrow import texts
from engine.columns.frame import Coded, Column, Instants
from engine.instants.periods import add_period
from engine.lifecycle.action import Action
from engine.lifecycle.configuration import Status
from engine.projection.actions import FINISHES, REVOKES, members
from engine.projection.history import History
from engine.projection.moments import Moments
from engine.projection.policy import Policy

__all__ = ["VALIDITIES", "Ends", "find_ends", "validity_columns"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

VALIDITIES: Final = ("valid", "expiring", "expired", "none", "unlimited", "uncertain")
"""Every validity, in the order in which a code stands for it."""

VALID, EXPIRING, EXPIRED, NONE, UNLIMITED, UNCERTAIN = range(len(VALIDITIES))
_LABELS: Final = texts(VALIDITIES)

_MAYBE_FINISHES: Final = FINISHES | members({Action.SET_UNKNOWN})
_CERTIFIED: Final = 1 << Status.CERTIFIED
_COMPLETED: Final = 1 << Status.COMPLETED


class Ends(msgspec.Struct, frozen=True):
    """When what each moment has ends.

    Attributes
    ----------
    fixed:
        Shape (moments,): NONE, UNLIMITED or UNCERTAIN, whatever the time; −1 where it has an end.
    early, late:
        Shape (moments,): the earliest and the latest possible end, in microseconds since 1970.
    rule:
        Shape (moments,): the position of the policy's rule, −1 for none.
    """

    fixed: npt.NDArray[np.int8]
    early: Ints
    late: Ints
    rule: Ints


def validity_columns(history: History, policy: Policy, moment: int, zone: str) -> dict[str, Column]:
    """Return ``validity`` and ``valid_until`` of each stream, in the order of the streams.

    ``moment`` is the instant asked for, after every event of the history.
    """
    ends = find_ends(Moments.at_the_end(history), policy, zone)
    known = (ends.fixed < 0) & (ends.early == ends.late)
    return {
        "validity": Coded(labels_at(ends, policy, moment, zone), _LABELS),
        "valid_until": Instants(np.where(known, ends.late, 0), known),
    }


def labels_at(ends: Ends, policy: Policy, moment: int, zone: str) -> npt.NDArray[np.int8]:
    """Return the validity of each at one instant, as a position in :data:`VALIDITIES`."""
    at = np.array([moment])
    warned = np.array(
        [add_period(at, rule.warn, zone)[0] for rule in policy.rules] + [moment], np.int64
    )[ends.rule]

    def label(until: Ints) -> npt.NDArray[np.int64]:
        return np.where(until <= moment, EXPIRED, np.where(until <= warned, EXPIRING, VALID))

    early, late = label(ends.early), label(ends.late)
    told = np.where(early == late, early, UNCERTAIN)
    return np.where(ends.fixed >= 0, ends.fixed, told).astype(np.int8)


def find_ends(moments: Moments, policy: Policy, zone: str) -> Ends:
    """Return when what each moment has ends, by the rule that fits what its content is called."""
    rule = _rules(moments, policy)
    certificate = moments.certified
    fixed = np.where(
        certificate >= 0, UNLIMITED, np.where(moments.maybe_certified, UNCERTAIN, NONE)
    )
    early, late = np.zeros((2, len(moments)), np.int64)
    of_completion = np.array([each.of_completion for each in policy.rules] + [False])[rule]

    # By certificate: the latest grant is an event, and no configuration is of another opinion.
    some = np.flatnonzero((rule >= 0) & ~of_completion & (certificate >= 0))
    fixed[some] = -1
    early[some], late[some] = _ends_from(moments, some, certificate[some], rule[some], policy, zone)

    # By completion: the latest that is certain, and every later event that may have been one.
    some = np.flatnonzero(of_completion)
    if len(some):
        low, high = moments.latest(FINISHES)[some], moments.latest(_MAYBE_FINISHES)[some]
        fixed[some] = -1
        without = low < 0
        never, surely = ~moments.maybe_completed[some], moments.surely_completed[some]
        fixed[some[without & never]] = NONE
        # Completed surely, without a completion: one of the events that may have been one was it,
        # unless it was before the history begins.
        within = without & ~never & surely & (high >= 0) & ~np.bool_(moments.history.partial)
        fixed[some[without & ~never & ~within]] = UNCERTAIN
        dated = np.flatnonzero(~without | within)
        first = np.where(without, moments.start[some], low)[dated]
        _between(
            moments, some[dated], first, high[dated], rule[some[dated]], policy, zone, early, late
        )
    return Ends(fixed.astype(np.int8), early, late, rule)


def _between(
    moments: Moments,
    some: Ints,
    first: Ints,
    high: Ints,
    rule: Ints,
    policy: Policy,
    zone: str,
    early: Ints,
    late: Ints,
) -> None:
    """Write the earliest and the latest end by any event that may count, ``first`` to ``high``."""
    if not len(some):
        return
    found = np.flatnonzero(_MAYBE_FINISHES[moments.history.action])
    low_place = np.searchsorted(found, first)
    sizes = np.searchsorted(found, high, "right") - low_place
    offsets = np.cumsum(sizes) - sizes
    which = np.repeat(np.arange(len(some)), sizes)
    event = found[np.arange(len(which)) - np.repeat(offsets - low_place, sizes)]
    ends = _ends_from(moments, some[which], event, rule[which], policy, zone)
    early[some] = np.minimum.reduceat(ends[0], offsets)
    late[some] = np.maximum.reduceat(ends[1], offsets)


def _ends_from(
    moments: Moments, some: Ints, event: Ints, rule: Ints, policy: Policy, zone: str
) -> tuple[Ints, Ints]:
    """The earliest and the latest end of what these events gave."""
    history = moments.history
    until = np.zeros(len(event), np.int64)
    ended = np.zeros(len(event), np.bool_)
    for number, each in enumerate(policy.rules):
        mine = np.flatnonzero(rule == number)
        until[mine] = add_period(history.at[event[mine]], each.length, zone)
        ended[mine] = each.ends_with_access
    early, late = until, until.copy()
    if ended.any():
        mine = np.flatnonzero(ended)
        of_completion = np.array([each.of_completion for each in policy.rules])[rule[mine]]
        first, last = _revocations(moments, some[mine], event[mine], of_completion)
        stops = np.append(history.at, np.iinfo(np.int64).max)
        early[mine] = np.minimum(until[mine], stops[first])
        late[mine] = np.minimum(until[mine], stops[last])
    return early, late


def _revocations(
    moments: Moments, some: Ints, event: Ints, of_completion: Mask
) -> tuple[Ints, Ints]:
    """The first and the last revocation (−1: none) that may have ended what an event gave.

    They differ where a revocation shares the instant of the event and either may have been later:
    whether what the event gave is still there after the instant tells.
    """
    history = moments.history
    revokes = np.flatnonzero(REVOKES[history.action])
    instants = history.streams.instants
    instant = np.searchsorted(instants, event, "right") - 1
    low, high = np.searchsorted(revokes, [instants[instant], instants[instant + 1]])
    there = np.where(of_completion, _CERTIFIED | _COMPLETED, _CERTIFIED)
    after = history.replay.after[instant].astype(np.int64)
    tied = (high > low) & (after & ~there != 0)
    certain = tied & (after & there == 0)
    found = np.append(revokes, -1)
    later = np.where(found[high] <= moments.last[some], found[high], -1)
    return np.where(tied, found[low], later), np.where(certain, found[low], later)


def _rules(moments: Moments, policy: Policy) -> Ints:
    """The position of the rule for each moment, −1 for none; each content is asked about once."""
    records, record = moments.history.records, moments.record
    columns = [records.content_title[record], records.content_type[record]]
    columns += [] if records.content_id is None else [records.content_id[record]]
    distinct, which = np.unique(np.stack(columns), axis=1, return_inverse=True)
    titles, types = records.content_titles, records.content_types
    found = []
    for title, kind, *own in distinct.T.tolist():
        content_id = records.content_ids[own[0]].as_py() if own else ""
        found.append(policy.rule_of(titles[title].as_py(), types[kind].as_py(), content_id))
    return np.array(found, np.int64)[which.reshape(-1)]
