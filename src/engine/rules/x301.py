"""X301: one record under several Panoramas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.columns.slices import gather
from engine.rules.argument import Argued, CaseAcross, argued
from engine.rules.examples import records
from engine.rules.found import NOTHING, Evidence, Found, Sentences, one_each, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import View, by_parts
from engine.rules.wording import quote

Ints = npt.NDArray[np.int64]


def find(view: View) -> Found:
    """Return for each record the first event whose Panorama is not that of the event before.

    A blank Panorama is one of them: the main site.
    """
    records = view.records
    changed = _changes(view)

    def because(which: Ints) -> Evidence:
        return one_each(view.record(changed[which] - 1))

    def words(which: Ints) -> Sentences:
        texts, count = records.panoramas, len(records.panoramas)

        def say(key: int) -> str:
            before, here = divmod(key, count)
            return _say(texts[before].as_py(), texts[here].as_py())

        before = records.panorama[view.record(changed[which] - 1)].astype(np.int64)
        return shared(before * count + records.panorama[view.record(changed[which])], say)

    return Found(changed, because, words)


def _changes(view: View) -> Ints:
    records = view.records
    if len(records.panoramas) < 2:
        return NOTHING
    # The Panorama is the learner's, so most learners have one. Only records of the others are
    # looked into: to go through the rows as they stand is cheaper than to fetch them in order.
    learner, panorama = records.learner, records.panorama
    some = np.zeros(len(records.learners), np.min_scalar_type(len(records.panoramas)))
    some[view.learner] = gather(panorama, view.history.first_record)
    mixed = np.zeros(len(records.learners), np.bool_)

    def mark(part: slice) -> Ints:
        differs = some.take(learner[part], mode="clip") != panorama[part]
        if differs.any():
            mixed[learner[part][differs]] = True
        return NOTHING

    by_parts(len(learner), mark)
    if not mixed.any():
        return NOTHING
    position = view.events_of(np.flatnonzero(mixed[view.learner]))
    panorama = records.panorama[view.record(position)]
    stream = view.stream_of(position)
    differs = np.flatnonzero((panorama[1:] != panorama[:-1]) & (stream[1:] == stream[:-1])) + 1
    _, first = np.unique(stream[differs], return_index=True)
    return position[differs[first]]


def _panorama(name: str) -> str:
    """Return a Panorama as a sentence speaks of it."""
    return f'the Panorama "{quote(name)}"' if name else "no Panorama (the main site)"


def _say(before: str, here: str) -> str:
    """Say that a record goes on under another Panorama."""
    named = _panorama(here), _panorama(before)
    return "The record goes on under {}; the row before is of {}.".format(*named)


def _argue(case: CaseAcross) -> Argued:
    (before,) = case.because
    return argued(
        f"{case.event.told.name}, at {case.event.told.at}, is of {_panorama(case.event.panorama)}",
        "One learner's record of one content usually stays in one Panorama.",
        [
            f"{before.told.name}, the row before it in this record, is of "
            f"{_panorama(before.panorama)}"
        ],
        "each of the two client portals sees only a part of this record; in order if the learner "
        "has moved from one to the other",
    )


_PORTAL = "ana@example.com,Northwind,"

RULE = AcrossRule(
    code="X301",
    name="several-panoramas",
    severity=Severity.INFO,
    what=(
        "The rows of one learner and content are of more than one Panorama. The finding is at the "
        "first row whose Panorama is not that of the row before it; a blank one is the main site."
    ),
    why=(
        "The record counts for two client portals, or for neither. Whoever reports by Panorama "
        "sees half of the history: an enrolment here, its completion there."
    ),
    false_alarm=(
        "Learners change their employer or department: that is in order. If the portals are to be "
        "kept apart, make a record of each portal's part: --key takes the Panorama in."
    ),
    example=records("01 enrollment registration", "02 status_change course_started").replace(
        "ana@example.com,,", _PORTAL, 1
    ),
    twin=records("01 enrollment registration", "02 status_change course_started").replace(
        "ana@example.com,,", _PORTAL
    ),
    says=(
        "The record goes on under no Panorama (the main site); the row before is of the Panorama "
        '"Northwind".'
    ),
    find=find,
    argue=_argue,
    role="row before",
)
