"""Sorting positions by number: stable, and several times faster than by a general sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import room
from engine.columns.slices import SLICE, gather, numbers_to, parts, sliced

__all__ = ["by_group_and_time", "near", "stable_argsort"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SECOND: Final = 1_000_000


def by_group_and_time(group: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Return the order by group, then time, and the groups in that order.

    Rows of one group and time stand in any order. An export is mostly newest or oldest first,
    and one sort by group is enough then; what comes from a store is in order as it is.
    """
    if _in_order(group, at):
        return numbers_to(len(group)), group
    if _runs(at, np.less_equal):
        return stable_argsort(group)
    if _runs(at, np.greater_equal):
        return stable_argsort(group, backwards=True)
    since = at - at.min()
    whole = since // _SECOND
    exact = np.array_equal(whole * _SECOND, since)
    by_time, _ = stable_argsort(whole if exact else since)
    order, ordered = stable_argsort(gather(group, by_time))
    return gather(by_time, order), ordered


def near(group: Ints, at: Ints, within: int) -> Mask:
    """Return whether each row is of the group of the one before it, and no more than this later."""
    found = np.zeros(len(at), np.bool_)

    def work(part: slice) -> None:
        low, high = max(part.start, 1), part.stop
        before = slice(low - 1, high - 1)
        close = at[low:high] - at[before] <= within
        np.logical_and(close, group[low:high] == group[before], out=found[low:high])

    sliced(len(at), work)
    return found


def _in_order(group: Ints, at: Ints) -> bool:
    """Whether the rows stand by group, then time; found out as soon as they do not."""
    for low in range(0, len(group) - 1, SLICE):
        rows = slice(low, low + SLICE + 1)
        groups, times = group[rows], at[rows]
        step = groups[1:] - groups[:-1]
        if bool((step < 0).any()) or bool(((step == 0) & (times[1:] < times[:-1])).any()):
            return False
    return True


def _runs(at: Ints, compare: Callable[[Ints, Ints], Mask]) -> bool:
    """Whether each time compares so with the next; most reports tell in the first slice."""
    earlier, later = at[:-1], at[1:]
    return all(bool(compare(earlier[part], later[part]).all()) for part in parts(len(later)))


def stable_argsort(keys: Ints, *, backwards: bool = False) -> tuple[Ints, Ints]:
    """Return the stable order of non-negative keys, and the keys in that order.

    With ``backwards`` equal keys come last first, as if the array had been read from its end.

    Where key and position fit into 64 bits together, sorting that number by value is several
    times faster than sorting positions by key, and is stable by construction.
    """
    count = len(keys)
    shift = max(1, (count - 1).bit_length())
    if not count or int(keys.max()).bit_length() + shift > 63:
        order = np.argsort(keys[::-1] if backwards else keys, kind="stable")
        if backwards:
            order = count - 1 - order
        return order, keys[order]
    packed = room(count, np.int64)
    order = room(count, np.int64)

    def pack(part: slice) -> None:
        np.left_shift(keys[part], shift, out=packed[part])
        places = np.arange(part.start, part.stop)
        packed[part] |= count - 1 - places if backwards else places

    def unpack(part: slice) -> None:
        np.bitwise_and(packed[part], (1 << shift) - 1, out=order[part])
        if backwards:
            np.subtract(count - 1, order[part], out=order[part])
        packed[part] >>= shift

    sliced(count, pack)
    packed.sort()
    sliced(count, unpack)
    return order, packed
