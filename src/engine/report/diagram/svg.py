"""The machine as a picture of its own: no other program is needed to lay it out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from engine.lifecycle.configuration import Status
from engine.report.diagram.arrows import Arrow, Line, shared_exits
from engine.report.diagram.layout import (
    FRAME,
    HEIGHT,
    NODE,
    PLACES,
    WIDTH,
    Way,
    exit_way,
    ways,
)
from engine.report.diagram.text import ACTIVE, COLOURS
from engine.rules.catalogue import Severity

__all__ = ["svg"]

_FILLS: Final = {
    Status.NOT_ENROLLED: ("#f8fafc", "#94a3b8"),
    Status.ENROLLED: ("#e0f2fe", "#0284c7"),
    Status.STARTED: ("#fef3c7", "#d97706"),
    Status.COMPLETED: ("#dcfce7", "#16a34a"),
    Status.CERTIFIED: ("#ede9fe", "#7c3aed"),
    Status.REVOKED: ("#ffe4e6", "#e11d48"),
}
_INK: Final = "#334155"
_COLUMNS: Final = (40, 590)
_WIDE: Final = 76
"""Characters in a line of the key."""

_LINE: Final = 17
_INDENT: Final = 14
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_SUBTITLE: Final = (
    "one learner, one content: six statuses, and the rows of a report that lead from one to another"
)
_DASHED: Final = (
    f'dashed: only with a finding, <tspan fill="{COLOURS[Severity.WARNING]}">suspicious</tspan> or '
    f'<tspan fill="{COLOURS[Severity.ERROR]}">impossible</tspan>'
)
_STYLE: Final = f"""
text{{font-family:'Inter','Segoe UI','DejaVu Sans',sans-serif;fill:{_INK}}}
.way{{fill:none;stroke-width:1.6}}
.name{{font-size:15px;font-weight:600;text-anchor:middle}}
.number{{font-size:11px;font-weight:700;text-anchor:middle}}
.head{{font-size:13px;font-weight:600}}
.entry{{font-size:12px}}
.code{{font-weight:700}}
"""


class _Drawn(NamedTuple):
    arrow: Arrow
    way: Way
    begin: str


def svg(arrows: Sequence[Arrow]) -> str:
    """Return the picture: the statuses, numbered arrows between them, and what each stands for."""
    exits, others = shared_exits(arrows, ACTIVE)
    drawn = [
        *(
            _Drawn(each, way, _shown(each.source))
            for each, way in zip(others, ways(others), strict=True)
        ),
        *(_Drawn(each, exit_way(each.dest), "any status with access") for each in exits),
    ]
    key, bottom = _key(drawn)
    graver = int(any(_colour(each.arrow.severity) != _INK for each in drawn))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" '
            f'width="{WIDTH}" height="{bottom}" role="img" aria-labelledby="title">',
            '<title id="title">What can happen to a record of one learner and one content</title>',
            f"<style>{_STYLE}</style>",
            f"<defs>{''.join(map(_head, (_INK, *COLOURS.values())))}</defs>",
            f'<rect width="{WIDTH}" height="{bottom}" fill="#ffffff"/>',
            '<text x="40" y="46" font-size="20" font-weight="700">The life of a record</text>',
            f'<text x="40" y="68" class="entry">{_SUBTITLE}</text>',
            *(f'<text x="40" y="86" class="entry">{_DASHED}</text>' for _ in drawn[:graver]),
            _frame(),
            *(_way(each) for each in drawn),
            *map(_node, Status),
            *(_badge(number, each) for number, each in enumerate(drawn, 1)),
            *key,
            "</svg>",
            "",
        ]
    )


def _shown(status: Status) -> str:
    return status.label.replace("_", " ")


def _colour(severity: Severity | None) -> str:
    return _INK if severity in (None, Severity.INFO) else COLOURS[severity]


def _head(colour: str) -> str:
    return (
        f'<marker id="to{colour[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 1L10 5L0 9z" fill="{colour}"/></marker>'
    )


def _frame() -> str:
    x, y, width, height = FRAME
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="18" fill="#f8fafc" '
        'stroke="#cbd5e1" stroke-dasharray="5 5"/>'
        f'<text x="{x + width - 16}" y="{y + height - 14}" class="entry" text-anchor="end">'
        "the learner has access: one cycle</text>"
    )


def _node(status: Status) -> str:
    place, (fill, edge) = PLACES[status], _FILLS[status]
    return (
        f'<rect x="{place.x - NODE.x / 2}" y="{place.y - NODE.y / 2}" width="{NODE.x}" '
        f'height="{NODE.y}" rx="12" fill="{fill}" stroke="{edge}" stroke-width="1.8"/>'
        f'<text x="{place.x}" y="{place.y + 5}" class="name">{_shown(status)}</text>'
    )


def _way(drawn: _Drawn) -> str:
    colour = _colour(drawn.arrow.severity)
    dashes = "" if colour == _INK else ' stroke-dasharray="6 4"'
    return (
        f'<path class="way" d="{drawn.way.path}" stroke="{colour}"{dashes} '
        f'marker-end="url(#to{colour[1:]})"/>'
    )


def _badge(number: int, drawn: _Drawn) -> str:
    return _number(number, drawn.way.badge.x, drawn.way.badge.y, _colour(drawn.arrow.severity))


def _number(number: int, x: float, y: float, colour: str) -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="10" fill="#ffffff" stroke="{colour}"/>'
        f'<text x="{x:g}" y="{y + 4:g}" class="number">{number}</text>'
    )


def _key(drawn: Sequence[_Drawn]) -> tuple[list[str], int]:
    """What each number stands for, in two columns, and where they end."""
    entries = [_entry(each) for each in drawn]
    sizes = [_LINE * (1 + len(lines)) + 12 for _, lines in entries]
    # The first column takes as many entries as bring it to half of the whole.
    half = next(n for n in range(len(sizes) + 1) if sum(sizes[:n]) * 2 >= sum(sizes))
    top = HEIGHT + 20
    parts = []
    bottoms = [top]
    for column, numbers in zip(_COLUMNS, (range(half), range(half, len(entries))), strict=True):
        y = top
        for number in numbers:
            head, lines = entries[number]
            parts.append(_number(number + 1, column, y - 4, _colour(drawn[number].arrow.severity)))
            parts.append(f'<text x="{column + 20}" y="{y}" class="head">{escape(head)}</text>')
            for place, (indent, line) in enumerate(lines, 1):
                x = column + 20 + indent
                parts.append(f'<text x="{x}" y="{y + place * _LINE}" class="entry">{line}</text>')
            y += sizes[number]
        bottoms.append(y)
    return parts, max(bottoms) + 10


def _entry(drawn: _Drawn) -> tuple[str, list[tuple[int, str]]]:
    """The heading of an arrow in the key, and its lines as SVG text, each with its indent."""
    arrow = drawn.arrow
    stays = arrow.source is arrow.dest
    head = f"stays {drawn.begin}" if stays else f"{drawn.begin} → {_shown(arrow.dest)}"
    return head, [wrapped for line in arrow.lines for wrapped in _wrapped(line)]


def _wrapped(line: Line) -> list[tuple[int, str]]:
    # No-break spaces keep the words of a guard, and a code and what it follows, in one line.
    guards = ", ".join(guard.replace(" ", _NO_BREAK) for guard in line.guards)
    text = ", ".join(line.triggers) + f" [{guards}]" * bool(guards)
    if line.finding:
        text += f"{_NO_BREAK}{line.finding}"
    shown = textwrap.wrap(text, _WIDE, break_on_hyphens=False)
    lines = [escape(each) for each in shown]
    if line.finding:
        code = f'<tspan class="code" fill="{_colour(line.severity)}">{line.finding}</tspan>'
        lines[-1] = lines[-1].removesuffix(line.finding) + code
    return [(_INDENT * bool(number), each) for number, each in enumerate(lines)]
