"""What a whole report's findings have in common: often one cause outside the learners' records.

A thousand equal findings are seldom a thousand faults. The facts are counted from a replay; the
hints are a pure function of the facts.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import RowFault
from engine.projection.actions import STARTS
from engine.projection.findings import CODES, Findings
from engine.projection.history import History
from engine.projection.summary import Summary
from engine.records import Records
from engine.report.plain import plain_line
from engine.report.words import counted, number, share
from engine.rules.catalogue import ACROSS_RULES, CATALOGUE, SEQUENCE_RULES
from engine.rules.rule import Hint

__all__ = ["Facts", "gather", "hints", "streams_by_code"]

Ints = npt.NDArray[np.int64]

_UNOPENED: Final = tuple(code for code, rule in SEQUENCE_RULES.items() if rule.unopened)

# From which share on a finding speaks of the report, not of its learners. A few cases prove
# nothing, whatever their share: hence also a least number.
_WINDOW: Final = 0.20
_MANY: Final = 0.05
_LEAST: Final = 3

_UNKNOWN_SOURCE: Final = CODES.index(RowFault.UNKNOWN_SOURCE.code)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400_000_000
_FIRST: Final = 1000
_MOST_MIDNIGHTS: Final = 24
"""More times of day than a zone's midnights can have in UTC over the years."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over a whole report that its summary lacks.

    Attributes
    ----------
    unopened:
        Streams whose first event already has a finding that no enrolment comes before it.
    streams:
        Code → streams that have it.
    starts:
        Events that start something.
    sources:
        Unknown sources as (type, source, rows), the most frequent first.
    midnights:
        Whether every event is at midnight in the audit's zone: dates without a time.
    """

    unopened: int = 0
    streams: dict[str, int] = {}
    starts: int = 0
    sources: tuple[tuple[str, str, int], ...] = ()
    midnights: bool = False


def gather(history: History, findings: Findings) -> Facts:
    """Count the facts."""
    first = np.zeros(len(history.action), np.bool_)
    first[history.streams.starts[:-1]] = True
    unopened = np.isin(findings.code, [CODES.index(code) for code in _UNOPENED])
    unopened &= findings.position >= 0
    return Facts(
        unopened=int(np.count_nonzero(first[findings.position[unopened]])),
        streams=streams_by_code(history, findings),
        starts=int(np.count_nonzero(STARTS[history.action])),
        sources=_unknown_sources(history, findings),
        midnights=_all_midnight(history.at, _zone(history.records)),
    )


def _zone(records: Records) -> str:
    """In which zone the times were written down, as far as it is one."""
    stored = records.imported_in
    return stored[0] if stored is not None and len(stored) == 1 else records.timezone


def streams_by_code(history: History, findings: Findings) -> dict[str, int]:
    """Return for each code on events how many streams have it."""
    starts = history.streams.starts
    # Findings stand in the order of the rows: to look each up in a list of the events' streams is
    # much faster than to search for it among the streams.
    stream = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    counts = {}
    for place, code in enumerate(CODES):
        position = findings.position[findings.code == place]
        if code in ACROSS_RULES and findings.across is not None:
            position = findings.across.of_code(code)  # also those that are not listed
        position = position[position >= 0]
        if len(position):
            has = np.zeros(len(starts) - 1, np.bool_)
            has[stream[position]] = True
            counts[code] = int(np.count_nonzero(has))
    return counts


def _unknown_sources(history: History, findings: Findings) -> tuple[tuple[str, str, int], ...]:
    records = history.records
    unknown = findings.record[findings.code == _UNKNOWN_SOURCE]
    if not len(unknown):
        return ()
    counts = np.bincount(records.pair[unknown])
    order = np.argsort(-counts, kind="stable")[: int(np.count_nonzero(counts))].tolist()
    return tuple(
        (records.pairs[pair].type, records.pairs[pair].source, int(counts[pair])) for pair in order
    )


def _all_midnight(at: Ints, timezone: str) -> bool:
    """Whether all instants are midnights of the zone."""
    # The first events decide it in most reports.
    for some in (at[:_FIRST], at):
        if not len(at) or len(set((some % _DAY).tolist())) > _MOST_MIDNIGHTS:
            return False
    if timezone == "UTC":
        return not bool((at % _DAY).any())
    zone = ZoneInfo(timezone)
    try:
        local = [
            (_EPOCH + timedelta(microseconds=instant)).astimezone(zone).time()
            for instant in np.unique(at).tolist()
        ]
    except OverflowError:  # The zone's side of year 1 or 9999.
        return False
    return all(each == time.min for each in local)


def hints(summary: Summary, facts: Facts) -> list[str]:
    """Return what the findings as a whole suggest, each as a sentence or two."""
    every = [
        (_WINDOW_PLACE, _window(summary, facts)),
        (_DATES_PLACE, _dates_only(summary, facts)),
        (_UNREADABLE_PLACE, _unreadable(summary)),
    ]
    for code, rule in CATALOGUE.items():
        if rule.hint is not None:
            every.append((rule.hint.place, _of_rule(code, rule.hint, summary, facts)))
    return [hint for _, hint in sorted(every) if hint]


_WINDOW_PLACE, _DATES_PLACE, _UNREADABLE_PLACE = 2, 5, 9
"""Where these stand among those of the rules (:attr:`engine.rules.rule.Hint.place`)."""


def _of_rule(code: str, hint: Hint, summary: Summary, facts: Facts) -> str:
    part, whole = {
        "events": (summary.findings.get(code, 0), summary.events),
        "records": (facts.streams.get(code, 0), summary.streams),
        "rows": (summary.duplicates, summary.rows),
    }[hint.of]
    large = part > 0 if hint.share is None else _is_large(part, whole, hint.share)
    if not large or (hint.only_without_starts and facts.starts):
        return ""
    return hint.text.format(
        rows=counted(part, "row"),
        events=counted(part, "event"),
        share=share(part, whole),
        sources=_named(facts.sources),
    )


def _named(sources: tuple[tuple[str, str, int], ...]) -> str:
    named = [f"{plain_line(source)[:40] or '(blank)'} ({type_})" for type_, source, _ in sources]
    rest = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"{', '.join(named[:3])}{rest}"


def _window(summary: Summary, facts: Facts) -> str:
    if summary.history == "partial" or not _is_large(facts.unopened, summary.streams, _WINDOW):
        return ""
    return (
        f"{share(facts.unopened, summary.streams)} of the records begin without an enrolment "
        f"({', '.join(_UNOPENED)}). Is this an export filtered by date, type or client? "
        "Then try --history partial."
    )


def _dates_only(summary: Summary, facts: Facts) -> str:
    if not facts.midnights or summary.events < _LEAST:
        return ""
    return (
        "Every timestamp is a date without a time, so the order of events within a day is "
        "unknown: a day's events count as legal if some order of them is. Export the times too, "
        "if the platform has them."
    )


def _unreadable(summary: Summary) -> str:
    if not _is_large(summary.quarantined, summary.rows, _MANY):
        return ""
    wrong_times = summary.findings.get(RowFault.INVALID_TIMESTAMP.code, 0)
    advice = (
        "Most have a timestamp that cannot be read: see --timestamp-format. "
        if 2 * wrong_times > summary.quarantined
        else ""
    )
    return (
        f"{share(summary.quarantined, summary.rows)} of the rows are in quarantine "
        f"({number(summary.quarantined)}), so whole histories may lack events. {advice}"
        "Findings below may come from what is missing."
    )


def _is_large(part: int, whole: int, least: float) -> bool:
    return part >= _LEAST and part >= least * whole
