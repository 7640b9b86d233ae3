"""What Hypothesis calls as it is imported: tells it how to draw an :class:`engine.Event`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from engine.event import Event

__all__ = ["register"]


def register() -> None:
    """Register the strategy, without building it: most who import Hypothesis never ask for it."""
    from hypothesis.strategies import register_type_strategy

    from engine.event import Event

    register_type_strategy(Event, _events)


def _events(_: type[Event]) -> SearchStrategy[Event]:
    from engine.testing.strategies import events

    return events()
