"""Dialects: which are shipped, and what a dialect makes of the rows of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from engine.columns.frame import Column as Cells
from engine.columns.frame import Frame, Numbers, text_column
from engine.dialects.dialect import Dialect
from engine.records import Records
from engine.report.page import Block, Column, Facts, Gap, Heading, Page, Prose, Table
from engine.report.words import counted, number

__all__ = ["dialects_frame", "dialects_page", "kinds_frame", "kinds_page"]

_COLUMNS: Final = ("name", "title", "kinds")


def _about(dialects: Sequence[Dialect]) -> list[tuple[str, str, str]]:
    return [(each.name, each.title, ", ".join(each.types)) for each in dialects]


def dialects_page(dialects: Sequence[Dialect]) -> Page:
    """Return the dialects with the kinds of row that each acts on."""
    heads = tuple(Column(name.capitalize()) for name in _COLUMNS)
    usual = dialects[0].name
    table = Table("Dialects", heads, tuple(_about(dialects)))
    said = f"A report is taken for {usual} unless --dialect or its columns say otherwise."
    return Page("Dialects", (table, Gap(), Prose(said, "quiet")))


def dialects_frame(dialects: Sequence[Dialect]) -> Frame:
    """Return the same, one dialect a row."""
    cells = list(zip(*_about(dialects), strict=True))
    columns: dict[str, Cells] = {
        name: text_column(list(each)) for name, each in zip(_COLUMNS, cells, strict=True)
    }
    return Frame(columns, len(dialects))


def _kinds(records: Records) -> list[dict[str, Any]]:
    """What becomes of the rows of each kind and cause, the most frequent first."""
    pairs = records.pairs
    rows = np.bincount(records.pair, minlength=len(pairs))
    events = np.bincount(records.pair[records.kept], minlength=len(pairs))
    numbers = records.rejects.record
    held = np.bincount(records.pair[numbers[numbers >= 0]], minlength=len(pairs))
    first = np.full(len(pairs), len(records), np.int64)
    np.minimum.at(first, records.pair, np.arange(len(records)))
    told: list[dict[str, Any]] = []
    for place in np.argsort(-rows, kind="stable").tolist():
        if not rows[place]:
            continue
        known = pairs[place]
        becomes = known.action.label if known.action is not None else "quarantined"
        if known.ignored is not None:
            becomes = "ignored" if known.ignored == "named" else "ignored: not named"
        told.append(
            {
                "kind": known.type,
                "cause": known.source,
                "becomes": becomes,
                "rows": int(rows[place]),
                "events": int(events[place]),
                "quarantined": int(held[place]),
                "ignored": int(rows[place] - events[place] - held[place]),
                "first_row": int(records.row[first[place]]),
            }
        )
    return told


_COUNTS: Final = ("rows", "events", "quarantined", "ignored", "first_row")


def kinds_frame(records: Records) -> Frame:
    """Return what becomes of the rows of each kind and cause, one a row."""
    told = _kinds(records)
    columns: dict[str, Cells] = {
        name: text_column([each[name] for each in told]) for name in ("kind", "cause", "becomes")
    }
    for name in _COUNTS:
        columns[name] = Numbers(np.array([each[name] for each in told], np.int64))
    return Frame(columns, len(told))


def kinds_page(dialect: Dialect, records: Records) -> Page:
    """Return the same for people, and which fields no row has."""
    told = _kinds(records)
    unread = records.rejects.unread
    ignored, rejected = sum(records.ignored.values()), len(records.rejects)
    rows = len(records) + unread
    facts = {
        "Dialect": f"{dialect.name} ({dialect.title})",
        "Rows": f"{number(rows)} = {number(rows - ignored - rejected)} events and duplicates + "
        f"{number(rejected)} quarantined + {number(ignored)} ignored",
        "Always empty": ", ".join(_empty(records)) or "no field",
    }
    heads = Column("Kind"), Column("Cause"), Column("Becomes"), Column("First row", "number")
    counts = tuple(Column(name.capitalize(), "number") for name in _COUNTS[:4])
    table = Table(
        "Kinds",
        (*heads[:3], *counts, heads[3]),
        tuple(
            (
                each["kind"] or "(none)",
                each["cause"],
                each["becomes"],
                *(number(each[name]) for name in _COUNTS[:4]),
                str(each["first_row"]),
            )
            for each in told
        ),
    )
    blocks: list[Block] = [Facts(facts), Gap(), Heading("What each kind of row becomes"), table]
    unnamed = [each for each in told if each["becomes"] == "ignored: not named"]
    if unnamed:
        kinds = counted(len({each["kind"] for each in unnamed}), "kind")
        said = f"The dialect does not name {kinds}: list each under [actions] or in 'ignored'."
        blocks += [Gap(), Prose(said, "warning")]
    if rejected:
        first = records.rejects[0]
        blocks += [
            Gap(),
            Prose(f"The first row in quarantine is {first.row} ({first.code}): {first.detail}"),
        ]
    return Page(f"What {dialect.name} makes of {', '.join(records.files)}", tuple(blocks))


def _empty(records: Records) -> list[str]:
    """The fields that no row has."""
    columns = {
        "email": records.learners,
        "panorama": records.panoramas,
        "content_type": records.content_types,
        "content_title": records.content_titles,
        "content_id": records.content_ids,
        "id": records.event_ids,
    }
    empty = [name for name, texts in columns.items() if not any(texts.to_pylist())]
    if not any(pair.source for pair in records.pairs):
        empty.append("source")
    return empty
