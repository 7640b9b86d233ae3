"""One learner's history as a page: every event, what it did, what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from engine.projection.findings import CODES, Findings
from engine.projection.history import History
from engine.projection.status import learner_order
from engine.report.call import Call
from engine.report.page import Block, Gap, Page, Prose
from engine.report.pages.record import between_imports, intervals_by_stream, record
from engine.report.remarks import remarks
from engine.report.words import NO_VERSION, counted, number
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = ["OneLearner", "explain_page", "timeline_page"]


class OneLearner(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages on one learner are made of.

    Attributes
    ----------
    learner:
        The address as the report has it, normalised.
    history, findings:
        The replay of the chosen streams alone, and the findings to tell.
    between:
        Of a store, what its imports say of each other about each stream.
    call:
        What was read and how.
    row:
        The one row that was asked about, None for all of them.
    left_out:
        Sentences on this learner's rows that are no events.
    """

    learner: str
    history: History
    findings: Findings
    between: dict[int, list[dict[str, Any]]]
    call: Call
    left_out: list[str]
    row: int | None = None


def timeline_page(given: OneLearner) -> Page:
    """Return each content's events, with reasons in short for what is wrong, and intervals."""
    title = f"Timeline of {given.learner}, from {given.call.title}"
    return Page(title, tuple(_records(given, explained=False)))


def explain_page(given: OneLearner) -> Page:
    """Return each record with the arguments for its findings."""
    about = f"row {given.row} of {given.learner}" if given.row else given.learner
    title = f"Explanation of {about}, from {given.call.title}"
    return Page(title, tuple(_records(given, explained=True)))


def _records(given: OneLearner, *, explained: bool) -> Iterator[Block]:
    history, findings = given.history, given.findings
    streams = history.streams
    said = remarks(
        history,
        findings,
        "arguments" if explained else "reasons",
        unfolded=() if given.row is None else findings.position.tolist(),
    )
    intervals = intervals_by_stream(history)
    of_finding = np.searchsorted(streams.starts, findings.position, side="right") - 1
    for stream in learner_order(history, streams.events[streams.starts[1:] - 1]).tolist():
        yield record(history, stream, said, intervals[stream], listed=not explained)
        if explained:
            of_stream = findings.take(np.flatnonzero(of_finding == stream))
            yield Prose(_sum(of_stream, given.row))
        yield from between_imports(given.between.get(stream, ()))
        yield Gap()
    yield from (Prose(sentence, "warning") for sentence in given.left_out)
    yield Prose(f"{given.call.zones.sentence} {NO_VERSION}", "quiet")


def _sum(findings: Findings, row: int | None) -> str:
    """What the findings of one record come to."""
    if not len(findings):
        if row is not None:
            return f"Row {row} has no finding: it is possible after the rows before it."
        return "Nothing here is impossible or suspicious."
    severities = Counter(CATALOGUE[CODES[code]].severity for code in findings.code.tolist())
    counts = [
        counted(severities[Severity.ERROR], "error") + " (impossible)",
        counted(severities[Severity.WARNING], "warning") + " (suspicious)",
        f"{number(severities[Severity.INFO])} info",
    ]
    told = ", ".join(text for text in counts if not text.startswith("0 "))
    follow = int(np.count_nonzero(findings.root >= 0))
    if follow:
        told += f"; {counted(len(findings) - follow, 'root')} and {counted(follow, 'consequence')}"
    return f"{told}."
