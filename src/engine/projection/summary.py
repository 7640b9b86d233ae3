"""The summary of an audit. Source: interface.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.slices import each, places_of
from engine.instants import format_utc
from engine.projection.findings import CODES, Findings, count_findings
from engine.projection.history import STATUS_LABELS, UNCERTAIN, History, status_column
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = ["Summary", "summarise"]


class Summary(msgspec.Struct, frozen=True):
    """What was read and what came of it: rows = events + duplicates + quarantined + ignored.

    ``first`` and ``last`` are the times of the earliest and the latest event, ISO 8601 in UTC,
    None without an event. ``statuses`` counts streams, ``findings`` findings by code, ``unlisted``
    those of them that the list of findings leaves out (X codes beyond a thousand), and
    ``ignored_kinds`` the ignored rows by kind. Each finding is either one of the ``roots`` or one
    of the ``consequences``, which go with an earlier one.
    """

    rows: int
    events: int
    duplicates: int
    quarantined: int
    learners: int
    contents: int
    streams: int
    first: str | None
    last: str | None
    statuses: dict[str, int]
    findings: dict[str, int]
    streams_with_errors: int
    history: str
    timezone: str
    roots: int
    consequences: int
    unlisted: dict[str, int] = {}
    ignored: int = 0
    ignored_kinds: dict[str, int] = {}


def summarise(history: History, findings: Findings) -> Summary:
    """Return the summary of a replayed report."""
    records, streams = history.records, history.streams
    events = streams.events
    at = history.at
    listed, unlisted = count_findings(findings), findings.unlisted()
    learner, content = history.learner_of_stream, history.content_of_stream
    tasks: list[Callable[[], Any]] = [
        lambda: _distinct(learner),
        lambda: _distinct(content),
        lambda: np.bincount(status_column(history.final_mask).codes, minlength=UNCERTAIN + 1),
        lambda: _streams_with_errors(history, findings),
        lambda: (int(at.min()), int(at.max())) if len(at) else None,
    ]
    learners, contents, counts, streams_with_errors, span = each(lambda task: task(), tasks)
    return Summary(
        rows=len(records) + records.rejects.unread,
        events=len(events),
        duplicates=len(streams.duplicates),
        quarantined=len(records.rejects),
        ignored=sum(records.ignored.values()),
        ignored_kinds=records.ignored,
        learners=learners,
        contents=contents,
        streams=len(streams),
        first=format_utc(span[0]) if span else None,
        last=format_utc(span[1]) if span else None,
        statuses=dict(zip(STATUS_LABELS.to_pylist(), counts.tolist(), strict=True)),
        findings={code: n + unlisted.get(code, 0) for code, n in listed.items()},
        streams_with_errors=streams_with_errors,
        history="partial" if history.partial else "complete",
        timezone=records.timezone,
        roots=int(np.count_nonzero(findings.root < 0)) + sum(unlisted.values()),
        consequences=int(np.count_nonzero(findings.root >= 0)),
        unlisted=unlisted,
    )


def _distinct(codes: npt.NDArray[np.integer]) -> int:
    return int(np.count_nonzero(np.bincount(codes))) if len(codes) else 0


def _streams_with_errors(history: History, findings: Findings) -> int:
    error = np.array([CATALOGUE[code].severity is Severity.ERROR for code in CODES])
    positions = findings.position[error[findings.code] & (findings.position >= 0)]
    stream = places_of(positions, history.streams.starts, after=True) - 1
    return int(np.count_nonzero(np.bincount(stream))) if len(stream) else 0
