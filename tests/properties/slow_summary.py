"""Summaries and validity, slow and plain, written from semantics.md §2, §9 and §14.

A group is a loop over the rows of ``status`` and over the events of each record; a month is asked
as of its end. Ends are found by counting days one by one.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from slow_audit import Event, Key, event_of, instants_of
from strategies import Row

import engine
from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief
from engine.lifecycle.configuration import Certificate
from engine.lifecycle.kinds import FINISHES, GRANTS
from engine.projection.policy import Policy, Rule
from engine.replay.scalar import replay

DAY = timedelta(days=1)
COUNTED = ("enrolled", "started", "completed", "certified", "revoked", "uncertain")
VALIDITIES = {
    "valid": "valid",
    "expiring": "expiring",
    "expired": "expired",
    "none": "no_certificate",
    "unlimited": "unlimited",
    "uncertain": "validity_uncertain",
}


def end_of_month(year: int, month: int, zone: str) -> datetime:
    """The last microsecond of a local month; none of the zones here switches at a month's end."""
    following = date(year + month // 12, month % 12 + 1, 1)
    midnight = datetime(following.year, following.month, 1, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def later(at: datetime, count: int, unit: str, zone: str) -> datetime:
    """The instant that much later: days are 24 hours, months and years are walked day by day."""
    if unit == "day":
        return at + count * DAY
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    left = count * (12 if unit == "year" else 1)
    day = local.date()
    wanted = day.day
    while left:
        day += DAY
        if day.day == 1:
            left -= 1
    while day.day < min(wanted, calendar.monthrange(day.year, day.month)[1]):
        day += DAY
    return datetime.combine(day, local.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Record(NamedTuple):
    """One record at an instant: its row of ``status``, and its instants so far, in order."""

    row: Mapping[str, Any]
    instants: list[tuple[Event, ...]]
    belief: Belief


def streams_of(rows: Iterable[Row]) -> dict[Key, list[tuple[Event, ...]]]:
    """The instants of each stream, in order."""
    found: dict[Key, set[Event]] = {}
    for row in rows:
        event = event_of(row)
        if event is not None:
            key = (event.learner, event.content_type, event.title)
            found.setdefault(key, set()).add(event)
    return {key: [tuple(each) for each in instants_of(found[key], 0)] for key in found}


def records_at(
    audit: engine.Audit, streams: Mapping[Key, list[tuple[Event, ...]]], at: datetime, history: str
) -> list[Record]:
    found = []
    for row in audit.status(at).rows():
        key = (row["learner"], row["content_type"], row["content_title"])
        instants = [each for each in streams[key] if each[0].at <= at]
        _, outcomes = replay(
            [tuple(event.action for event in each) for each in instants],
            partial=history == "partial",
        )
        found.append(Record(row, instants, outcomes[-1].belief))
    return found


def group(records: Iterable[Record]) -> dict[str, Any]:
    """The fields of a group, without the name."""
    records = list(records)
    rows = [record.row for record in records]
    days = [
        (row["completed_at"] - row["enrolled_at"]) / DAY
        for row in rows
        if row["completed_at"] and row["enrolled_at"]
    ]
    completed = sum(all(each.ever_completed for each in record.belief) for record in records)
    return {
        "records": len(rows),
        **{name: sum(row["status"] == name for row in rows) for name in COUNTED},
        "ever_completed": completed,
        "ever_certified": sum(row["certified_at"] is not None for row in rows),
        "completion_rate": completed / len(rows),
        "median_days_to_completion": pytest.approx(median(days), rel=1e-12) if days else None,
        "errors": sum(row["errors"] for row in rows),
    }


def rule_for(policy: Policy, row: Mapping[str, Any]) -> Rule | None:
    for rule in policy.rules:
        if rule.content is not None and not fnmatchcase(row["content_title"], rule.content):
            continue
        if rule.content_type is not None and rule.content_type != row["content_type"]:
            continue
        return rule
    return None


def validity(
    record: Record, policy: Policy, moment: datetime, zone: str, history: str
) -> tuple[str, datetime | None]:
    """The validity of a record without ties (an instant is one event), and its end."""
    rule = rule_for(policy, record.row)
    events = [event for (event,) in record.instants]
    given: list[datetime | None]
    if rule is None or not rule.of_completion:
        grants = [event.at for event in events if event.action in GRANTS]
        if not grants:
            held = any(each.certificate is not Certificate.NONE for each in record.belief)
            return ("uncertain" if held else "none"), None
        if rule is None:
            return "unlimited", None
        given = [grants[-1]]
    else:
        given = [None]
        for event in events:
            if event.action in FINISHES:
                given = [event.at]
            elif event.action is Action.SET_UNKNOWN:
                given.append(event.at)
        known = {each.ever_completed for each in record.belief}
        if given[0] is None:
            if known == {False}:
                return "none", None
            if known != {True} or history == "partial":
                return "uncertain", None
            del given[0]
    told, ends = set(), set()
    for at in given:
        assert at is not None
        end = later(at, rule.length.count, rule.length.unit, zone)
        if rule.ends_with_access:
            revoked = [e.at for e in events if e.action is Action.REVOKE and e.at > at]
            end = min([end, *revoked[:1]])
        warned = later(moment, rule.warn.count, rule.warn.unit, zone)
        ends.add(end)
        told.add("expired" if end <= moment else "expiring" if end <= warned else "valid")
    (label,) = told if len(told) == 1 else {"uncertain"}
    return label, ends.pop() if len(ends) == 1 else None
