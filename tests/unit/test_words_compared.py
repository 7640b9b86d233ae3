"""The kinds of record that a platform's word may stand for: one bit each."""

from __future__ import annotations

from engine.lifecycle.step import reachable
from engine.projection.against.words import EVERYTHING, kinds_of_belief


def test_records_that_differ_in_status_or_progress_are_of_different_kinds() -> None:
    shown = {
        (held.status, held.progress): kinds_of_belief(frozenset({held})) for held in reachable()
    }
    assert len(set(shown.values())) == len(shown)
    for kind in shown.values():
        assert kind.bit_count() == 1
        assert kind & EVERYTHING == kind
