"""The cores that a process may use, and how to give a child fewer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Cores = Literal["one", "all"]

CAN_PIN = hasattr(os, "sched_setaffinity")
"""Whether a process can be held to one core: on Linux."""

MODES: tuple[Cores, ...] = ("one", "all") if CAN_PIN else ("all",)

ONE_THREAD = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}
"""For libraries that count the machine's cores and not those that they may use."""


def available() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if CAN_PIN else os.cpu_count() or 1


@contextmanager
def held_to(cores: Cores) -> Iterator[None]:
    """Let children begin on that many cores; the last core has the fewest interrupts."""
    if cores == "all":
        yield
        return
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(mine)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)
