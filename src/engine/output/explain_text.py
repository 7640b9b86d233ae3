"""One learner's records as pages that argue: each event, and why it cannot be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.output.call import Call
from engine.output.paragraphs import Paragraphs
from engine.output.record_text import print_between, print_record
from engine.output.remarks import remarks
from engine.output.words import NO_VERSION, counted, number
from engine.projection.findings import CODES, Findings
from engine.projection.history import History
from engine.projection.status import learner_order
from engine.rules.catalogue import CATALOGUE, Severity

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["ExplainPage", "print_explanation"]


class ExplainPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    learner:
        The address as the report has it, normalised.
    history, findings:
        The replay of the chosen streams alone, and the findings to explain.
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
    row: int | None
    left_out: list[str]


def print_explanation(console: Console, given: ExplainPage) -> None:
    """Print each record with the arguments for its findings."""
    page = Paragraphs(console)
    history, findings = given.history, given.findings
    streams = history.streams
    about = f"row {given.row} of {given.learner}" if given.row else given.learner
    page.title(f"Explanation of {about}, from {given.call.title}")
    asked = () if given.row is None else findings.position.tolist()
    said = remarks(history, findings, "arguments", unfolded=asked)
    order = learner_order(history, streams.events[streams.starts[1:] - 1]).tolist()
    of_finding = np.searchsorted(streams.starts, findings.position, side="right") - 1
    for stream in order:
        print_record(page, history, stream, said)
        page.prose(_sum(findings.take(np.flatnonzero(of_finding == stream)), given.row))
        print_between(page, given.between.get(stream, ()))
        page.gap()
    for sentence in given.left_out:
        page.prose(sentence, style="yellow")
    page.prose(f"{given.call.zones.sentence} {NO_VERSION}", style="dim")


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
