"""Check the repair of every short history without simultaneous rows against brute force.

    python tools/every_repair.py [--events 4] [--sample 2000] [--partial]

Take every history as a cell of an array with one axis an event. Then an edit is an operation on
arrays: to drop event i is to copy along axis i, to insert there is to look for any along it, to
move is to move the axis. From where histories are possible follows so, for all of them at once,
where k edits make them possible; no search, no pruning, none of the code that finds repairs.

To keep the arrays small, actions that no history tells apart by what is possible share one letter
(Myhill–Nerode); each history is spelled with one of its letters' actions, drawn by chance. Arrays
of longer histories would be too large: of these some are drawn, and everything that so many edits
make of each is listed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from engine.lifecycle.action import Action
from engine.lifecycle.belief import advance_instant, initial_belief, severity_rank
from engine.repair.repairer import Repairer

Mask = npt.NDArray[np.bool_]
Letters = npt.NDArray[np.int8]
IMPOSSIBLE = -1
ERROR = 3
MOST_EDITS = 3
MOST_CELLS = 400_000_000


def automaton(*, partial: bool) -> list[list[int]]:
    """Return the next state for each state and action; the first state begins a history."""
    states: dict[object, int] = {None: 0}
    waiting: list[object] = [None]
    found = []
    while waiting:
        state = waiting.pop(0)
        line = []
        for action in Action:
            belief = initial_belief((action,), partial=partial) if state is None else state
            outcome = advance_instant(belief, (action,))  # type: ignore[arg-type]
            if severity_rank(outcome.events[0].finding) >= ERROR:
                line.append(IMPOSSIBLE)
                continue
            if outcome.belief not in states:
                states[outcome.belief] = len(states)
                waiting.append(outcome.belief)
            line.append(states[outcome.belief])
        found.append(line)
    return found


def merged(table: list[list[int]]) -> list[int]:
    """Return the class of each state: states of one class allow the same futures."""
    classes = [0] * len(table)
    while True:
        seen = [
            (classes[state], tuple(to if to < 0 else classes[to] for to in line))
            for state, line in enumerate(table)
        ]
        order = {each: number for number, each in enumerate(dict.fromkeys(seen))}
        if len(order) == len(set(classes)):
            return classes
        classes = [order[each] for each in seen]


class Brute:
    """Which histories of up to ``longest`` events so many edits make possible."""

    def __init__(self, *, partial: bool) -> None:
        table = automaton(partial=partial)
        classes = merged(table)
        number = {each: position for position, each in enumerate(dict.fromkeys(classes))}
        small = np.full((len(number), len(Action)), IMPOSSIBLE)
        for state, line in enumerate(table):
            small[number[classes[state]]] = [to if to < 0 else number[classes[to]] for to in line]
        columns, self.letter = np.unique(small, axis=1, return_inverse=True)
        self.letter = self.letter.reshape(-1)
        self.next = columns
        self.letters = columns.shape[1]
        self.spelled = [
            [action for action, letter in zip(Action, self.letter, strict=True) if letter == each]
            for each in range(self.letters)
        ]

    def possible(self, events: int) -> Mask:
        """Return for each history of so many events whether it is possible."""
        states = np.zeros(1, np.int16)
        for _ in range(events):
            after = self.next[np.maximum(states, 0)].astype(np.int16)
            after[states < 0] = IMPOSSIBLE
            states = after.reshape(-1)
        return (states >= 0).reshape((self.letters,) * events)

    def allows(self, histories: Letters) -> Mask:
        """Return which of these histories, one a line, are possible."""
        states = np.zeros(len(histories), np.int64)
        for letters in histories.T:
            after = self.next[np.maximum(states, 0), letters]
            states = np.where(states < 0, IMPOSSIBLE, after)
        return states >= 0

    def within(self, edits: int, longest: int) -> list[list[Mask]]:
        """Return ``[k][n]``: which histories of n events at most k edits make possible."""
        now = [self.possible(events) for events in range(longest + edits + 1)]
        found = [now[: longest + 1]]
        for left in range(edits - 1, -1, -1):
            now = [self._one_more(now, events) for events in range(longest + left + 1)]
            found.append(now[: longest + 1])
        return found

    def _one_more(self, reached: list[Mask], events: int) -> Mask:
        found = reached[events].copy()
        for axis in range(events):
            found |= np.expand_dims(reached[events - 1], axis)
            for place in range(events):
                found |= np.moveaxis(reached[events], axis, place)
        for axis in range(events + 1):
            found |= reached[events + 1].any(axis=axis)
        return found


def neighbours(histories: Letters, letters: int) -> Iterator[Letters]:
    """Yield what one edit makes of these histories, an array for each kind of edit and place."""
    count, events = histories.shape
    for event in range(events):
        rest = np.delete(histories, event, axis=1)
        yield rest
        for place in range(events):
            if place != event:
                yield np.insert(rest, place, histories[:, event], axis=1)
    every = np.tile(np.arange(letters, dtype=np.int8), count)
    for place in range(events + 1):
        yield np.insert(np.repeat(histories, letters, axis=0), place, every, axis=1)


def made_possible(brute: Brute, history: Sequence[int], edits: int) -> bool:
    """Return whether some set of at most so many edits makes this one history possible."""
    reached = [np.array([history], np.int8)]
    for left in range(edits, -1, -1):
        if any(brute.allows(each).any() for each in reached):
            return True
        if left:
            reached = _distinct(one for each in reached for one in neighbours(each, brute.letters))
    return False


def _distinct(parts: Iterable[Letters]) -> list[Letters]:
    """The same histories once, by their length."""
    by_length: dict[int, list[Letters]] = {}
    for part in parts:
        by_length.setdefault(part.shape[1], []).append(part)
    found = []
    for length, same in by_length.items():
        power = 32 ** np.arange(length, dtype=np.int64)
        together = np.concatenate(same)
        _, first = np.unique(together.astype(np.int64) @ power, return_index=True)
        found.append(together[first])
    return found


def histories(brute: Brute, events: int) -> Iterator[tuple[int, ...]]:
    """Yield every history of so many events, in letters."""
    return product(range(brute.letters), repeat=events)


def check(brute: Brute, edits: int, events: int, *, partial: bool, seed: int = 0) -> Counter[int]:
    """Compare the repair of every history of so many events; stop at the first smaller one.

    The arrays tell sets of up to ``edits`` edits; larger ones, up to three, are listed where a
    repair has more. Returns how many histories have a repair of each size.
    """
    within = [masks[events] for masks in brute.within(edits, events)]
    repairer, chance = Repairer(partial=partial), random.Random(seed)
    sizes: Counter[int] = Counter()
    for letters in histories(brute, events):
        spelled = tuple((chance.choice(brute.spelled[letter]),) for letter in letters)
        repair = repairer.repair(spelled)
        fewest = next((k for k, mask in enumerate(within) if mask[letters]), edits + 1)
        size = min(len(repair.edits), edits + 1)
        if size != fewest or not repair.optimal:
            raise AssertionError(f"{spelled}: {repair} has {size} edits, the fewest are {fewest}")
        beyond = min(len(repair.edits) - 1, MOST_EDITS)
        if beyond > edits and made_possible(brute, letters, beyond):
            raise AssertionError(f"{spelled}: {beyond} edits will do instead of {repair}")
        sizes[len(repair.edits)] += 1
    return sizes


def sample(brute: Brute, events: int, count: int, *, partial: bool, seed: int = 0) -> Counter[int]:
    """Compare the repairs of some histories of so many events; stop at the first smaller one."""
    repairer, chance = Repairer(partial=partial), random.Random(seed)
    sizes: Counter[int] = Counter()
    for _ in range(count):
        letters = chance.choices(range(brute.letters), k=events)
        spelled = tuple((chance.choice(brute.spelled[letter]),) for letter in letters)
        repair = repairer.repair(spelled)
        size = len(repair.edits)
        if size and made_possible(brute, letters, min(size - 1, MOST_EDITS)):
            raise AssertionError(f"{spelled}: fewer edits will do than {repair}")
        sizes[size] += 1
    return sizes


def main() -> None:
    """Check all histories up to the given number of events."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=4, help="all histories up to so many events")
    parser.add_argument("--sample", type=int, default=2000, help="so many with one event more")
    parser.add_argument("--partial", action="store_true", help="as of --history partial")
    options = parser.parse_args()
    brute, partial = Brute(partial=options.partial), options.partial
    print(f"{len(Action)} actions, {brute.letters} of them told apart by what is possible")
    for events in range(1, options.events + 1):
        edits = MOST_EDITS
        while brute.letters ** (events + edits) > MOST_CELLS:
            edits -= 1
        tell(f"all histories of {events} events", check(brute, edits, events, partial=partial))
    events = options.events + 1
    found = sample(brute, events, options.sample, partial=partial)
    tell(f"some histories of {events} events", found)


def tell(which: str, sizes: Counter[int]) -> None:
    """Print what was compared."""
    told = ", ".join(f"{count:,} need {size}" for size, count in sorted(sizes.items()))
    print(f"{which}, sets of up to {MOST_EDITS} edits: {told}; none can do with fewer", flush=True)


if __name__ == "__main__":
    sys.exit(main())
