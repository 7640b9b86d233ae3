"""A reconciliation as a page for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from engine.columns.frame import Frame
from engine.projection.against.differences import ONLY_THERE
from engine.projection.against.summary import ReconciliationSummary
from engine.records import Quarantined
from engine.report.call import Call
from engine.report.page import (
    Bar,
    Bars,
    Block,
    Column,
    Facts,
    Gap,
    Heading,
    Page,
    Prose,
    Table,
)
from engine.report.pages.findings import (
    examples_of,
    hint_blocks,
    next_steps,
    verdict_of,
    worst_first,
)
from engine.report.plain import short
from engine.report.words import NO_VERSION, counted, number, read_as

__all__ = ["ReconcilePage", "reconcile_page"]

_UNREAD: Final = 5


class ReconcilePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    extra:
        The options of reconcile that were given, to write the next command from.
    frame:
        The findings to show.
    unread:
        The rows of the export that were compared with nothing.
    """

    call: Call
    extra: tuple[str, ...]
    against: str
    summary: ReconciliationSummary
    hints: list[str]
    frame: Frame
    unread: list[Quarantined]
    quarantine: str | None


def reconcile_page(given: ReconcilePage) -> Page:
    """Return the page."""
    title = f"Reconciliation of {given.call.title} with {Call((given.against,)).title}"
    return Page(title, tuple(_blocks(given)), verdict=verdict_of(given.summary.findings))


def _blocks(given: ReconcilePage) -> Iterator[Block]:
    summary = given.summary
    moment = f"as of {summary.as_of}" if summary.as_of is not None else "after every event"
    columns = ", ".join(f"{field} = {column}" for field, column in summary.columns.items())
    yield Facts(
        {
            "Report": f"{counted(summary.records, 'record')}, {moment}"
            + (f"; last event {summary.last}" if summary.last else ""),
            "List": f"{counted(summary.rows, 'row')}; columns read: {columns}",
            **_dates(summary),
            **read_as(given.call.zones, summary.history),
        }
    )
    yield Heading("Rows of the export")
    bars = (
        Bar("agree", summary.agree, "good", _agreeing(summary)),
        Bar("differ", summary.differ, "error", "another status, or another certificate"),
        Bar("only there", summary.only_there, "warning", "no record of it in the report"),
        Bar("not understood", summary.unread, "quiet", "compared with nothing"),
    )
    shown = tuple(bar for bar in bars if bar.count or bar.label in ("agree", "differ"))
    yield Bars("Rows of the export", shown, summary.rows, drawn=False)
    verb = "is" if summary.only_here == 1 else "are"
    yield Prose(f"{counted(summary.only_here, 'record')} of the report {verb} not in the export.")
    yield from hint_blocks(given.hints)
    yield Heading("Findings")
    examples: dict[str, dict[str, Any]] = {}
    if len(given.frame):
        examples, blocks = examples_of(given.frame, _place)
        yield from blocks
    elif summary.findings:
        yield Prose("None among the selected codes.")
    elif summary.agree:
        yield Prose("None: what could be compared agrees.")
    else:
        yield Prose("None, for nothing could be compared.")
    if given.unread:
        yield from _unread(given)
    yield from next_steps(_next(given, examples))
    yield Gap()
    yield Prose(NO_VERSION, "quiet")


def _dates(summary: ReconciliationSummary) -> dict[str, str]:
    if not summary.date_tolerance:
        return {}
    by_tolerance: dict[str, list[str]] = {}
    for field, tolerance in summary.date_tolerance.items():
        by_tolerance.setdefault(tolerance, []).append(field)
    said = [f"{', '.join(fields)} to the {each}" for each, fields in by_tolerance.items()]
    return {"Dates": f"compared {'; '.join(said)}, in {summary.timezone}"}


def _agreeing(summary: ReconciliationSummary) -> str:
    parts = []
    if summary.uncertain:
        parts.append(f"{number(summary.uncertain)} uncertain here: theirs is one of the possible")
    if summary.unrecorded:
        parts.append(f"{number(summary.unrecorded)} not enrolled, and without a record here")
    if summary.dates_differ:
        parts.append(f"{number(summary.dates_differ)} but for a date")
    return "; ".join(parts)


def _place(example: dict[str, Any]) -> str:
    rows = [
        f"row {example[row]} of {example[file]}"
        for file, row in (("file", "row"), ("their_file", "their_row"))
        if example[row] is not None
    ]
    return " · ".join(short(p) for p in (example["learner"], example["content_title"], *rows) if p)


def _unread(given: ReconcilePage) -> Iterator[Block]:
    yield Heading("Not understood")
    rows = tuple((f"row {each.row}", each.detail) for each in given.unread[:_UNREAD])
    columns = Column("Row", tone="quiet"), Column("Why")
    yield Table("Rows that were not understood", columns, rows, headed=False)
    if given.quarantine is not None:
        yield Prose(f"All {number(len(given.unread))} are in {given.quarantine}.")
    elif len(given.unread) > _UNREAD:
        yield Prose(f"… and {number(len(given.unread) - _UNREAD)} more (--quarantine FILE).")


def _next(given: ReconcilePage, examples: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    steps = []
    call = given.call
    if examples:
        worst = worst_first(dict.fromkeys(examples, 0))[0]
        steps.append((f"learner-engine rules {worst}", "what it means, when it is a false alarm"))
        here = [each for code, each in examples.items() if code != ONLY_THERE]
        if here:
            command = call.command("timeline", "--learner", here[0]["learner"])
            steps.append((command, "the history behind an example, as the report has it"))
        command = call.command("reconcile", *given.extra, "-o", "differences.csv")
        steps.append((command, "every finding, as a table"))
    if given.unread and given.quarantine is None:
        command = call.command("reconcile", *given.extra, "--quarantine", "unread.csv")
        steps.append((command, "the rows that were not understood, with reasons"))
    return steps
