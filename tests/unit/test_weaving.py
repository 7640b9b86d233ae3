"""From drawn steps to the events of one history."""

from __future__ import annotations

from datetime import datetime

from engine import Event, Record
from engine.lifecycle.action import Action
from engine.testing.plain import PLAIN_SOURCES, SUBJECT, TYPE_OF
from engine.testing.weaving import Step, weave


def _same(at: datetime) -> datetime:
    return at


def step(action: Action, **mark: object) -> Step:
    return Step((TYPE_OF[action], PLAIN_SOURCES[action]), **mark)  # type: ignore[arg-type]


def test_nothing_is_tied_with_what_brings_a_finding_about() -> None:
    """Also where the step that stood next is left out as an error."""
    steps = [
        step(Action.ENROL),
        step(Action.CERTIFY_FOR_COMPLETION),
        step(Action.REVOKE, mark=_same),
        step(Action.ENROL, mark=_same),
    ]
    placed = weave(steps, codes=["S203"], place=1, legal=True)
    record = Record()
    for each, at in placed:
        record.apply(Event(type=each.pair[0], source=each.pair[1], at=at, **SUBJECT))
    # Were the revocation and the enrolment tied with the second start, it could be the first.
    assert [finding.code for finding in record.findings] == ["S203"]
    assert [each.step.pair[0] for each in placed][-2:] == ["revoked_access", "enrollment"]
