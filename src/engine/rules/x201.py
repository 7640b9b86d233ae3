"""X201: a move to another session of which the report has only one half."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.columns.order import by_group_and_time
from engine.lifecycle.action import Action
from engine.rules.argument import Argued, CaseAcross, argued, row_says
from engine.rules.examples import records
from engine.rules.found import Found, no_evidence, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import Kind, View

Ints = npt.NDArray[np.int64]


def find(view: View) -> Found:
    """Return the reschedule rows without a counterpart of their learner.

    Two rows exactly as far apart as the view's window are a pair.
    """
    window = view.window
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
        return _say(arrival=bool(arrival), hours=window / 3_600_000_000)

    return Found(
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


def _say(*, arrival: bool, hours: float) -> str:
    """Say that one half of a move to another session is missing."""
    span = f"{hours:g} h"
    if arrival:
        return (
            "The learner was moved here from another session (reschedule), but lost access to "
            f"none within {span}."
        )
    return (
        "Access was lost to a move to another session (reschedule), but the learner arrived in "
        f"none within {span}."
    )


def _argue(case: CaseAcross) -> Argued:
    left = case.event.told.action == "revoke"
    half = "enrols them in another session" if left else "takes them out of another session"
    ground = (
        f"no row of this learner up to {case.hours:g} h before or after it {half} (reschedule), "
        "unless as half of another move"
    )
    rule = (
        "A move to another session has two halves: access to the old session ends, and an "
        "enrolment in the new one begins."
    )
    conclusion = (
        "the learner has lost a session and got none for it"
        if left
        else "the learner may hold a place in two sessions"
    )
    return argued(
        row_says(case.event.told),
        rule,
        [ground],
        f"{conclusion}, or the other half is missing from the report or further off in time",
        known=True,
    )


_MOVED = records("01 enrollment registration", "05 revoked_access reschedule")
_ARRIVED = records("05 enrollment reschedule").replace("Fire Safety", "Fire Safety (May)")

RULE = AcrossRule(
    code="X201",
    name="unpaired-reschedule",
    severity=Severity.WARNING,
    what=(
        "A learner was moved to another session, and the report has only one half of it: the "
        "access lost or the access gained. The other half should be within 24 hours of it; each "
        "row has one counterpart."
    ),
    why=(
        "The learner may have lost the old session and never got the new one, or may hold a place "
        "in both. Attendance lists and certificates go by the session."
    ),
    false_alarm=(
        "A report filtered by content or date has lost the other half. Where moves take longer, "
        "widen the window with --reschedule-window. Otherwise look up at the platform which "
        "session the learner is in."
    ),
    example=_MOVED,
    twin=_MOVED + _ARRIVED,
    says=(
        "Access was lost to a move to another session (reschedule), but the learner arrived in "
        "none within 24 h."
    ),
    find=find,
    argue=_argue,
)
