"""Pages as text for a terminal, coloured where it can be.

Every text of a page is treated as data: made fit for a terminal, and never read as markup.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable
from typing import BinaryIO, Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from engine.instants import format_utc
from engine.report.page import (
    Bars,
    Block,
    Column,
    Event,
    Facts,
    Finding,
    Findings,
    Gap,
    Heading,
    Line,
    Page,
    Prose,
    Span,
    Steps,
    Table,
    Timeline,
    Tone,
)
from engine.report.plain import plain_line, short
from engine.report.words import TIED, counted, either, number, share

__all__ = ["text_of", "write_page"]

_PROSE: Final = 92
"""The longest line of running text; longer ones are hard to read."""

_UNBOUNDED: Final = 10_000
"""The width where no terminal sets one: a row of a table stays a line, which grep can find."""

_NARROWEST: Final = 40

_BAR: Final = 30

_STYLES: Final[dict[Tone, str]] = {
    "quiet": "dim",
    "strong": "bold",
    "good": "green",
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "bar": "blue",
    "completed": "green",
    "certified": "bold green",
    "revoked": "red",
    "uncertain": "yellow",
}


def write_page(page: Page, out: BinaryIO) -> None:
    """Write a page; it is coloured if ``out`` is a terminal.

    Without a terminal lines are as long as they need to be and end without spaces.
    """
    terminal = out.isatty()
    standard = out is getattr(sys.stdout, "buffer", None)
    encoding = (standard and sys.stdout.encoding) or "utf-8"
    coloured = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(_NARROWEST, shutil.get_terminal_size().columns) if terminal else _UNBOUNDED
    out.write(_rendered(page.blocks, page, encoding, width, coloured))


def text_of(blocks: Iterable[Block]) -> str:
    """Return blocks as text without colour."""
    return _rendered(blocks, None, "utf-8", _UNBOUNDED, coloured=False).decode()


def _rendered(
    blocks: Iterable[Block], page: Page | None, encoding: str, width: int, coloured: bool
) -> bytes:
    written = io.BytesIO()
    text = io.TextIOWrapper(written, encoding=encoding, errors="replace", newline="\n")
    terminal = _Terminal(
        Console(
            file=text,
            force_terminal=coloured,
            color_system="auto" if coloured else None,
            width=width,
            height=100,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            force_jupyter=False,
        )
    )
    if page is not None and page.lead is not None:
        terminal.block(page.lead)
    elif page is not None:
        terminal.line(Span(page.title, "strong"))
        terminal.block(Gap())
    for block in blocks:
        terminal.block(block)
    text.flush()
    lines = written.getvalue().split(b"\n")
    return b"\n".join(lines if coloured else [line.rstrip(b" ") for line in lines])


def _cell(text: str, tone: Tone = "") -> Text:
    """Return a text of which nothing is interpreted, neither by rich nor by the terminal."""
    return Text(plain_line(text), style=_STYLES.get(tone, ""))


class _Terminal:
    """Prints blocks; everything under a heading is indented by two."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def block(self, block: Block) -> None:
        """Print one block."""
        match block:
            case Gap():
                self.console.print()
            case Heading(text, tone):
                self.console.print()
                heading = _cell(text, tone)
                heading.stylize("bold")
                self.console.print(heading, soft_wrap=True)
            case Prose(text, tone, indent, mark):
                self.prose(text, tone, indent, mark)
            case Line(spans):
                self.line(*spans)
            case Facts(facts):
                self.grid((Column(tone="quiet"), Column()), facts.items(), whole=True)
            case Bars():
                self.bars(block)
            case Table(_, columns, rows, headed, indent):
                self.grid(columns, rows, headed=headed, indent=indent)
            case Findings(findings):
                self.findings(findings)
            case Timeline():
                self.timeline(block)
            case Steps(steps, indent):
                for command, purpose in steps:
                    self.line(Span(" " * indent + command, "strong"))
                    if purpose:
                        self.line(Span(f"      {purpose}", "quiet"))

    def line(self, *spans: Span) -> None:
        """One line; a terminal may break it, nobody else."""
        parts = (_cell(span.text, span.tone) for span in spans if span.text)
        self.console.print(Text().join(parts), soft_wrap=True)

    def prose(self, text: str, tone: Tone = "", indent: int = 2, mark: str = "") -> None:
        """Running text, wrapped."""
        width = min(self.console.width, _PROSE) - indent - len(mark)
        lines = _cell(text, tone).wrap(self.console, max(width, 20))
        for place, line in enumerate(lines):
            lead = mark if place == 0 else " " * len(mark)
            self.console.print(Text(" " * indent + lead) + line, soft_wrap=True)

    def grid(
        self,
        columns: Iterable[Column],
        rows: Iterable[Iterable[str | Span]],
        *,
        headed: bool = False,
        indent: int = 2,
        whole: bool = False,
    ) -> None:
        """Cells below each other; long ones of a table in short, unless they are ``whole``."""
        grid = Grid(
            box=None, show_header=headed, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
        )
        for column in columns:
            grid.add_column(
                _cell(column.name) if headed else "",
                justify="right" if column.kind == "number" else "left",
                style=_STYLES.get(column.tone, ""),
                overflow="fold",
                no_wrap=False,
            )
        for row in rows:
            grid.add_row(
                *(
                    _cell(each.text, each.tone)
                    if isinstance(each, Span)
                    else _cell(each if whole else short(each))
                    for each in row
                )
            )
        self.console.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def bars(self, block: Bars) -> None:
        """Label, number, share; a bar or a note."""
        noted = block.drawn or any(bar.note for bar in block.bars)
        most = max((bar.count for bar in block.bars), default=1)
        # Of characters that the page's encoding has.
        mark = "█" if self.console.encoding.startswith("utf") else "#"
        rows = []
        for bar in block.bars:
            drawn = mark * max(1, round(_BAR * bar.count / most)) if block.drawn else bar.note
            row = (bar.label, number(bar.count), share(bar.count, block.whole), drawn)
            rows.append([Span(each) for each in row[: 4 if noted else 3]])
        number_column = Column(kind="number")
        last = Column(tone="bar" if block.drawn else "quiet")
        self.grid((Column(), number_column, number_column, last)[: 4 if noted else 3], rows)

    def findings(self, findings: tuple[Finding, ...]) -> None:
        """Each code with its counts and its example, their names and counts in columns."""
        widest = max(len(each.name) for each in findings)
        digits = max(len(number(each.roots)) for each in findings)
        for each in findings:
            follows = f" + {counted(each.follows, 'consequence')}" if each.follows else ""
            self.console.print()
            self.line(
                Span(f"{each.code} {each.severity.value:<7}", each.severity.value),
                Span(f"  {each.name:<{widest}}", "strong"),
                Span(f"  {number(each.roots):>{digits}}"),
                Span(follows),
                Span(f"  {each.reach}" if each.reach else "", "quiet"),
            )
            self.line(Span(f"      {each.place}", "quiet"))
            self.prose(each.said, indent=6)
            for edit in each.edits:
                self.prose(edit, "good", 6, "→ ")

    def timeline(self, record: Timeline) -> None:
        """What the record is about, its events with the remarks on them, its intervals."""
        about = f"  ({record.about})" if record.about else ""
        self.line(Span(record.title, "strong"), Span(about, "quiet"))
        self.events(record.events)
        if record.more:
            self.prose(f"… and {counted(record.more, 'event')} more, not shown here.")
        if record.tied:
            self.prose(TIED, "quiet")
        if record.listed:
            self.prose("Status by time", "strong")
            rows = [
                (
                    f"{format_utc(each.start)} –",
                    "open" if each.end is None else format_utc(each.end),
                    either(each.possible),
                )
                for each in record.intervals
            ]
            self.grid((Column(), Column(), Column()), rows, indent=4)

    def events(self, events: tuple[Event, ...]) -> None:
        """Time, row, action, status before → after; findings in whole lines below their row."""
        lines = []
        for event in events:
            was, now = either(event.before), either(event.after)
            change = f"{was} → {now}" if was != now else now
            lines.append((format_utc(event.at), event.where, event.phrase, change))
        time, row, action, status = (max(map(len, column)) for column in zip(*lines, strict=True))
        # Side by side where the page is wide enough, else the change of status below the action.
        lead = time + row + 6
        side_by_side = lead + action + 2 + status <= self.console.width
        for event, (at, where, phrase, change) in zip(events, lines, strict=True):
            start = Span(f"  {at:<{time}}"), Span(f"  {where:>{row}}", "quiet")
            if side_by_side:
                self.line(*start, Span(f"  {phrase:<{action}}  "), Span(change, "strong"))
            else:
                self.line(*start, Span(f"  {phrase}"))
                self.prose(change, "strong", lead)
            for remark in event.remarks:
                self.prose(remark.line, remark.severity.value, 6)
                for sentence in remark.sentences:
                    self.prose(sentence, indent=8)
