"""The repairs of all histories of up to three events are the smallest sets of edits."""

from __future__ import annotations

import random
import runpy
from functools import cache
from pathlib import Path

import pytest
from repair_brute import every_set, price

from engine.repair.repairer import Repairer

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "every_repair.py"))
BRUTE = cache(lambda partial: TOOL["Brute"](partial=partial))


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("events", [1, 2, 3])
def test_every_repair_is_smallest(events: int, partial: bool) -> None:
    brute = BRUTE(partial)
    sizes = TOOL["check"](brute, 2, events, partial=partial)
    assert sum(sizes.values()) == brute.letters**events
    assert partial or max(sizes) == events


@pytest.mark.parametrize("partial", [False, True])
def test_longer_ones_too(partial: bool) -> None:
    brute = BRUTE(partial)
    assert sum(TOOL["sample"](brute, 5, 25, partial=partial).values()) == 25


@pytest.mark.parametrize("partial", [False, True])
def test_arrays_lists_and_sets_of_edits_agree(partial: bool) -> None:
    brute, chance = BRUTE(partial), random.Random(7)
    within = [masks[2] for masks in brute.within(2, 2)]
    for _ in range(40):
        letters = tuple(chance.choices(range(brute.letters), k=2))
        history = tuple((chance.choice(brute.spelled[letter]),) for letter in letters)
        for edits in range(3):
            sets = (each for size in range(edits + 1) for each in every_set(history, size))
            some = any(price(history, each, partial=partial) is not None for each in sets)
            assert within[edits][letters] == some
            assert TOOL["made_possible"](brute, letters, edits) == some


def test_a_repair_that_is_too_large_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    repair = Repairer.repair

    def wasteful(self: Repairer, history: tuple[tuple[object, ...], ...]) -> object:
        best = repair(self, history)  # type: ignore[arg-type]
        return best._replace(edits=best.edits * 2)

    monkeypatch.setattr(Repairer, "repair", wasteful)
    brute = BRUTE(False)
    with pytest.raises(AssertionError, match="fewest are 1"):
        TOOL["check"](brute, 2, 1, partial=False)
    with pytest.raises(AssertionError, match="fewer edits will do"):
        TOOL["sample"](brute, 2, 20, partial=False)
