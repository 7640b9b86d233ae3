"""Where the six statuses stand in the picture, and how the arrows run between them.

The statuses of a cycle stand in a row, in the order of progress. What leads forward runs above the
row, what leads back below it, so that no two arrows share a way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.lifecycle.configuration import Status
from engine.report.diagram.arrows import Arrow

__all__ = ["FRAME", "HEIGHT", "NODE", "PLACES", "WIDTH", "Way", "exit_way", "ways"]


class Point(NamedTuple):
    """A place in the picture, in pixels."""

    x: float
    y: float


class Way(NamedTuple):
    """The course of an arrow as an SVG path, and where its number stands."""

    path: str
    badge: Point


WIDTH: Final = 1140
HEIGHT: Final = 600
NODE: Final = Point(138, 54)
_ROW: Final = 274.0
PLACES: Final = {
    Status.NOT_ENROLLED: Point(100, _ROW),
    Status.ENROLLED: Point(330, _ROW),
    Status.STARTED: Point(560, _ROW),
    Status.COMPLETED: Point(790, _ROW),
    Status.CERTIFIED: Point(1020, _ROW),
    Status.REVOKED: Point(675, 540),
}
FRAME: Final = (225.0, 114.0, 900.0, 340.0)
"""x, y, width and height of the frame around the statuses with access."""

_STEP: Final = 22.0
"""Pixels between two arrows at the side of a status."""


def exit_way(dest: Status) -> Way:
    """Return the way from the frame to a status below it."""
    place, bottom = PLACES[dest], FRAME[1] + FRAME[3]
    top = place.y - NODE.y / 2
    return Way(f"M{place.x} {bottom}V{top - 2}", Point(place.x, (bottom + top) / 2 - 3))


def ways(arrows: Sequence[Arrow]) -> list[Way]:
    """Return the way of each arrow."""
    ports = _ports(arrows)
    return [_way(each, ports) for each in arrows]


def _is_arc(arrow: Arrow) -> bool:
    ends = {arrow.source, arrow.dest}
    return len(ends) == 2 and Status.REVOKED not in ends and not _is_step(arrow)


def _is_step(arrow: Arrow) -> bool:
    return arrow.dest == arrow.source + 1 and Status.REVOKED not in (arrow.source, arrow.dest)


Ports = dict[tuple[Status, Status, Status], float]
"""(at, source, dest) → how far from the middle of the status ``at`` the arc touches it."""


def _ports(arrows: Sequence[Arrow]) -> Ports:
    """Spread the arcs over the sides of the statuses, long ones outside short ones."""
    sides: dict[tuple[Status, bool], list[tuple[tuple[int, int], Arrow]]] = defaultdict(list)
    for each in arrows:
        if _is_arc(each):
            forward = each.dest > each.source
            for at, other in ((each.source, each.dest), (each.dest, each.source)):
                # From left to right: what comes from the left, short before long, then what goes
                # to the right, long before short. So arcs with a common end do not cross.
                order = (0, at - other) if other < at else (1, at - other)
                sides[at, forward].append((order, each))
    ports: Ports = {}
    for (at, _), arcs in sides.items():
        arcs.sort(key=lambda arc: arc[0])
        for number, (_, each) in enumerate(arcs):
            ports[at, each.source, each.dest] = (number - (len(arcs) - 1) / 2) * _STEP
    return ports


def _way(arrow: Arrow, ports: Ports) -> Way:
    source, dest = PLACES[arrow.source], PLACES[arrow.dest]
    if arrow.source is arrow.dest:
        return _loop(source)
    if _is_step(arrow):
        begin, end = source.x + NODE.x / 2, dest.x - NODE.x / 2 - 2
        return Way(f"M{begin} {_ROW}H{end}", Point((begin + end) / 2 - 2, _ROW))
    if arrow.source is Status.REVOKED:
        left, x = source.x - NODE.x / 2, dest.x - 52
        up = _ROW + NODE.y / 2 + 2
        y = source.y - 8
        return Way(f"M{left} {y}H{x + 14}Q{x} {y} {x} {y - 14}V{up}", Point((left + x) / 2, y))
    if arrow.dest is Status.REVOKED:
        x, y = source.x, dest.y + 12
        end = dest.x - NODE.x / 2 - 2
        down = _ROW + NODE.y / 2
        return Way(f"M{x} {down}V{y - 14}Q{x} {y} {x + 14} {y}H{end}", Point((x + end) / 2, y))
    begin = source.x + ports[arrow.source, arrow.source, arrow.dest]
    end = dest.x + ports[arrow.dest, arrow.source, arrow.dest]
    return _arc(begin, end, span=abs(arrow.dest - arrow.source))


def _arc(begin: float, end: float, *, span: int) -> Way:
    """An arc above the row if it leads to the right, below it if to the left."""
    side = -1 if end > begin else 1
    edge = _ROW + side * NODE.y / 2
    # A cubic curve reaches three quarters of the way to its control points.
    height = (16 + 34 * span) if span > 1 else 44
    control = edge + side * height * 4 / 3
    lean = (end - begin) * 0.12
    path = (
        f"M{begin} {edge}C{begin + lean:g} {control:g} {end - lean:g} {control:g} "
        f"{end} {edge + side * 2}"
    )
    return Way(path, Point((begin + end) / 2, edge + side * height))


def _loop(place: Point) -> Way:
    left, top = place.x - NODE.x / 2, place.y - NODE.y / 2
    path = f"M{left + 20} {top}C{left + 20} {top - 30} {left - 30} {top - 22} {left - 2} {top + 16}"
    return Way(path, Point(left - 2, top - 15))
