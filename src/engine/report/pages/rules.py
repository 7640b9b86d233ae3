"""The catalogue of findings and the vocabulary of a report, for people and for programs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from engine.dialects.usual import PAIRS, REPORT_COLUMNS, classify
from engine.record import Event, Record
from engine.report.page import Block, Column, Gap, Heading, Line, Page, Prose, Span, Table
from engine.report.words import counted
from engine.rules.catalogue import CATALOGUE, TYPICAL
from engine.rules.rule import Rule, SequenceRule
from engine.rules.wording import sentence

__all__ = [
    "AGAINST",
    "SAYS",
    "example_message",
    "overview_page",
    "pair_object",
    "pairs_page",
    "rule_object",
    "rule_page",
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


def overview_page() -> Page:
    """Return every code in a line."""
    rows = tuple(
        (rule.code, rule.name, Span(rule.severity.value, rule.severity.value), rule.what)
        for rule in CATALOGUE.values()
    )
    columns = Column("Code", tone="strong"), *map(Column, ("Name", "Severity", "What it flags"))
    hint = (
        "An error is impossible, a warning suspicious, an info worth knowing. "
        f"'learner-engine rules {TYPICAL}' explains one code, 'learner-engine rules --pairs' "
        "lists the documented types and sources."
    )
    title = f"What can be found: {counted(len(CATALOGUE), 'code')}"
    return Page(title, (Table("Codes", columns, rows), Gap(), Prose(hint)))


def rule_page(rule: Rule) -> Page:
    """Return one rule: its texts, the example that has it, and the nearest one that has not."""
    lead = Line((Span(rule.code, rule.severity.value), Span(f"  {rule.name}", "strong")))
    return Page(f"{rule.code} {rule.name}", tuple(_rule(rule)), lead)


def _rule(rule: Rule) -> Iterator[Block]:
    yield Prose(rule.severity.value, rule.severity.value)
    for heading, text in (
        ("What it flags", rule.what),
        ("Why it matters", rule.why),
        ("When it is a false alarm", rule.false_alarm),
    ):
        yield Heading(heading)
        yield Prose(text)
    if rule.against:
        header, *cells = _cells(rule.against)
        yield from _records(AGAINST[header == _HEADER], header, cells)
    for heading, report in (("Has it", rule.example), ("Does not have it", rule.twin)):
        yield from _records(heading, _HEADER, _cells(report))
    message = example_message(rule)
    if message:
        yield Heading(SAYS[bool(rule.against)])
        yield Prose(message)


AGAINST = {True: "The earlier report", False: "The status export"}
"""What a rule on two files compares the report with, by whether that is a report itself."""

SAYS = {False: "An audit says", True: "The program says"}


def _records(heading: str, header: list[str], every: list[list[str]]) -> Iterator[Block]:
    yield Heading(heading)
    cells = [(row + [""] * len(header))[: len(header)] for row in every[:_MOST_ROWS]]
    # One learner, one content: the columns that tell the two apart come to the fore.
    filled = [n for n in range(len(header)) if any(row[n] for row in cells)]
    columns = tuple(Column(header[n]) for n in filled)
    yield Table(heading, columns, tuple(tuple(row[n] for n in filled) for row in cells))
    if len(every) > _MOST_ROWS:
        left = counted(len(every) - _MOST_ROWS, "row")
        yield Prose(f"… and {left} more like these (all of them: --format json).", "quiet")


def pairs_page() -> Page:
    """Return the documented pairs of Type and Source."""
    columns = Column("Type"), Column("Source", tone="strong"), Column("Action"), Column("Meaning")
    rows = tuple((pair.type, pair.source, pair.action.label, pair.meaning) for pair in PAIRS)
    title = f"The {len(PAIRS)} documented pairs of Type and Source"
    return Page(title, (Table("Pairs of Type and Source", columns, rows),))
