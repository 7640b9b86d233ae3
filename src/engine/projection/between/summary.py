"""The summary of a comparison: what each report holds, and counts of what was found."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.instants import format_utc
from engine.projection.between.differences import BETWEEN_CODES, Differences, Window
from engine.projection.between.matching import Matching
from engine.projection.between.merged import Merged
from engine.projection.between.statuses import Statuses
from engine.records import Records

__all__ = ["ComparisonSummary", "Covered", "summarise"]


class Covered(msgspec.Struct, frozen=True):
    """What one of two reports holds: rows = events + duplicates + quarantined + ignored.

    ``first`` and ``last`` are the times of its first and last event, ISO 8601 in UTC, None without
    an event: the report's window.
    """

    files: list[str]
    rows: int
    events: int
    duplicates: int
    quarantined: int
    learners: int
    contents: int
    first: str | None
    last: str | None
    ignored: int = 0
    ignored_kinds: dict[str, int] = {}


class ComparisonSummary(msgspec.Struct, frozen=True):
    """What was compared and what came of it.

    Attributes
    ----------
    old, new:
        What each report holds.
    common_from, common_to:
        The time that both cover, None if there is none: then nothing is said of statuses.
    identity:
        What two events have in common that are the same: their ``id``, if both reports have ids,
        else ``all fields``.
    same, rewritten, only_old, only_new:
        Events that both have, that were rewritten, and that one of them has alone, findings or
        not: an event outside the other's window is none.
    records:
        Records whose learner and content both name, and whose statuses were compared.
    uncertain:
        Those that differ in what is possible, and yet may agree: no finding.
    findings:
        Code → count; ``roots`` and ``consequences`` add up to the same.
    """

    old: Covered
    new: Covered
    common_from: str | None
    common_to: str | None
    identity: str
    same: int
    rewritten: int
    only_old: int
    only_new: int
    records: int
    uncertain: int
    findings: dict[str, int]
    roots: int
    consequences: int
    timezone: str
    history: str


def summarise(
    reports: tuple[Records, Records],
    windows: tuple[Window, Window],
    merged: Merged,
    matching: Matching,
    statuses: Statuses,
    found: Differences,
    *,
    history: str,
) -> ComparisonSummary:
    """Return the summary of a comparison."""
    as_of = statuses.as_of
    counts = np.bincount(found.code, minlength=len(BETWEEN_CODES)).tolist()
    follow = int(np.count_nonzero(found.root >= 0))
    return ComparisonSummary(
        old=_covered(reports[0], len(matching.old), windows[0]),
        new=_covered(reports[1], len(matching.new), windows[1]),
        common_from=None if as_of is None else format_utc(max(w.first for w in windows)),
        common_to=None if as_of is None else format_utc(as_of),
        identity="id" if merged.by_event_id else "all fields",
        same=matching.same,
        rewritten=len(matching.rewritten_old),
        only_old=len(matching.gone),
        only_new=len(matching.added),
        records=statuses.compared,
        uncertain=statuses.uncertain,
        findings={c: n for c, n in zip(BETWEEN_CODES, counts, strict=True) if n},
        roots=len(found) - follow,
        consequences=follow,
        timezone=merged.records.timezone,
        history=history,
    )


def _covered(records: Records, events: int, window: Window) -> Covered:
    unread = records.rejects.unread
    kept = int(np.count_nonzero(records.kept))
    return Covered(
        files=records.files,
        rows=len(records) + unread,
        events=events,
        duplicates=kept - events,
        quarantined=len(records.rejects),
        ignored=sum(records.ignored.values()),
        ignored_kinds=records.ignored,
        learners=int(np.count_nonzero(window.learners)),
        contents=int(np.count_nonzero(window.contents)),
        first=format_utc(window.first) if events else None,
        last=format_utc(window.last) if events else None,
    )
