"""Pages as GitHub's Markdown, for a ticket or a chat.

Every character of a text that Markdown or HTML could act on is written as a character reference or
behind a backslash, so that names are shown as they are and a table keeps its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from engine.instants import format_utc
from engine.report.page import (
    Bars,
    Block,
    Facts,
    Finding,
    Findings,
    Heading,
    Line,
    Page,
    Prose,
    Span,
    Steps,
    Table,
    Timeline,
)
from engine.report.plain import plain_line, short
from engine.report.words import TIED, counted, either, number, share

__all__ = ["render"]

_SPECIAL: Final = re.compile(
    r"[\\`*\[\]|~$]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore within a word is one
    r"|:(?=//|\w)|(?<=www)\."  # emoji and links
    r"|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]",  # headings and lists
    re.IGNORECASE,
)
"""What a backslash makes plain."""

_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def render(page: Page) -> str:
    """Return the page as Markdown."""
    parts = [f"# {_text(page.title)}"]
    if page.verdict is not None:
        parts.append(f"**{_text(page.verdict.text)}**")
    for block in page.blocks:
        parts += _block(block)
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    """Return a text of which nothing is interpreted, on one line."""
    line = _SPECIAL.sub(r"\\\g<0>", plain_line(text).strip())
    return "".join(_REFERENCES.get(character, character) for character in line)


def _code(command: str) -> str:
    """Return a command as a block, within a fence that it does not hold."""
    line = plain_line(command)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", line) or [""]))
    return f"{fence}sh\n{line}\n{fence}"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()) -> str:
    """Return a table; its cells are texts, not yet Markdown."""
    names = [_text(name) or "&nbsp;" for name in header]
    rule = ["---:" if place in right else "---" for place in range(len(names))]
    lines = [names, rule, *([_text(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"## {_text(text)}"
        case Prose(text, _, _, mark):
            yield f"- {_text(text)}" if mark else _text(text)
        case Line(spans):
            yield " ".join(
                f"**{_text(each.text)}**" if each.tone == "strong" else _text(each.text)
                for each in spans
                if each.text.strip()
            )
        case Facts(facts):
            yield _table(("", ""), facts.items())
        case Bars(title, bars, whole):
            rows = [(b.label, number(b.count), share(b.count, whole), b.note) for b in bars]
            noted = any(bar.note for bar in bars)
            header = (title, "How many", "Share", "Note")[: 4 if noted else 3]
            yield _table(header, [row[: len(header)] for row in rows], (1, 2))
        case Table(_, columns, rows):
            right = [place for place, each in enumerate(columns) if each.kind == "number"]
            cells = [[_cell(cell) for cell in row] for row in rows]
            yield _table([column.name for column in columns], cells, right)
        case Findings(findings):
            for finding in findings:
                yield from _finding(finding)
        case Timeline():
            yield from _timeline(block)
        case Steps(steps):
            for command, purpose in steps:
                yield _code(command)
                yield _text(purpose)


def _cell(cell: str | Span) -> str:
    return cell.text if isinstance(cell, Span) else short(cell)


def _finding(each: Finding) -> Iterator[str]:
    count = number(each.roots)
    if each.follows:
        count += f" + {counted(each.follows, 'consequence')}"
    reach = f", {each.reach}" if each.reach else ""
    yield f"### {_text(f'{each.code} {each.name}')}"
    yield f"**{each.severity.value}**, {_text(count + reach)}: {_text(each.what)}"
    yield f"Example: {_text(each.place)}. {_text(each.said)}"
    yield "\n".join(f"- {_text(edit)}" for edit in each.edits)


def _timeline(record: Timeline) -> Iterator[str]:
    about = f" ({record.about})" if record.about else ""
    yield f"## {_text(record.title + about)}"
    rows = []
    for event in record.events:
        was, now = either(event.before), either(event.after)
        said = " ".join(
            sentence for each in event.remarks for sentence in (each.line, *each.sentences)
        )
        change = f"{was} → {now}" if was != now else now
        rows.append((format_utc(event.at), event.where, event.phrase, change, said))
    yield _table(("Time", "Row", "Event", "Status", "Findings"), rows)
    if record.more:
        yield f"… and {counted(record.more, 'event')} more, not shown here."
    if record.tied:
        yield TIED
    if record.listed:
        times = [
            (
                format_utc(each.start),
                "open" if each.end is None else format_utc(each.end),
                either(each.possible),
            )
            for each in record.intervals
        ]
        yield _table(("From", "To", "Status"), times)
