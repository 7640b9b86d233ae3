"""How long after the row before it a row comes, in whole seconds. Data, and its lookup."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import Pair
from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.synthesis.bits import Bits, field, scaled

__all__ = ["CLASS_BITS", "gaps"]

CLASS_BITS: Final = 4
_AMOUNT_BITS: Final = 24

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

Spread = tuple[tuple[int, int, int], ...]
"""(sixteenths, from, to) in seconds; the sixteenths sum to 16."""

_PROMPT: Final[Spread] = ((12, 1, 30), (3, 30, 10 * _MINUTE), (1, _HOUR, 2 * _DAY))
_START: Final[Spread] = (
    (4, 20, 20 * _MINUTE),
    (5, 20 * _MINUTE, 2 * _DAY),
    (5, 2 * _DAY, 14 * _DAY),
    (2, 14 * _DAY, 60 * _DAY),
)
_FINISH: Final[Spread] = (
    (5, 10 * _MINUTE, 4 * _HOUR),
    (6, 4 * _HOUR, 10 * _DAY),
    (4, 10 * _DAY, 45 * _DAY),
    (1, 45 * _DAY, 120 * _DAY),
)
_MANAGED: Final[Spread] = ((6, _HOUR, 3 * _DAY), (10, 3 * _DAY, 60 * _DAY))
_YEARLY: Final[Spread] = ((3, 150 * _DAY, 330 * _DAY), (13, 330 * _DAY, 380 * _DAY))
_EXPIRY: Final[Spread] = (
    (4, _DAY, 30 * _DAY),
    (8, 30 * _DAY, 200 * _DAY),
    (4, 364 * _DAY, 366 * _DAY),
)
_RETURN: Final[Spread] = ((4, _HOUR, 10 * _DAY), (12, 10 * _DAY, 200 * _DAY))

_BY_ACTION: Final[dict[Action, Spread]] = {
    Action.ENROL_ECHO: ((16, 1, 5),),
    Action.START: _START,
    Action.SCORM_PROGRESS: _START,
    Action.COMPLETE: _FINISH,
    Action.ATTEND: _START,
    Action.RECERTIFY: _YEARLY,
    Action.REVOKE: _EXPIRY,
}


def _spread(pair: Pair) -> Spread:
    if pair.type == "enrollment":
        return _RETURN
    if pair.type == "certificate_grant":
        return _PROMPT
    return _BY_ACTION.get(pair.action, _MANAGED)


def _bounds() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    rows = [
        [(low, high) for share, low, high in _spread(pair) for _ in range(share)] for pair in PAIRS
    ]
    table = np.array(rows, np.int64)
    return table[:, :, 0], table[:, :, 1] - table[:, :, 0]


_LOW, _WIDTH = _bounds()


def gaps(pairs: npt.NDArray[np.uint8], words: Bits, low: int) -> npt.NDArray[np.int64]:
    """Return the seconds before rows of these pairs (numbers in PAIRS), at least 1.

    Uses ``CLASS_BITS`` + 24 bits of each word from bit ``low`` on.
    """
    kind = field(words, low, CLASS_BITS)
    width = _WIDTH[pairs, kind]
    return _LOW[pairs, kind] + scaled(words, low + CLASS_BITS, _AMOUNT_BITS, width)
