"""One learner's history as a page: every event, what it did, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from engine.findings.catalogue import CATALOGUE
from engine.findings.wording import ACTION_PHRASES
from engine.instants import format_utc
from engine.output.paragraphs import Paragraphs
from engine.output.status_text import instant
from engine.output.words import NO_VERSION, STYLES, counted, either
from engine.projection.findings import Findings, findings_frame
from engine.projection.history import History
from engine.projection.intervals import intervals_frame
from engine.projection.status import learner_order
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.vocabulary import Action

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["TimelinePage", "print_timeline"]

MOST_EVENTS: Final = 1000
"""Events of one record that a page shows."""


class TimelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    learner:
        The address as the report has it, normalised.
    history, findings:
        The replay of this learner's streams alone, and what was found in it.
    title:
        What was read.
    left_out:
        Sentences on this learner's rows that are no events.
    """

    learner: str
    history: History
    findings: Findings
    title: str
    left_out: list[str]


def print_timeline(console: Console, given: TimelinePage) -> None:
    """Print each content's events and intervals."""
    page = Paragraphs(console)
    history = given.history
    streams = history.streams
    page.title(f"Timeline of {given.learner}, from {given.title}")
    on_event = given.findings.take(np.flatnonzero(given.findings.position >= 0))
    frame = findings_frame(history, on_event)
    said: dict[int, list[tuple[str, str]]] = {}
    rows = frame.select(["code", "message"]).rows()
    for position, row in zip(on_event.position.tolist(), rows, strict=True):
        said.setdefault(position, []).append((row["code"], row["message"]))

    # intervals_frame lists the streams in this very order.
    order = learner_order(history, streams.events[streams.starts[1:] - 1]).tolist()
    intervals = iter(_by_stream(history))
    for stream in order:
        _print_stream(page, history, stream, said)
        _print_intervals(page, next(intervals))
        page.gap()
    for sentence in given.left_out:
        page.prose(sentence, style="yellow")
    page.prose(f"Times are UTC. {NO_VERSION}", style="dim")


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


def _print_stream(
    page: Paragraphs, history: History, stream: int, said: dict[int, list[tuple[str, str]]]
) -> None:
    records, streams = history.records, history.streams
    low, high = int(streams.starts[stream]), int(streams.starts[stream + 1])
    last = int(streams.events[high - 1])
    kind, title, portal = (
        texts[int(codes[last])].as_py()
        for codes, texts in (
            (records.content_type, records.content_types),
            (records.content_title, records.content_titles),
            (records.panorama, records.panoramas),
        )
    )
    about = ", ".join(part for part in (kind, portal) if part)
    page.line((title or "(no title)", "bold"), (f"  ({about})" if about else "", "dim"))
    _print_events(page, history, range(low, min(high, low + MOST_EVENTS)), said)
    if high - low > MOST_EVENTS:
        page.prose(f"… and {counted(high - low - MOST_EVENTS, 'event')} more, not shown here.")
    sizes = np.diff(streams.instants)
    first = np.searchsorted(streams.instants, [low, high])
    if bool((sizes[first[0] : first[1]] > 1).any()):
        page.prose(
            "Rows that share a moment have no known order; the one shown has the least wrong.",
            style="dim",
        )


def _print_events(
    page: Paragraphs, history: History, positions: range, said: dict[int, list[tuple[str, str]]]
) -> None:
    """Time, row, action, status before → after; findings in whole lines below their row."""
    lines = [_event(history, position) for position in positions]
    time, row, action, status = (max(map(len, column)) for column in zip(*lines, strict=True))
    # Side by side where the page is wide enough, else the change of status below the action.
    lead = time + row + 6
    beside = lead + action + 2 + status <= page.console.width
    for position, (at, number, phrase, change) in zip(positions, lines, strict=True):
        start = (f"  {at:<{time}}", ""), (f"  {number:>{row}}", "dim")
        if beside:
            page.line(*start, (f"  {phrase:<{action}}  ", ""), (change, "bold"))
        else:
            page.line(*start, (f"  {phrase}", ""))
            page.prose(change, indent=lead, style="bold")
        for code, message in said.get(position, ()):
            style = STYLES[CATALOGUE[code].severity]
            page.prose(f"{code} {CATALOGUE[code].name}: {message}", indent=6, style=style)


def _event(history: History, position: int) -> tuple[str, str, str, str]:
    records = history.records
    record = int(history.streams.events[position])
    outcome = int(history.replay.outcome[position])
    before = statuses_of_mask(outcome >> BEFORE_SHIFT & STATUS_MASK)
    after = statuses_of_mask(outcome >> AFTER_SHIFT & STATUS_MASK)
    was, now = (either(status.label for status in each) for each in (before, after))
    where = f"row {records.row[record]}"
    if len(records.files) > 1:
        where = f"{records.files[int(records.file[record])]} {where}"
    source = records.pairs[int(records.pair[record])].source
    phrase = ACTION_PHRASES[Action(int(history.action[position])).label]
    return (
        format_utc(int(history.at[position])),
        where,
        f"{phrase} ({source})" if source else phrase,
        f"{was} → {now}" if was != now else now,
    )


def _print_intervals(page: Paragraphs, intervals: list[tuple[str, str, str]]) -> None:
    page.prose("Status by time", style="bold")
    page.columns([(f"{start} –", end, status) for start, end, status in intervals], indent=4)
