"""Delta debugging: of a list the fewest parts that still show what the whole shows.

The algorithm is Zeller and Hildebrandt's ddmin ("Simplifying and Isolating Failure-Inducing
Input", 2002).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

__all__ = ["smallest"]

Part = TypeVar("Part")


def smallest(parts: Sequence[Part], shows: Callable[[Sequence[Part]], bool]) -> list[Part]:
    """Return parts, in their order, of which none can be left out.

    Parameters
    ----------
    parts:
        What shows it; ``shows(parts)`` is taken for true.
    shows:
        Asked about no list twice, and never about the empty one.
    """
    held = list(range(len(parts)))
    known: dict[tuple[int, ...], bool] = {}

    def tried(numbers: list[int]) -> bool:
        key = tuple(numbers)
        if key not in known:
            known[key] = bool(numbers) and shows([parts[number] for number in numbers])
        return known[key]

    pieces = 2
    while len(held) > 1:
        pieces = min(pieces, len(held))
        bounds = [len(held) * piece // pieces for piece in range(pieces + 1)]
        spans = [slice(low, high) for low, high in pairwise(bounds)]
        alone = next((held[span] for span in spans if tried(held[span])), None)
        if alone is not None:
            held, pieces = alone, 2
            continue
        rests = (held[: span.start] + held[span.stop :] for span in spans)
        rest = next((each for each in rests if tried(each)), None)
        if rest is not None:
            held, pieces = rest, max(2, pieces - 1)
        elif pieces == len(held):
            break
        else:
            pieces *= 2
    return [parts[number] for number in held]
