"""Where a replay and a status export disagree. Source: semantics.md §12."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.lifecycle.configuration import Status
from engine.projection.against.entries import WITH, WITHOUT, Dates, Entries, local_day
from engine.projection.against.pairing import NOBODY, Pairing, pair
from engine.projection.against.words import EVERYTHING, NO_RECORD, kinds_of_belief
from engine.projection.history import History
from engine.projection.standing import Standing, standing
from engine.projection.status import facts
from engine.rules.catalogue import STATUSES_RULES

__all__ = ["AGAINST_CODES", "Difference", "Differences", "differ"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

AGAINST_CODES: Final = tuple(STATUSES_RULES)
OTHER_STATUS, ONLY_THERE, ONLY_HERE, OTHER_DATE = AGAINST_CODES

_SECOND: Final = 1_000_000
_CERTIFIED: Final = 1 << Status.CERTIFIED


class Difference(msgspec.Struct, frozen=True):
    """One finding: a code, the entry and the record it is about (−1 for none), and the field.

    ``event`` is the record number of the row that decided what the report comes to, −1 for none.
    """

    code: str
    entry: int
    stream: int
    field: str
    event: int


class Differences(msgspec.Struct, frozen=True):
    """All findings, and what the entries and records came to otherwise.

    Attributes
    ----------
    found:
        The findings; several may be about one entry.
    pairing:
        Which record each entry was compared with.
    differs:
        Which entries have another status, or another certificate.
    uncertain:
        Which entries agree with one of several possible statuses.
    unneeded:
        Which entries have no record here and need none: theirs is what a record without rows is.
    stood, ours:
        Where each record stands, and the kinds that it may be of.
    """

    found: list[Difference]
    pairing: Pairing
    differs: Mask
    uncertain: Mask
    unneeded: Mask
    stood: Standing
    ours: Ints


def differ(history: History, entries: Entries, *, by_panorama: bool) -> Differences:
    """Compare each entry with its record, and find what one of the two lacks."""
    stood = standing(history)
    ours = _kinds(history)
    pairing = pair(history, stood, entries.export, entries.kinds, ours, by_panorama=by_panorama)
    anything = np.full(len(entries.aside), EVERYTHING, np.int64)
    aside = pair(history, stood, entries.aside, anything, ours, by_panorama=by_panorama)
    met = np.flatnonzero(pairing.stream != NOBODY)
    stream = pairing.stream[met]
    found: list[Difference] = []
    differs = np.zeros(len(entries), np.bool_)
    uncertain = np.zeros(len(entries), np.bool_)

    disagree = (ours[stream] & entries.kinds[met]) == 0
    several = stood.mask[stream] & (stood.mask[stream] - np.uint8(1)) != 0
    uncertain[met] = several & ~disagree
    for entry, of in zip(met[disagree].tolist(), stream[disagree].tolist(), strict=True):
        found.append(Difference(OTHER_STATUS, entry, of, "status", int(stood.decided[of])))
    known = facts(history)
    granted = known["certified_at"][stream]
    said = entries.certificate[met]
    # Without the history's beginning, a certificate may have been granted before it.
    lacking = (said == WITH) & (granted < 0) & (not history.partial)
    beyond = (said == WITHOUT) & (stood.mask[stream] == _CERTIFIED)
    for which in np.flatnonzero(lacking | beyond).tolist():
        of = int(stream[which])
        event = _event(history, int(granted[which]))
        decided = event if event >= 0 else int(stood.decided[of])
        found.append(Difference(OTHER_STATUS, int(met[which]), of, "certificate", decided))
    differs[met] = disagree | lacking | beyond
    for field, dates in entries.dates.items():
        found += _dates(history, field, dates, met[~differs[met]], pairing, known[field])
    unmatched = np.flatnonzero(pairing.stream == NOBODY)
    needless = (entries.kinds[unmatched] & NO_RECORD) != 0
    unneeded = np.zeros(len(entries), np.bool_)
    unneeded[unmatched[needless]] = True
    found += [Difference(ONLY_THERE, each, -1, "", -1) for each in unmatched[~needless].tolist()]
    found += [
        Difference(ONLY_HERE, -1, of, "", int(stood.decided[of]))
        for of in np.flatnonzero(~pairing.named & ~aside.named).tolist()
    ]
    return Differences(found, pairing, differs, uncertain, unneeded, stood, ours)


def _kinds(history: History) -> Ints:
    """The kinds that each record may be of at the end of the replay."""
    final = history.replay.final
    numbers, which = np.unique(final, return_inverse=True)
    beliefs = history.replay.table.beliefs
    kinds = np.array([kinds_of_belief(beliefs[n]) for n in numbers.tolist()], np.int64)
    return kinds[which] if len(kinds) else np.empty(0, np.int64)


def _event(history: History, position: int) -> int:
    return int(history.streams.events[position]) if position >= 0 else -1


def _dates(
    history: History,
    field: str,
    dates: Dates,
    entries: Ints,
    pairing: Pairing,
    fact: Ints,
) -> list[Difference]:
    """The entries, among these, whose date is another one than that of the record's event."""
    entries = entries[dates.known[entries]]
    position = fact[pairing.stream[entries]]
    has = position >= 0
    at = np.where(has, history.at[np.maximum(position, 0)], 0) if len(history.at) else position
    theirs = dates.at[entries]
    wrong = np.where(has, at // _SECOND != theirs // _SECOND, not history.partial)
    found = []
    for which in np.flatnonzero(wrong).tolist():
        if dates.days and has[which]:
            zone = history.records.timezone
            days = [local_day(int(each[which]), zone)[0] for each in (at, theirs)]
            if days[0] == days[1]:
                continue
        entry = int(entries[which])
        of = int(pairing.stream[entry])
        found.append(
            Difference(OTHER_DATE, entry, of, field, _event(history, int(position[which])))
        )
    return found
