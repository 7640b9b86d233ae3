"""Damage as it occurs in the field, done to some histories."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.usual import PAIRS
from engine.synthesis.bits import RATE_BITS, Bits, field, happens, scaled
from engine.synthesis.walk import Rows

__all__ = ["Damage", "damage"]

Indices = npt.NDArray[np.int64]

_DAY: Final = 86_400
_CERTIFICATE: Final = next(
    number
    for number, pair in enumerate(PAIRS)
    if (pair.type, pair.source) == ("certificate_grant", "course_completed")
)
_KIND_AT: Final = RATE_BITS
_PLACE_AT: Final = RATE_BITS + 4
_LATER_AT: Final = RATE_BITS + 20


class Damage(IntEnum):
    """What happens to a history."""

    LOST_ENROLMENT = 0
    LOST_ROW = 1
    MOVED_ROW = 2
    REPEATED_LATER = 3
    BARE_CERTIFICATE = 4
    DAY_SHIFT = 5


_SIXTEENTHS: Final = np.repeat(np.arange(len(Damage)), (4, 3, 3, 2, 2, 2))

_SHORTEST: Final = np.array([2, 3, 2, 1, 1, 2])
"""Rows that a history needs for each; a shorter one gets a certificate without cause."""


def damage(
    rows: Rows, streams: int, rate: float, words: Bits
) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Return the rows with a share of the histories damaged, and which are.

    Parameters
    ----------
    rows:
        Ordered by history and step; each history has one row or more.
    streams:
        How many histories.
    rate:
        The share, from 0 to 1.
    words:
        One a history.
    """
    damaged = happens(words, 0, rate)
    if not damaged.any():
        return rows, damaged
    chosen = np.flatnonzero(damaged)
    length = np.bincount(rows.stream, minlength=streams)[chosen]
    first = np.searchsorted(rows.stream, chosen)
    words = words[chosen]
    kind = _SIXTEENTHS[field(words, _KIND_AT, 4)]
    kind = np.where(length < _SHORTEST[kind], Damage.BARE_CERTIFICATE, kind)

    def of(each: Damage) -> tuple[Indices, Indices, Bits]:
        where = kind == each
        return first[where], length[where], words[where]

    at = rows.at.copy()
    _move(at, *of(Damage.MOVED_ROW))
    _shift_day(at, *of(Damage.DAY_SHIFT))
    rows = rows._replace(at=at)
    added = _repeat(rows, *of(Damage.REPEATED_LATER)).followed_by(
        _certify(rows, *of(Damage.BARE_CERTIFICATE))
    )
    kept = np.ones(len(at), np.bool_)
    kept[of(Damage.LOST_ENROLMENT)[0]] = False
    lost, size, places = of(Damage.LOST_ROW)
    kept[lost + 1 + _place(places, size - 2)] = False
    result = rows.take(kept).followed_by(added)
    return result.take(np.argsort(result.stream, kind="stable")), damaged


def _place(words: Bits, below: Indices) -> Indices:
    return scaled(words, _PLACE_AT, 16, below)


def _later(words: Bits, below: int) -> Indices:
    return 1 + scaled(words, _LATER_AT, 24, below)


def _move(at: Indices, first: Indices, length: Indices, words: Bits) -> None:
    """Let a row and its successor change places in time."""
    row = first + _place(words, length - 1)
    at[row], at[row + 1] = at[row + 1], at[row].copy()


def _shift_day(at: Indices, first: Indices, length: Indices, words: Bits) -> None:
    """Date a row that is not the first a day early, as a confusion of time zones does."""
    at[first + 1 + _place(words, length - 1)] -= _DAY


def _repeat(rows: Rows, first: Indices, length: Indices, words: Bits) -> Rows:
    """Return a row of each once more, up to two days later."""
    again = rows.take(first + _place(words, length))
    return again._replace(at=again.at + _later(words, 2 * _DAY))


def _certify(rows: Rows, first: Indices, length: Indices, words: Bits) -> Rows:
    """Return a certificate for the completion, within the hour after the enrolment."""
    enrolment = rows.take(first)
    return enrolment._replace(
        pair=np.full(len(first), _CERTIFICATE, np.uint8),
        at=enrolment.at + _later(words, 3600),
    )
