"""Times moved to 2024: their order and ties stay, their distances only if asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from engine.cases.rows import Row

__all__ = ["DAY", "rows_in_2024"]

_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
DAY: Final = 86_400 * _SECOND

_FIRST: Final = 1_704_099_600 * _SECOND
"""2024-01-01T09:00:00Z."""

_LAST: Final = 1_735_635_600 * _SECOND
"""2024-12-31T09:00:00Z."""

_FUTURE: Final = 32_472_176_400 * _SECOND
"""2999-01-01T09:00:00Z: what lay in the future of the audit still does."""


def rows_in_2024(
    rows: Sequence[Row],
    *,
    step: int | None,
    tolerance: int,
    now: int,
    taken: Callable[[int], bool],
) -> list[Row]:
    """Return the rows with their times moved.

    Parameters
    ----------
    rows:
        Rows without a time stay as they are.
    step:
        From one instant to the next, in microseconds; None keeps all distances. Shorter where a
        year has no room for as many instants, longer than ``tolerance`` in any case.
    tolerance:
        Events no further apart than this are one instant, and stay one.
    now:
        The moment of the audit: what is later stays in the future, the rest goes to 2024.
    taken:
        Whether the original has a row at this time; the times are moved until it has at none.
    """
    times = sorted({row.at for row in rows if row.at is not None})
    past = [at for at in times if at <= now]
    future = [at for at in times if at > now]
    moved = _placed(past, _FIRST, step, tolerance) | _placed(future, _FUTURE, step, tolerance)
    shift = 0
    while any(taken(at + shift) for at in moved.values()):
        shift += _MINUTE
    return [row if row.at is None else replace(row, at=moved[row.at] + shift) for row in rows]


def _placed(times: list[int], first: int, step: int | None, tolerance: int) -> dict[int, int]:
    if not times:
        return {}
    if step is None:
        end = _LAST - _FIRST + first
        begin = min(first, end - (times[-1] - times[0]))
        return {at: begin + at - times[0] for at in times}
    instants = [[times[0]]]
    for before, at in pairwise(times):
        if at - before <= tolerance:
            instants[-1].append(at)
        else:
            instants.append([at])
    room = (_LAST - _FIRST) // len(instants)
    within = min(tolerance, _SECOND)
    apart = max(min(step, room), (max(map(len, instants)) - 1) * within + tolerance + 1)
    if apart > _SECOND:
        apart = -(-apart // _SECOND) * _SECOND
    return {
        at: first + number * apart + place * within
        for number, instant in enumerate(instants)
        for place, at in enumerate(instant)
    }
