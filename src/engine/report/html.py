"""Pages as HTML: one file that is whole by itself. It asks for nothing, and runs no script.

Texts of a page are data: Jinja2 escapes each, and what a browser would hide or turn around is shown
as an escape first. No name of an element, an attribute or a class is made from data.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.instants import format_utc
from engine.report.page import Event, Findings, Page, Steps, Timeline, Tone
from engine.report.plain import plain_line
from engine.report.words import TIED, counted, either, number, share

__all__ = ["render"]

_TEMPLATES: Final = Path(__file__).parent / "templates"

_STATUSES: Final = ("not_enrolled", "enrolled", "started", "completed", "certified", "revoked")

_TONES: Final = frozenset(
    ("quiet", "strong", "good", "error", "warning", "info", "uncertain", *_STATUSES)
)

_WORST: Final = 3
"""Findings that are named at the top of a page."""

_DAY: Final = 86_400_000_000

_LEGIBLE: Final = 9
"""Per cent of the width from which on a band of a timeline bears its name."""


def render(page: Page, *, fragment: bool = False) -> str:
    """Return the page as a document, or as a ``fragment`` to put into another one."""
    findings = [
        each for block in page.blocks if isinstance(block, Findings) for each in block.findings
    ]
    template = _environment().get_template("page.html.jinja")
    steps = next((block for block in page.blocks if isinstance(block, Steps)), None)
    return template.render(
        page=page, fragment=fragment, worst=findings[:_WORST], steps=steps if findings else None
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "kind": lambda block: type(block).__name__,
        "tone": _tone,
        "status": _status,
        "utc": format_utc,
        "number": number,
        "counted": counted,
        "share": share,
        "either": either,
        "percent": lambda part, whole: f"{100 * part / whole if whole else 0:.2f}",
        "drawn": _Drawn,
    }
    environment.globals |= {
        "TIED": TIED,
        "style": Markup((_TEMPLATES / "page.css").read_text("utf-8")),
    }
    return environment


def _shown(value: object) -> object:
    return plain_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _tone(tone: Tone) -> str:
    return tone if tone in _TONES else ""


def _status(possible: tuple[str, ...]) -> str:
    """The tone of the statuses that are possible."""
    return _tone(possible[0]) if len(possible) == 1 else "uncertain"


class _Drawn:
    """A record as a picture: bands of its statuses, and marks for its events, in per cent."""

    def __init__(self, record: Timeline) -> None:
        starts = [each.start for each in record.intervals]
        instants = [event.at for event in record.events] + starts
        self._first = min(instants)
        # What is open goes on past the last event.
        self._span = max(round((max(instants) - self._first) * 1.06), _DAY)
        self.start, self.end = format_utc(self._first)[:10], format_utc(max(instants))[:10]
        self.bands = [
            (
                self._place(each.start),
                self._place(each.end) - self._place(each.start)
                if each.end is not None
                else 100 - self._place(each.start),
                each.possible,
            )
            for each in record.intervals
        ]
        self.marks = [(self._place(event.at), event, self._mark(event)) for event in record.events]

    def legible(self, width: float) -> bool:
        """Whether a band is wide enough for its name."""
        return width >= _LEGIBLE

    def _place(self, at: int) -> float:
        return round(100 * (at - self._first) / self._span, 2)

    def _mark(self, event: Event) -> str:
        severities = {remark.severity.value for remark in event.remarks}
        return next((each for each in ("error", "warning", "info") if each in severities), "")
