"""A reconciliation as a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from engine.columns.frame import Frame
from engine.output.call import Call
from engine.output.findings_text import print_examples, print_hints, print_next, worst_first
from engine.output.paragraphs import Paragraphs
from engine.output.terminal import short
from engine.output.words import NO_VERSION, counted, number, read_as, share
from engine.projection.against.differences import ONLY_THERE
from engine.projection.against.summary import ReconciliationSummary
from engine.records import Quarantined

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["ReconcilePage", "print_reconciliation"]

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


def print_reconciliation(console: Console, given: ReconcilePage) -> None:
    """Print the page."""
    page = Paragraphs(console)
    summary = given.summary
    page.title(f"Reconciliation of {given.call.title} with {Call((given.against,)).title}")
    moment = f"as of {summary.as_of}" if summary.as_of is not None else "after every event"
    columns = ", ".join(f"{field} = {column}" for field, column in summary.columns.items())
    page.facts(
        {
            "Report": f"{counted(summary.records, 'record')}, {moment}"
            + (f"; last event {summary.last}" if summary.last else ""),
            "List": f"{counted(summary.rows, 'row')}; columns read: {columns}",
            **_dates(summary),
            **read_as(given.call.zones, summary.history),
        }
    )
    page.heading("Rows of the export")
    rows = [
        ("agree", summary.agree, _agreeing(summary)),
        ("differ", summary.differ, "another status, or another certificate"),
        ("only there", summary.only_there, "no record of it in the report"),
        ("not understood", summary.unread, "compared with nothing"),
    ]
    page.columns(
        [
            (name, number(count), share(count, summary.rows), said)
            for name, count, said in rows
            if count or name in ("agree", "differ")
        ],
        right=(1, 2),
        styles={3: "dim"},
    )
    verb = "is" if summary.only_here == 1 else "are"
    page.prose(f"{counted(summary.only_here, 'record')} of the report {verb} not in the export.")
    print_hints(page, given.hints)
    page.heading("Findings")
    examples: dict[str, dict[str, Any]] = {}
    if len(given.frame):
        examples = print_examples(page, given.frame, _place)
    elif summary.findings:
        page.prose("None among the selected codes.")
    elif summary.agree:
        page.prose("None: what could be compared agrees.")
    else:
        page.prose("None, for nothing could be compared.")
    if given.unread:
        _print_unread(page, given)
    _print_next(page, given, examples)
    page.gap()
    page.prose(NO_VERSION, style="dim")


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


def _print_unread(page: Paragraphs, given: ReconcilePage) -> None:
    page.heading("Not understood")
    page.columns(
        [(f"row {each.row}", each.detail) for each in given.unread[:_UNREAD]], styles={0: "dim"}
    )
    if given.quarantine is not None:
        page.prose(f"All {number(len(given.unread))} are in {given.quarantine}.")
    elif len(given.unread) > _UNREAD:
        page.prose(f"… and {number(len(given.unread) - _UNREAD)} more (--quarantine FILE).")


def _print_next(
    page: Paragraphs, given: ReconcilePage, examples: dict[str, dict[str, Any]]
) -> None:
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
    if steps:
        print_next(page, steps)
