"""A comparison of two reports as a page for people."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import msgspec

from engine.columns.frame import Frame
from engine.output.call import Call
from engine.output.findings_text import print_examples, print_hints, print_next, worst_first
from engine.output.paragraphs import Paragraphs
from engine.output.terminal import plain_line, short
from engine.output.words import NO_VERSION, counted, number, read_as

if TYPE_CHECKING:
    from rich.console import Console

    from engine.projection.between.summary import ComparisonSummary

__all__ = ["ComparePage", "print_comparison"]


class ComparePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of; ``frame`` are the findings to show.

    ``histories`` are the sources that have a learner's history, and how each is called.
    """

    call: Call
    summary: ComparisonSummary
    hints: list[str]
    frame: Frame
    histories: dict[str, str]


def print_comparison(console: Console, given: ComparePage) -> None:
    """Print the page."""
    page = Paragraphs(console)
    old, new = given.call.source
    page.title(f"Comparison of {Call((old,)).title} with {Call((new,)).title}")
    _print_reports(page, given)
    print_hints(page, given.hints)
    page.heading("Findings")
    examples: dict[str, dict[str, Any]] = {}
    if len(given.frame):
        examples = print_examples(page, given.frame, _place)
    else:
        page.prose(_nothing(given))
    left_out = sum(given.summary.findings.values()) - len(given.frame)
    if left_out:
        page.prose(
            f"{counted(left_out, 'finding')} of other codes are not shown (--select, --ignore).",
            style="dim",
        )
    if examples:
        _print_next(page, given, examples)
    page.gap()
    page.prose(NO_VERSION, style="dim")


def _print_reports(page: Paragraphs, given: ComparePage) -> None:
    summary = given.summary
    old, new = summary.old, summary.new
    page.columns(
        [
            ("Files", number(len(old.files)), number(len(new.files))),
            ("Rows", number(old.rows), number(new.rows)),
            ("Events", number(old.events), number(new.events)),
            ("Quarantined", number(old.quarantined), number(new.quarantined)),
            ("Learners", number(old.learners), number(new.learners)),
            ("Contents", number(old.contents), number(new.contents)),
            ("From", old.first or "none", new.first or "none"),
            ("To", old.last or "none", new.last or "none"),
        ],
        header=("", "Earlier", "Later"),
        styles={0: "dim"},
    )
    page.gap()
    together = (
        f"{summary.common_from} to {summary.common_to}" if summary.common_to else "no time at all"
    )
    told = (
        "have the same id"
        if summary.identity == "id"
        else "agree in all fields (not both have ids)"
    )
    page.facts(
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


def _print_next(page: Paragraphs, given: ComparePage, examples: dict[str, dict[str, Any]]) -> None:
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
    print_next(page, steps)
