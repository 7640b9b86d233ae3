"""What the strategies choose from, each list in the form that shrinks well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.testing.paths import PLAIN_ORDER
from engine.testing.plain import PLAIN_SOURCES, SUBJECT, TYPE_OF, next_day
from engine.testing.spelling import WAYS
from engine.testing.weaving import Manner, Mark

__all__ = [
    "CONTENTS",
    "CROWDED",
    "LEARNERS",
    "LIKELY",
    "PANORAMAS",
    "SPREAD",
    "UNTIED",
    "manners_of",
    "pair_of",
    "sources_of",
]

LEARNERS: Final = (SUBJECT["learner"], "bob@example.com", "eve@example.com")
CONTENTS: Final = (
    (SUBJECT["content_type"], SUBJECT["content_title"]),
    ("webinar", "Data Protection"),
    ("course", "Café Hygiene"),
)
"""(Content type, title); each title has one type, since in most tables a title alone names it."""
PANORAMAS: Final = ("", "North", "South")


def _after(**distance: float) -> Mark:
    gap = timedelta(**distance)
    return lambda at: at + gap


def _same(at: datetime) -> datetime:
    return at


# How Hypothesis shrinks sets the form of what follows. It deletes at most five neighbouring choices
# at once: with its "one more" an event is five, so it can be left out alone. It lowers a number
# towards 0, and tries it without its high bits: each list below begins with what is plainest, and
# repeats itself at a power of two where something is to be drawn more often.

SPREAD: Final = (
    next_day,
    _same,
    _after(hours=1),
    _after(seconds=1),
    next_day,
    _same,
    _after(days=30),
    _after(microseconds=1),
)
CROWDED: Final = (next_day, *[_same] * 7)
UNTIED: Final = (next_day, *SPREAD[2:4], _after(days=30), next_day, *SPREAD[2:4], SPREAD[7])

LIKELY: Final = (*PLAIN_ORDER, *PLAIN_ORDER[:7], *PLAIN_ORDER[:16], *PLAIN_ORDER[:16])
"""The actions, the frequent ones more often: 25 + 7 + 16 + 16."""

_UNDOCUMENTED: Final = {
    Action.ENROL: ["new_source", "course_started"],
    Action.SET_UNKNOWN: ["new_source"],
    Action.CERTIFY_BY_GRANT: ["new_source", ""],
    Action.REVOKE: ["new_source"],
}
"""What acts by its Type alone: sources that nobody has documented, and another Type's."""


def sources_of(unknown: bool) -> dict[Action, list[str]]:
    """Action → the sources that it may have, the plain one first."""
    found = {action: [source] for action, source in PLAIN_SOURCES.items()}
    for pair in PAIRS:
        if pair.source not in found[pair.action]:
            found[pair.action].append(pair.source)
    for action, sources in _UNDOCUMENTED.items():
        if unknown:
            found[action][1:1] = sources
    return found


def pair_of(sources: dict[Action, list[str]], number: int, action: Action) -> tuple[str, str]:
    """(Type, Source)."""
    known = sources[action]
    return TYPE_OF[action], known[number % len(known) if number < 32 else 0]


def manners_of(panoramas: Sequence[str], duplicates: bool, spellings: bool) -> list[Manner]:
    """What to draw from: each is plain, or unusual in one way."""
    plain, *other = panoramas
    unusual = [
        *([Manner(plain, again=True)] * duplicates),
        *(Manner(portal) for portal in other),
        *(Manner(plain, spelling=number) for number in range(1, WAYS if spellings else 1)),
    ]
    return [Manner(plain), *unusual, *[Manner(plain)] * (1 + 2 * len(unusual))]
