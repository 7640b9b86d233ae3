"""Whether what rows point at is there. In a store that somebody edited it need not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import Classified
from engine.store.stored import Dictionaries

__all__ = [
    "Damaged",
    "require_actions",
    "require_carried",
    "require_sound",
    "require_times",
    "require_within",
]


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = (
    (moment.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    for moment in (datetime.min, datetime.max)
)


class Damaged(Exception):  # noqa: N818 - becomes an InputError where the file's name is known
    """A row points at one that is not there; the message is a clause."""


def require_sound(said: Dictionaries, last: int, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse rows whose numbers stand for nothing.

    A number too large would end in a fault deep in a replay, one below 0 would count from the end
    and give a wrong answer.

    Parameters
    ----------
    said:
        What the numbers stand for; fields whose texts were not read are not checked.
    last:
        The number of the last import.
    columns:
        Numbers by ``import_``, ``label``, ``pair`` and field.

    Raises
    ------
    Damaged
        If one stands for nothing.
    """
    for place, field in enumerate(("content", "content_id", "content_type", "content_title")):
        if field == "content" or field in said.texts:
            # Each content came with a label of its own; a larger number would cost memory for all
            # that are missing.
            size = len(said.label) if field == "content" else len(said.texts[field])
            require_within(said.label[:, place], 0, size, f"a label's {field}")
    sizes = {"label": len(said.label), "pair": len(said.pairs)}
    sizes |= {field: len(texts) for field, texts in said.texts.items()}
    for name, cells in columns.items():
        if name == "import_":
            require_within(cells, 1, last + 1, "an event's import")
        elif name == "at":
            require_times(cells)
        elif name in sizes:
            require_within(cells, 0, sizes[name], f"an event's {name}")


def require_actions(
    pairs: Sequence[Classified],
    pair: npt.NDArray[Any],
    kept: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Refuse events of a type that is none; only rows that were rejected may have one.

    Parameters
    ----------
    pairs, pair:
        What each (Type, Source) is, and which of them each row has.
    kept:
        Which rows are events; None: all.

    Raises
    ------
    Damaged
        If an event has none.
    """
    idle = np.array([each.action is None for each in pairs], np.bool_)
    if idle.any() and (idle[pair] if kept is None else idle[pair] & kept).any():
        raise Damaged("it was edited or is damaged: the type of an event is none")


def require_carried(
    events: npt.NDArray[Any], place: npt.NDArray[Any], carried: npt.NDArray[Any]
) -> None:
    """Refuse sightings of events that are not there.

    Parameters
    ----------
    place:
        Where in ``events`` the event of each sighting, ``carried``, would stand.

    Raises
    ------
    Damaged
        If it does not.
    """
    if len(carried) and (
        int(place.max()) >= len(events) or not np.array_equal(events[place], carried)
    ):
        raise Damaged("it was edited or is damaged: a sighting's event is not there")


def require_times(cells: npt.NDArray[Any]) -> None:
    """Refuse timestamps outside the years 1 to 9999.

    Raises
    ------
    Damaged
        If there is one.
    """
    require_within(cells, _FIRST, _LAST + 1, "a time within the years 1 to 9999")


def require_within(cells: npt.NDArray[Any], low: int, high: int, what: str) -> None:
    """Refuse numbers from ``high`` on, or below ``low``; ``what`` they stand for is not there.

    Raises
    ------
    Damaged
        If there is one.
    """
    if len(cells) and (int(np.min(cells)) < low or int(np.max(cells)) >= high):
        raise Damaged(f"it was edited or is damaged: {what} is not there")
