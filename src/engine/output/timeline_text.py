"""One learner's history as a page: every event, what it did, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from engine.output.call import Call
from engine.output.paragraphs import Paragraphs
from engine.output.record_text import print_between, print_record
from engine.output.remarks import remarks
from engine.output.status_text import instant
from engine.output.words import NO_VERSION, either
from engine.projection.findings import Findings
from engine.projection.history import History
from engine.projection.intervals import intervals_frame
from engine.projection.status import learner_order

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["TimelinePage", "print_timeline"]


class TimelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    learner:
        The address as the report has it, normalised.
    history, findings:
        The replay of this learner's streams alone, and what was found in it.
    between:
        Of a store, what its imports say of each other about each stream.
    call:
        What was read and how.
    left_out:
        Sentences on this learner's rows that are no events.
    """

    learner: str
    history: History
    findings: Findings
    between: dict[int, list[dict[str, Any]]]
    call: Call
    left_out: list[str]


def print_timeline(console: Console, given: TimelinePage) -> None:
    """Print each content's events and intervals."""
    page = Paragraphs(console)
    history = given.history
    streams = history.streams
    page.title(f"Timeline of {given.learner}, from {given.call.title}")
    said = remarks(history, given.findings, "reasons")

    # intervals_frame lists the streams in this very order.
    order = learner_order(history, streams.events[streams.starts[1:] - 1]).tolist()
    intervals = iter(_by_stream(history))
    for stream in order:
        print_record(page, history, stream, said)
        _print_intervals(page, next(intervals))
        print_between(page, given.between.get(stream, ()))
        page.gap()
    for sentence in given.left_out:
        page.prose(sentence, style="yellow")
    page.prose(f"{given.call.zones.sentence} {NO_VERSION}", style="dim")


def _by_stream(history: History) -> list[list[tuple[str, str, str]]]:
    """The intervals of each stream: from, to, status; an open one ends its stream."""
    frame = intervals_frame(history).select(["possible", "valid_from", "valid_to"])
    lists: list[list[tuple[str, str, str]]] = [[]]
    for row in frame.rows():
        end = instant(row["valid_to"])
        lists[-1].append((instant(row["valid_from"]), end or "open", either(row["possible"])))
        if not end:
            lists.append([])
    return lists


def _print_intervals(page: Paragraphs, intervals: list[tuple[str, str, str]]) -> None:
    page.prose("Status by time", style="bold")
    page.columns([(f"{start} –", end, status) for start, end, status in intervals], indent=4)
