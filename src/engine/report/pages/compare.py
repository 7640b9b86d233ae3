"""A comparison of two reports as a page for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from engine.columns.frame import Frame
from engine.report.call import Call
from engine.report.page import Block, Column, Facts, Gap, Heading, Page, Prose, Table
from engine.report.pages.findings import (
    examples_of,
    hint_blocks,
    next_steps,
    not_shown,
    verdict_of,
    worst_first,
)
from engine.report.plain import plain_line, short
from engine.report.words import NO_VERSION, counted, number, read_as

if TYPE_CHECKING:
    from engine.projection.between.summary import ComparisonSummary

__all__ = ["ComparePage", "compare_page"]


class ComparePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of; ``frame`` are the findings to show.

    ``histories`` are the sources that have a learner's history, and how each is called.
    """

    call: Call
    summary: ComparisonSummary
    hints: list[str]
    frame: Frame
    histories: dict[str, str]


def compare_page(given: ComparePage) -> Page:
    """Return the page."""
    old, new = given.call.source
    title = f"Comparison of {Call((old,)).title} with {Call((new,)).title}"
    return Page(title, tuple(_blocks(given)), verdict=verdict_of(given.summary.findings))


def _blocks(given: ComparePage) -> Iterator[Block]:
    yield from _reports(given)
    yield from hint_blocks(given.hints)
    yield Heading("Findings")
    examples: dict[str, dict[str, Any]] = {}
    if len(given.frame):
        examples, blocks = examples_of(given.frame, _place)
        yield from blocks
    else:
        yield Prose(_nothing(given))
    yield from not_shown(sum(given.summary.findings.values()) - len(given.frame))
    if examples:
        yield from next_steps(_next(given, examples))
    yield Gap()
    yield Prose(NO_VERSION, "quiet")


def _reports(given: ComparePage) -> Iterator[Block]:
    summary = given.summary
    old, new = summary.old, summary.new
    counts = [
        (name.capitalize(), *(number(getattr(each, name)) for each in (old, new)))
        for name in ("rows", "events", "quarantined", "ignored", "learners", "contents")
        if name != "ignored" or old.ignored or new.ignored
    ]
    yield Table(
        "What was read",
        (Column(tone="quiet"), Column("Earlier"), Column("Later")),
        (
            ("Files", number(len(old.files)), number(len(new.files))),
            *counts,
            ("From", old.first or "none", new.first or "none"),
            ("To", old.last or "none", new.last or "none"),
        ),
    )
    yield Gap()
    together = (
        f"{summary.common_from} to {summary.common_to}" if summary.common_to else "no time at all"
    )
    told = (
        "have the same id"
        if summary.identity == "id"
        else "agree in all fields (not both have ids)"
    )
    yield Facts(
        {
            "Both cover": together,
            "Same event": f"two rows that {told}",
            "Events": f"{number(summary.same)} in both, {number(summary.rewritten)} rewritten, "
            f"{number(summary.only_old)} in the earlier alone, {number(summary.only_new)} in the "
            "later alone",
            "Statuses": _statuses(summary),
            **read_as(given.call.zones, summary.history),
        }
    )


def _statuses(summary: ComparisonSummary) -> str:
    if summary.common_to is None:
        return "not compared"
    said = f"{counted(summary.records, 'record')} compared as of {summary.common_to}"
    if summary.uncertain:
        said += f"; {number(summary.uncertain)} uncertain, and possibly the same"
    return said


def _nothing(given: ComparePage) -> str:
    summary = given.summary
    if sum(summary.findings.values()):
        return "None among the selected codes."
    if summary.common_to is None:
        return "None, for nothing could be compared."
    return (
        "None: what both reports cover they tell alike. An event outside the other report's window "
        "is no finding."
    )


def _place(example: dict[str, Any]) -> str:
    rows = [
        f"row {example[f'{side}_row']} of {example[f'{side}_file']}"
        for side in ("old", "new")
        if example[f"{side}_row"] is not None
    ]
    return " · ".join(short(p) for p in (example["learner"], example["content_title"], *rows) if p)


def _next(given: ComparePage, examples: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    worst = worst_first(dict.fromkeys(examples, 0))[0]
    steps = [
        (f"learner-engine rules {worst}", "what it means, when it is a false alarm"),
        (given.call.command("compare", "-o", "differences.csv"), "every finding, as a table"),
    ]
    learner = examples[worst]["learner"]
    if learner:
        for source, told in given.histories.items():
            flags = " ".join(map(shlex.quote, (source, *given.call.flags, "--learner", learner)))
            command = plain_line(f"learner-engine timeline {flags}")
            steps.append((command, f"the example's history, as {told} has it"))
    return steps
