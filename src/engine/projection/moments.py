"""Records at chosen moments, all read off one replay.

The replay of a beginning of a history is the beginning of its replay (semantics.md §9), so what a
record was after any of its instants needs no second one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.lifecycle.belief import Belief
from engine.lifecycle.configuration import Certificate
from engine.projection.actions import ENROLS, FINISHES, GRANTS, Members
from engine.projection.history import History
from engine.replay.table import BEGAN_CYCLE, IN_CYCLE

__all__ = ["Moments"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Moments:
    """Streams, each after one of its instants.

    Positions are positions in ``history.streams.events``, −1 for none.

    Attributes
    ----------
    stream:
        Shape (moments,): which stream.
    last:
        Shape (moments,): the position of the last event of the instant.
    """

    def __init__(self, history: History, stream: Ints, last: Ints) -> None:
        self.history = history
        self.stream = stream
        self.last = last

    @classmethod
    def at_the_end(cls, history: History) -> Moments:
        """Return every stream after its last event."""
        return cls(history, np.arange(len(history.streams)), history.streams.starts[1:] - 1)

    def __len__(self) -> int:
        return len(self.last)

    @property
    def record(self) -> Ints:
        """The record of the last event: it says what the content is called by then."""
        return self.history.streams.events[self.last]

    @cached_property
    def start(self) -> Ints:
        """Where the stream begins."""
        return self.history.streams.starts[self.stream]

    @cached_property
    def mask(self) -> npt.NDArray[np.uint8]:
        """The statuses possible, as a bit set."""
        instants = np.searchsorted(self.history.streams.instants, self.last, "right") - 1
        return self.history.replay.after[instants]

    @cached_property
    def _belief(self) -> npt.NDArray[np.int32]:
        """The number of the belief: the one before the next instant, or the stream's last."""
        replay, ends = self.history.replay, self.history.streams.starts[self.stream + 1]
        if not len(replay.before):
            return replay.final[self.stream]
        following = np.minimum(self.last + 1, len(replay.before) - 1)
        return np.where(self.last + 1 < ends, replay.before[following], replay.final[self.stream])

    def _asked(self, question: Callable[[Belief], bool]) -> Mask:
        numbers, which = np.unique(self._belief, return_inverse=True)
        beliefs = self.history.replay.table.beliefs
        answers = [question(beliefs[number]) for number in numbers.tolist()]
        return np.array(answers, np.bool_)[which]

    @cached_property
    def surely_completed(self) -> Mask:
        """Whether every possible configuration was completed in some cycle."""
        return self._asked(lambda belief: all(each.ever_completed for each in belief))

    @cached_property
    def maybe_completed(self) -> Mask:
        """Whether some possible configuration was completed in some cycle."""
        return self._asked(lambda belief: any(each.ever_completed for each in belief))

    @cached_property
    def maybe_certified(self) -> Mask:
        """Whether some possible configuration has a certificate in this cycle."""
        return self._asked(
            lambda belief: any(each.certificate is not Certificate.NONE for each in belief)
        )

    def latest(self, kinds: Members) -> Ints:
        """Return the latest event of one of these actions, of any cycle."""
        return self._latest(np.flatnonzero(kinds[self.history.action]), self.start)

    def _latest(self, found: Ints, least: Ints) -> Ints:
        place = np.searchsorted(found, self.last, "right") - 1
        latest = np.append(found, -1)[place]
        return np.where((place >= 0) & (latest >= least), latest, -1)

    @cached_property
    def _cycle(self) -> Ints:
        """Where the current cycle, or else the stream, begins."""
        began = self._latest(np.flatnonzero(self.history.replay.outcome & BEGAN_CYCLE), self.start)
        return np.where(began >= 0, began, self.start)

    @cached_property
    def enrolled(self) -> Ints:
        """The event that the fact ``enrolled_at`` is from (§9): the cycle's first enrolment."""
        within = self.history.replay.outcome & IN_CYCLE != 0
        found = np.flatnonzero(ENROLS[self.history.action] & within)
        first = np.append(found, len(within))[np.searchsorted(found, self._cycle)]
        return np.where(first <= self.last, first, -1)

    @cached_property
    def completed(self) -> Ints:
        """The event that the fact ``completed_at`` is from (§9): the cycle's last completion."""
        within = self.history.replay.outcome & IN_CYCLE != 0
        return self._latest(np.flatnonzero(FINISHES[self.history.action] & within), self._cycle)

    @cached_property
    def certified(self) -> Ints:
        """The event that the fact ``certified_at`` is from (§9): the last grant ever."""
        return self.latest(GRANTS)

    def count(self, positions: Ints) -> Ints:
        """Return how many of these ascending positions lie in each stream by its moment."""
        before = np.searchsorted(positions, self.start)
        counts: Ints = np.searchsorted(positions, self.last, "right") - before
        return counts
