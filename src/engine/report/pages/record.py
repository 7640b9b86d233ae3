"""A record as blocks: each event, what it did, what is to be said of it, and its status by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.lifecycle.action import Action
from engine.projection.history import History
from engine.projection.intervals import intervals
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.report.page import Block, Event, Interval, Prose, Remark, Timeline
from engine.report.plain import short
from engine.report.words import counted
from engine.rules.catalogue import CATALOGUE
from engine.rules.phrases import PHRASES

__all__ = ["MOST_EVENTS", "between_imports", "intervals_by_stream", "labels", "record"]

MOST_EVENTS: Final = 1000
"""Events of one record that a page shows."""


def record(
    history: History,
    stream: int,
    said: dict[int, list[Remark]],
    intervals: tuple[Interval, ...] = (),
    *,
    listed: bool = False,
) -> Timeline:
    """Return one stream: what it is about, then its events with the remarks on them."""
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
    shown = range(low, min(high, low + MOST_EVENTS))
    sizes = np.diff(streams.instants)
    first = np.searchsorted(streams.instants, [low, high])
    return Timeline(
        title=short(title) or "(no title)",
        about=short(", ".join(part for part in (kind, portal) if part)),
        events=tuple(_event(history, each, tuple(said.get(each, ()))) for each in shown),
        more=high - low - len(shown),
        tied=bool((sizes[first[0] : first[1]] > 1).any()),
        intervals=intervals,
        listed=listed,
    )


def intervals_by_stream(history: History) -> dict[int, tuple[Interval, ...]]:
    """Return the times of equal status of each stream."""
    found = intervals(history)
    by_stream: dict[int, list[Interval]] = {}
    for stream, mask, start, end, closed in zip(
        *(column.tolist() for column in found[:5]), strict=True
    ):
        interval = Interval(start, end if closed else None, labels(mask))
        by_stream.setdefault(stream, []).append(interval)
    return {stream: tuple(each) for stream, each in by_stream.items()}


def between_imports(found: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """Yield what the imports of a store say of each other about a stream."""
    if not found:
        return
    yield Prose("The imports disagree", "strong")
    for each in found[:MOST_EVENTS]:
        severity = CATALOGUE[each["code"]].severity.value
        said = f"{each['code']} {each['name']}: {each['file']} row {each['row']}"
        yield Prose(said, severity, indent=4)
        yield Prose(each["message"], indent=6)
    if len(found) > MOST_EVENTS:
        yield Prose(f"… and {counted(len(found) - MOST_EVENTS, 'finding')} more, not shown here.")


def labels(mask: int) -> tuple[str, ...]:
    """Return the statuses of a bit set by name."""
    return tuple(status.label for status in statuses_of_mask(mask & STATUS_MASK))


def _event(history: History, position: int, remarks: tuple[Remark, ...]) -> Event:
    records = history.records
    row = int(history.streams.events[position])
    outcome = int(history.replay.outcome[position])
    before, after = (labels(outcome >> shift) for shift in (BEFORE_SHIFT, AFTER_SHIFT))
    where = f"row {records.row[row]}"
    if len(records.files) > 1:
        where = f"{records.files[int(records.file[row])]} {where}"
    source = records.pairs[int(records.pair[row])].source
    phrase = PHRASES[Action(int(history.action[position])).label].short
    if source:
        phrase = f"{phrase} ({short(source)})"
    return Event(int(history.at[position]), where, phrase, before, after, remarks)
