"""Work on long arrays, a slice at a time: each slice stays in the cache, and all cores take part.

numpy and pyarrow let go of the interpreter's lock while they work, so threads are enough.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from engine.columns.arrow import room

__all__ = [
    "beside",
    "copied",
    "each",
    "each_column",
    "gather",
    "numbers_to",
    "paired",
    "parts",
    "places_of",
    "positions",
    "repeated",
    "sliced",
    "unpaired",
    "workers",
]

SLICE: Final = 1 << 18
"""Elements a slice."""

T = TypeVar("T")
R = TypeVar("R")


def workers() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(
    work: Callable[[T], R], items: Iterable[T], *, halt: Callable[[], object] = lambda: None
) -> list[R]:
    """Return ``work(item)`` of each item, in order; the cores share the items.

    ``halt`` is called when nobody waits for the results any more, be it that the user interrupts,
    before what has begun is seen to its end: work that takes long can end early then.

    The caller takes part. So this may be called from within such work, and where all threads have
    something to do already it is the caller who does everything.
    """
    listed = list(items)
    count = min(workers(), len(listed))
    if count < 2:
        return [work(item) for item in listed]
    shared = _Shared(work, listed, halt)
    helpers = [_threads().submit(shared.take_part) for _ in range(count - 1)]
    try:
        shared.take_part()
        _see_to_its_end(helpers)
    finally:
        shared.stop()
        _see_to_its_end(helpers)
    return shared.results()


def _see_to_its_end(helpers: list[Future[None]]) -> None:
    """Wait for those that have begun: the others find nothing left to do."""
    wait([helper for helper in helpers if not helper.cancel()])


class _Shared(Generic[T, R]):
    """Items that several threads take one after another, and what came of them."""

    def __init__(self, work: Callable[[T], R], items: list[T], halt: Callable[[], object]) -> None:
        self._work = work
        self._items = items
        self._halt = halt
        self._places = iter(range(len(items)))  # One thread gets each: `next` is one step.
        self._done: dict[int, R] = {}
        self._failed: dict[int, BaseException] = {}
        self._over = False

    def take_part(self) -> None:
        """Take items until none is left or one failed."""
        for place in self._places:
            if self._over:
                return
            try:
                self._done[place] = self._work(self._items[place])
            except BaseException as fault:
                self._failed[place] = fault
                self.stop()

    def stop(self) -> None:
        """Give out no more items, and let what has begun end early."""
        self._over = True
        self._halt()

    def results(self) -> list[R]:
        """Return the results in the order of the items, or raise the first fault in that order."""
        if self._failed:
            raise self._failed[min(self._failed)]
        return [self._done[place] for place in range(len(self._items))]


@cache
def _threads() -> ThreadPoolExecutor:
    """Threads that wait for work: to begin new ones each time takes longer than most slices."""
    return ThreadPoolExecutor(os.cpu_count())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)


@contextmanager
def beside(work: Callable[[], R]) -> Iterator[Callable[[], R]]:
    """Do some work while the caller does other; what is yielded waits for its result."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result


def each_column(work: Callable[[T], R], columns: Iterable[T], length: int) -> list[R]:
    """Return ``work(column)`` of each column; the cores share them if it is worth it."""
    if length < SLICE:
        return [work(column) for column in columns]
    return each(work, columns)


def parts(length: int, size: int | None = None) -> list[slice]:
    """Return slices of ``size`` (None: :data:`SLICE`) that together are ``range(length)``."""
    step = SLICE if size is None else size
    return [slice(low, min(low + step, length)) for low in range(0, length, step)]


def sliced(length: int, work: Callable[[slice], object]) -> None:
    """Call ``work`` with slices that together are ``range(length)``; the cores share them."""
    each(work, parts(length))


def positions(
    values: npt.NDArray[Any],
    wanted: Callable[[npt.NDArray[Any]], npt.NDArray[np.bool_]] | None = None,
    *,
    end: bool = False,
) -> npt.NDArray[np.int64]:
    """Return where the values are true, or ``wanted`` of a slice of them is.

    With ``end`` the number of values follows, so that the positions are bounds of parts.
    """

    def flags(part: slice) -> npt.NDArray[np.bool_]:
        return values[part] if wanted is None else wanted(values[part])

    places = parts(len(values))
    ends = np.cumsum(each(lambda part: np.count_nonzero(flags(part)), places), dtype=np.int64)
    count = int(ends[-1]) if places else 0
    found = room(count + end, np.int64)
    found[count:] = len(values)

    def work(part: slice, stop: int) -> None:
        here = np.flatnonzero(flags(part))
        np.add(here, part.start, out=found[stop - len(here) : stop])

    each(lambda both: work(*both), zip(places, ends.tolist(), strict=True))
    return found


def copied(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy."""
    copy = room(len(values), values.dtype)

    def work(part: slice) -> None:
        copy[part] = values[part]

    sliced(len(values), work)
    return copy


def numbers_to(length: int, *, first: int = 0, dtype: npt.DTypeLike = np.int64) -> npt.NDArray[Any]:
    """Return so many numbers from ``first`` on."""
    numbers = room(length, dtype)

    def work(part: slice) -> None:
        numbers[part] = np.arange(first + part.start, first + part.stop, dtype=dtype)

    sliced(length, work)
    return numbers


def repeated(length: int, value: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return one number so many times."""
    numbers = room(length, dtype)

    def work(part: slice) -> None:
        numbers[part] = value

    sliced(length, work)
    return numbers


def paired(
    major: npt.NDArray[np.integer], minor: npt.NDArray[np.integer], width: int
) -> npt.NDArray[np.int64]:
    """Return ``major * width + minor``: one number for each pair, as ``minor < width``."""
    numbers = room(len(major), np.int64)

    def work(part: slice) -> None:
        np.multiply(major[part], width, out=numbers[part], dtype=np.int64)
        numbers[part] += minor[part]

    sliced(len(major), work)
    return numbers


def unpaired(
    numbers: npt.NDArray[np.int64], width: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the two numbers of each pair (see :func:`paired`), which must fit into 32 bits."""
    major, minor = room(len(numbers), np.int32), room(len(numbers), np.int32)

    def work(part: slice) -> None:
        quotient = numbers[part] // width
        major[part] = quotient
        quotient *= width
        minor[part] = numbers[part] - quotient

    sliced(len(numbers), work)
    return major, minor


def gather(
    values: npt.NDArray[Any], index: npt.NDArray[np.integer], dtype: npt.DTypeLike | None = None
) -> npt.NDArray[Any]:
    """Return ``values[index]``; every index must be in range."""
    found = room(len(index), values.dtype if dtype is None else dtype)

    def work(part: slice) -> None:
        if found.dtype == values.dtype:
            values.take(index[part], out=found[part], mode="clip")
        else:
            found[part] = values.take(index[part], mode="clip")

    if len(values):
        sliced(len(index), work)
    return found


def places_of(
    wanted: npt.NDArray[Any], ordered: npt.NDArray[Any], *, after: bool = False
) -> npt.NDArray[np.int64]:
    """Return where each wanted value would go in, before its equals or ``after`` them."""
    found = room(len(wanted), np.int64)

    def work(part: slice) -> None:
        found[part] = ordered.searchsorted(wanted[part], "right" if after else "left")

    sliced(len(wanted), work)
    return found
