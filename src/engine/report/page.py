"""What a person reads, as a list of blocks: what each part is, not how it looks.

Commands build a :class:`Page`; :mod:`engine.report.terminal`, :mod:`engine.report.html` and
:mod:`engine.report.markdown` turn it into text. Every text in a block is data that may come from a
report: it is for the renderers to make it harmless where it is shown.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.rules.rule import Severity

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "Column",
    "Event",
    "Facts",
    "Finding",
    "Findings",
    "Gap",
    "Heading",
    "Interval",
    "Line",
    "Page",
    "Prose",
    "Remark",
    "Span",
    "Steps",
    "Table",
    "Timeline",
    "Tone",
]

Tone = str
"""How a text is meant, which decides its colour: a :class:`Severity` or a status by name, or one
of ``quiet``, ``strong``, ``good`` and ``bar``; empty for none."""


class Span(msgspec.Struct, frozen=True):
    """A piece of text of one tone."""

    text: str
    tone: Tone = ""


class Gap(msgspec.Struct, frozen=True):
    """What follows stands apart from what came before."""


class Heading(msgspec.Struct, frozen=True):
    """What the next part is about."""

    text: str
    tone: Tone = "strong"


class Prose(msgspec.Struct, frozen=True):
    """A paragraph.

    Attributes
    ----------
    indent:
        Columns on a terminal; more than two stands under something.
    mark:
        What the first line begins with, such as a bullet.
    """

    text: str
    tone: Tone = ""
    indent: int = 2
    mark: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line that is never broken: an address or a path cut in two cannot be searched for."""

    spans: tuple[Span, ...]


class Facts(msgspec.Struct, frozen=True):
    """Labels and what they say."""

    facts: dict[str, str]


class Bar(msgspec.Struct, frozen=True):
    """One line of a chart: its label, how many, and what there is to say of them."""

    label: str
    count: int
    tone: Tone = ""
    note: str = ""


class Bars(msgspec.Struct, frozen=True):
    """A whole in parts.

    Attributes
    ----------
    title:
        What is counted.
    whole:
        What the shares are of.
    drawn:
        Whether a terminal shows bars beside the numbers; else it shows the notes.
    """

    title: str
    bars: tuple[Bar, ...]
    whole: int
    drawn: bool = True


class Column(msgspec.Struct, frozen=True):
    """A column of a table: numbers stand to the right."""

    name: str = ""
    kind: Literal["text", "number", "time"] = "text"
    tone: Tone = ""


class Table(msgspec.Struct, frozen=True):
    """Rows of cells.

    Attributes
    ----------
    title:
        What the rows are; a terminal leaves it out.
    headed:
        Whether a terminal shows the names of the columns.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Span, ...], ...]
    headed: bool = True
    indent: int = 2


class Finding(msgspec.Struct, frozen=True):
    """A code with how often it was found, and one example.

    Attributes
    ----------
    roots, follows:
        How many of its findings are roots, how many are consequences of others.
    place:
        In a line, where the example stands.
    said:
        What there is to say of the example.
    reach:
        How much of the report the code touches.
    edits:
        What would put the example right.
    what, why, false_alarm:
        The rule in words. A terminal leaves them out: ``rules CODE`` tells them.
    picture:
        The record of the example.
    """

    code: str
    name: str
    severity: Severity
    roots: int
    follows: int
    place: str
    said: str
    reach: str = ""
    edits: tuple[str, ...] = ()
    what: str = ""
    why: str = ""
    false_alarm: str = ""
    picture: Timeline | None = None


class Findings(msgspec.Struct, frozen=True):
    """Each code that was found, the worst first."""

    findings: tuple[Finding, ...]


class Remark(msgspec.Struct, frozen=True):
    """One finding on an event: a line, and the sentences below it."""

    code: str
    severity: Severity
    line: str
    sentences: tuple[str, ...]


class Event(msgspec.Struct, frozen=True):
    """One event of a record.

    Attributes
    ----------
    at:
        Microseconds since 1970 in UTC.
    where:
        The row, and the file where there are several.
    phrase:
        What happened.
    before, after:
        The statuses that were possible then, and those that are since.
    remarks:
        What is wrong with it.
    """

    at: int
    where: str
    phrase: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    remarks: tuple[Remark, ...]


class Interval(msgspec.Struct, frozen=True):
    """A time of equal status: microseconds since 1970 in UTC; an open one has no end."""

    start: int
    end: int | None
    possible: tuple[str, ...]


class Timeline(msgspec.Struct, frozen=True):
    """One record: its events in order, what is wrong with them, and its status over time.

    Attributes
    ----------
    title, about:
        The content, and what tells it from others of that name.
    more:
        Events that are left out at the end.
    tied:
        Whether some events share an instant, so that their order is unknown.
    intervals:
        The statuses over time; empty where nobody asked for them.
    listed:
        Whether a terminal lists the intervals.
    """

    title: str
    about: str
    events: tuple[Event, ...]
    more: int = 0
    tied: bool = False
    intervals: tuple[Interval, ...] = ()
    listed: bool = False


class Steps(msgspec.Struct, frozen=True):
    """Commands that lead on, each with its purpose, which may be empty."""

    steps: tuple[tuple[str, str], ...]
    indent: int = 2


Block = Gap | Heading | Prose | Line | Facts | Bars | Table | Findings | Timeline | Steps


class Page(msgspec.Struct, frozen=True):
    """A page with its title.

    Attributes
    ----------
    lead:
        What a terminal shows in place of the title, None to show the title.
    verdict:
        Whether what was read is sound, in a sentence; a terminal leaves it to the findings.
    """

    title: str
    blocks: tuple[Block, ...]
    lead: Line | None = None
    verdict: Span | None = None
