"""The catalogue of findings and the vocabulary of a report, for people and for programs."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.output.words import STYLES, counted
from engine.record import Event, Record
from engine.rules.catalogue import CATALOGUE, TYPICAL
from engine.rules.rule import Rule, SequenceRule
from engine.rules.wording import sentence
from engine.vocabulary import PAIRS, REPORT_COLUMNS, classify

if TYPE_CHECKING:
    from rich.console import Console

    from engine.output.paragraphs import Paragraphs

__all__ = [
    "AGAINST",
    "SAYS",
    "example_message",
    "pair_object",
    "print_overview",
    "print_pairs",
    "print_rule",
    "rule_object",
]

_MOST_ROWS = 10
_HEADER = list(REPORT_COLUMNS)


def rule_object(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON has it; a record that lacks cells lacks their keys.

    A rule on two files has one more member: ``against``, what the records are compared with.
    """
    told: dict[str, Any] = {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "what": rule.what,
        "why": rule.why,
        "false_alarm": rule.false_alarm,
        "example": [dict(zip(_HEADER, cells, strict=False)) for cells in _cells(rule.example)],
        "twin": [dict(zip(_HEADER, cells, strict=False)) for cells in _cells(rule.twin)],
    }
    if rule.against:
        told["against"] = list(csv.DictReader(rule.against.splitlines()))
    return told


def pair_object(position: int) -> dict[str, str]:
    """Return one of the 54 pairs as JSON has it."""
    pair = PAIRS[position]
    return {
        "type": pair.type,
        "source": pair.source,
        "action": pair.action.label,
        "meaning": pair.meaning,
    }


def _cells(report: str) -> list[list[str]]:
    return list(csv.reader(report.splitlines()))


def example_message(rule: Rule) -> str:
    """Return what an audit says of the rule's example; empty for the codes of rows."""
    if rule.says:
        return rule.says
    if not isinstance(rule, SequenceRule):
        return ""
    record = Record()
    for cells in _cells(rule.example):
        row = dict(zip(_HEADER, cells, strict=False))
        at = datetime.fromisoformat(row["Timestamp"])
        record.apply(Event(type=row["Type"], source=row["Source"], at=at))
    for finding in record.findings:
        if finding.code == rule.code:
            classified = classify(finding.event.type, finding.event.source)
            return sentence(
                rule,
                type=classified.type,
                source=classified.source,
                action="" if classified.action is None else classified.action.label,
                before=tuple(status.label for status in finding.before),
            )
    return ""


def print_overview(console: Console) -> None:
    """Print every code in a line."""
    from engine.output.paragraphs import Paragraphs, cell

    page = Paragraphs(console)
    page.title(f"What can be found: {counted(len(CATALOGUE), 'code')}")
    page.columns(
        [
            (rule.code, rule.name, cell(rule.severity.value, STYLES[rule.severity]), rule.what)
            for rule in CATALOGUE.values()
        ],
        header=("Code", "Name", "Severity", "What it flags"),
        styles={0: "bold"},
    )
    page.gap()
    page.prose(
        "An error is impossible, a warning suspicious, an info worth knowing. "
        f"'learner-engine rules {TYPICAL}' explains one code, 'learner-engine rules --pairs' "
        "lists the documented types and sources."
    )


def print_rule(console: Console, rule: Rule) -> None:
    """Print one rule: its texts, the example that has it, and the nearest one that has not."""
    from engine.output.paragraphs import Paragraphs

    page = Paragraphs(console)
    page.line((rule.code, STYLES[rule.severity]), (f"  {rule.name}", "bold"))
    page.prose(f"{rule.severity.value}", style=STYLES[rule.severity])
    for heading, text in (
        ("What it flags", rule.what),
        ("Why it matters", rule.why),
        ("When it is a false alarm", rule.false_alarm),
    ):
        page.heading(heading)
        page.prose(text)
    if rule.against:
        header, *cells = _cells(rule.against)
        page.heading(AGAINST[header == _HEADER])
        _print_records(page, header, cells)
    for heading, report in (("Has it", rule.example), ("Does not have it", rule.twin)):
        page.heading(heading)
        _print_records(page, _HEADER, _cells(report))
    message = example_message(rule)
    if message:
        page.heading(SAYS[bool(rule.against)])
        page.prose(message)


AGAINST = {True: "The earlier report", False: "The status export"}
"""What a rule on two files compares the report with, by whether that is a report itself."""

SAYS = {False: "An audit says", True: "The program says"}


def _print_records(page: Paragraphs, header: list[str], every: list[list[str]]) -> None:
    cells = [(row + [""] * len(header))[: len(header)] for row in every[:_MOST_ROWS]]
    # One learner, one content: the columns that tell the two apart come to the fore.
    filled = [n for n in range(len(header)) if any(row[n] for row in cells)]
    page.columns([[row[n] for n in filled] for row in cells], header=[header[n] for n in filled])
    if len(every) > _MOST_ROWS:
        left = counted(len(every) - _MOST_ROWS, "row")
        page.prose(f"… and {left} more like these (all of them: --format json).", style="dim")


def print_pairs(console: Console) -> None:
    """Print the documented pairs of Type and Source."""
    from engine.output.paragraphs import Paragraphs

    page = Paragraphs(console)
    page.title(f"The {len(PAIRS)} documented pairs of Type and Source")
    page.columns(
        [(pair.type, pair.source, pair.action.label, pair.meaning) for pair in PAIRS],
        header=("Type", "Source", "Action", "Meaning"),
        styles={1: "bold"},
    )
