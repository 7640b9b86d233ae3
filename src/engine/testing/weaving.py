"""From drawn steps to the events of one history: kept legal if asked, with given findings if asked.

Knows nothing of Hypothesis: the strategies draw the steps, and shrink them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from engine.dialects.dialect import canonical
from engine.dialects.usual import PAIRS, classify
from engine.lifecycle.action import Action
from engine.lifecycle.belief import (
    COMPLETE_HISTORY,
    ORDER_NOT_SEARCHED,
    Belief,
    Instant,
    advance_instant,
)
from engine.testing.paths import CROWD, is_error, plan
from engine.testing.plain import BEGINNING, PLAIN_SOURCES, TYPE_OF, next_day

__all__ = ["Manner", "Mark", "Placed", "Step", "weave"]

Mark = Callable[[datetime], datetime]
"""From the time of one event to that of the next."""


class Manner(NamedTuple):
    """How an event is to be written in a report; nothing of it changes what the event is.

    Attributes
    ----------
    panorama:
        The portal.
    spelling:
        As :func:`engine.testing.spelling.spelled`.
    again:
        Whether a second row repeats it.
    """

    panorama: str = ""
    spelling: int = 0
    again: bool = False


class Step(NamedTuple):
    """One event as drawn: its (Type, Source), how far from the one before, how to be written."""

    pair: tuple[str, str]
    mark: Mark = next_day
    manner: Manner = Manner()


class Placed(NamedTuple):
    """A step and its time."""

    step: Step
    at: datetime


_CROWD: Final = [
    Step((pair.type, pair.source))
    for pair in PAIRS
    if pair.action is Action.ENROL and pair.source != PLAIN_SOURCES[Action.ENROL]
][: CROWD - 1]
"""What joins an enrolment to make an instant whose order is not searched."""


def weave(
    steps: Sequence[Step],
    *,
    codes: Iterable[str] = (),
    place: int = 0,
    legal: bool = False,
) -> list[Placed]:
    """Return the events of one history.

    Parameters
    ----------
    steps:
        In the order drawn. A step that would repeat a tied one is left out.
    codes:
        Findings to bring about after the first ``place`` steps, by the shortest way from there;
        if none leads there, by the shortest way from nothing, and before all steps.
    legal:
        Leave out steps that would be errors, and ways that have errors before their end.
    """
    weaver = _Weaver(legal)
    for step in steps[:place]:
        weaver.add(step)
    ways = plan(codes, weaver.belief, legal=legal)
    if ways is None:
        weaver, place = _Weaver(legal), 0
        ways = plan(codes, weaver.belief, legal=legal)
    for code, way in ways or ():
        for action in way:
            weaver.add(Step((TYPE_OF[action], PLAIN_SOURCES[action])), wanted=True)
        if code == ORDER_NOT_SEARCHED:
            for step in _CROWD:
                weaver.add(step._replace(mark=_same), wanted=True)
    brought_about = len(weaver.placed) if codes else -1
    for step in steps[place:]:
        # What is tied with a wanted event may take its finding away.
        apart = len(weaver.placed) == brought_about
        weaver.add(step._replace(mark=next_day) if apart else step)
    return weaver.placed


def _same(at: datetime) -> datetime:
    return at


class _Weaver:
    """Takes step after step; what the record may be is worked out only where it is asked for."""

    def __init__(self, legal: bool) -> None:
        self.legal = legal
        self.placed: list[Placed] = []
        self.instants: list[list[tuple[Action, str]]] = []

    @property
    def belief(self) -> Belief:
        """What the record may be now."""
        return _after(self.instants)

    def add(self, step: Step, *, wanted: bool = False) -> None:
        """Add a step, unless it repeats a tied one or, in a legal history, is an error."""
        last = self.placed[-1].at if self.placed else None
        at = BEGINNING if last is None else step.mark(last)
        action = classify(*step.pair).action
        assert action is not None
        event = (action, canonical(step.pair[1]))
        earlier, tied = (
            (self.instants[:-1], self.instants[-1]) if at == last else (self.instants, [])
        )
        if event in tied:
            return
        instants = [*earlier, [*tied, event]]
        if self.legal and not wanted and _is_wrong(_after(earlier), instants[-1]):
            return
        self.placed.append(Placed(step, at))
        self.instants = instants


def _sorted(tied: list[tuple[Action, str]]) -> Instant:
    return tuple(sorted(action for action, _ in tied))


def _after(instants: list[list[tuple[Action, str]]]) -> Belief:
    belief = COMPLETE_HISTORY
    for tied in instants:
        belief = advance_instant(belief, _sorted(tied)).belief
    return belief


def _is_wrong(before: Belief, tied: list[tuple[Action, str]]) -> bool:
    return any(is_error(each.finding) for each in advance_instant(before, _sorted(tied)).events)
