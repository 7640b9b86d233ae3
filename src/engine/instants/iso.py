"""Texts such as ``2024-05-01 10:00:00`` and ``2024-05-01T10:00:00Z``, which most reports have
throughout: a block of them in one call of Arrow, which other threads need not wait for.

What is not provably the same as in :mod:`engine.instants.columns`, its slow twin, is declined.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.kernels import cast
from engine.instants.rules import TimestampRules
from engine.instants.text import FIRST_INSTANT, LAST_INSTANT

__all__ = ["iso_instants"]

_KINDS: Final = {
    len("2024-05-01T10:00:00"): pa.timestamp("us"),
    len("2024-05-01T10:00:00Z"): pa.timestamp("us", "UTC"),
}
"""Width of a text → what Arrow reads it as. It understands one form of each width, and refuses a
text with a zone for the one, without for the other."""


def iso_instants(cells: pa.Array, rules: TimestampRules) -> npt.NDArray[np.int64] | None:
    """Return the instants of a block of texts, None unless each is one of these forms."""
    if rules.timestamp_format is not None or not pa.types.is_string(cells.type):
        return None
    if cells.null_count or not len(cells):
        return None
    bounds = np.frombuffer(cells.buffers()[1], np.int32, len(cells) + 1, cells.offset * 4)
    width = int(bounds[1] - bounds[0])
    kind = _KINDS.get(width)
    if kind is None or (kind.tz is None and rules.timezone not in ("UTC", "Etc/UTC")):
        return None
    if not bool((bounds[1:] - bounds[:-1] == width).all()):
        return None
    try:
        read = cast(cells, kind)
    except pa.ArrowInvalid:
        return None
    found = np.frombuffer(read.buffers()[1], np.int64, len(read), read.offset * 8)
    # Arrow knows a year 0.
    inside = int(found.min()) >= FIRST_INSTANT and int(found.max()) <= LAST_INSTANT
    return found if inside else None
