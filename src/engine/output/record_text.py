"""A record as lines: each event, what it did, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.instants import format_utc
from engine.output.paragraphs import Paragraphs
from engine.output.remarks import Remark
from engine.output.terminal import short
from engine.output.words import STYLES, counted, either
from engine.projection.history import History
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.rules.catalogue import CATALOGUE
from engine.rules.phrases import PHRASES
from engine.vocabulary import Action

__all__ = ["MOST_EVENTS", "print_between", "print_record"]

MOST_EVENTS: Final = 1000
"""Events of one record that a page shows."""


def print_record(
    page: Paragraphs, history: History, stream: int, said: dict[int, list[Remark]]
) -> None:
    """Print one stream: what it is about, then its events with the remarks on them."""
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
    page.line(
        (short(title) or "(no title)", "bold"), (f"  ({short(about)})" if about else "", "dim")
    )
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


def print_between(page: Paragraphs, found: Sequence[Mapping[str, Any]]) -> None:
    """Print what the imports of a store say of each other about a stream."""
    if not found:
        return
    page.prose("The imports disagree", style="bold")
    for each in found[:MOST_EVENTS]:
        page.prose(
            f"{each['code']} {each['name']}: {each['file']} row {each['row']}",
            indent=4,
            style=STYLES[CATALOGUE[each["code"]].severity],
        )
        page.prose(each["message"], indent=6)
    if len(found) > MOST_EVENTS:
        page.prose(f"… and {counted(len(found) - MOST_EVENTS, 'finding')} more, not shown here.")


def _print_events(
    page: Paragraphs, history: History, positions: range, said: dict[int, list[Remark]]
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
        for remark in said.get(position, ()):
            page.prose(remark.line, indent=6, style=STYLES[CATALOGUE[remark.code].severity])
            for sentence in remark.sentences:
                page.prose(sentence, indent=8)


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
    phrase = PHRASES[Action(int(history.action[position])).label].short
    return (
        format_utc(int(history.at[position])),
        where,
        f"{phrase} ({short(source)})" if source else phrase,
        f"{was} → {now}" if was != now else now,
    )
