"""Hypothesis strategies: events, histories, whole reports.

What they draw shrinks towards few rows of one learner and one course, a day apart, with the
actions and sources that are met most often, in order of time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from zlib import crc32

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from engine.arguments import Kind, as_pair, checked, flag, many, optional, texts, whole
from engine.event import Event
from engine.lifecycle.action import Action
from engine.lifecycle.belief import COMPLETE_HISTORY
from engine.testing.choices import (
    CONTENTS,
    CROWDED,
    LEARNERS,
    LIKELY,
    PANORAMAS,
    SPREAD,
    UNTIED,
    manners_of,
    pair_of,
    sources_of,
)
from engine.testing.notation import History
from engine.testing.paths import SEARCHED_CODES, is_error, plan
from engine.testing.plain import BEGINNING, SUBJECT
from engine.testing.report import Report
from engine.testing.spelling import spelled
from engine.testing.weaving import Manner, Placed, Step, weave

__all__ = ["CONTENTS", "LEARNERS", "PANORAMAS", "events", "histories", "reports"]

_Drawn = tuple[int, Action, int, Manner]
_Key = tuple[str, tuple[str, str]]
"""Learner, and content type and title."""


_KINDS: Final = (st.integers(0, 63), st.sampled_from(LIKELY))
"""A number that chooses the source, half of them the plain one, and the action.

The number comes first, since what is drawn first is made small first: rather another action than
another source.
"""


def _size(value: Any, name: str) -> int:
    """Take how many of something are drawn at most.

    Too few is what Hypothesis calls an invalid argument; a value of another kind, or more than
    anybody draws, is refused as everywhere.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value < 1:
        raise InvalidArgument(f"{name} is {value}; give at least one.")
    size: int = whole(1, 10_000)(value, name)
    return size


_SUBJECTS: Final[dict[str, Kind]] = {
    "learners": texts,
    "contents": many(as_pair, "pairs of content type and title"),
    "panoramas": texts,
}

_WOVEN: Final[dict[str, Kind]] = {
    "legal": optional(flag),
    "with_codes": texts,
    "max_events": _size,
    "ties": flag,
    "unknown_sources": flag,
}


@checked(unknown_sources=flag, **_SUBJECTS)
def events(
    *,
    unknown_sources: bool = True,
    learners: Sequence[str] = LEARNERS,
    contents: Sequence[tuple[str, str]] = CONTENTS,
    panoramas: Sequence[str] = PANORAMAS,
) -> st.SearchStrategy[Event]:
    """Draw single events; this is also what ``st.from_type(engine.Event)`` draws.

    Parameters
    ----------
    unknown_sources:
        Whether some have a source that is not documented for their type (default True).
    learners, contents, panoramas:
        What to choose from; contents are (content type, title). The first is the plainest.
    """

    sources = sources_of(unknown_sources)

    def event(
        number: int,
        action: Action,
        learner: str,
        content: tuple[str, str],
        panorama: str,
        minutes: int,
    ) -> Event:
        pair = pair_of(sources, number, action)
        return Event(
            type=pair[0],
            source=pair[1],
            at=BEGINNING + timedelta(minutes=minutes),
            learner=learner,
            panorama=panorama,
            content_type=content[0],
            content_title=content[1],
        )

    return st.builds(
        event,
        *_KINDS,
        _choice(learners, "learners"),
        _choice(contents, "contents"),
        _choice(panoramas, "panoramas"),
        st.integers(0, 365 * 24 * 60),
    )


def _choice(values: Sequence[Any], name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(_nonempty(values, name))


def _nonempty(values: Sequence[Any], name: str) -> Sequence[Any]:
    if not values:
        raise InvalidArgument(f"{name} is empty; give at least one.")
    return values


def _woven(
    *,
    legal: bool | None,
    codes: tuple[str, ...],
    max_events: int,
    ties: bool,
    unknown_sources: bool,
    manners: st.SearchStrategy[Manner],
) -> st.SearchStrategy[list[Placed]]:
    """Draw steps, and make one history's events of them."""
    sources = sources_of(unknown_sources)

    # A number that chooses the kind of marks, then each mark by its place among them: a history
    # keeps its form when the number is lowered.
    kinds = (SPREAD, SPREAD, SPREAD, CROWDED) if ties else (UNTIED,)
    step = st.tuples(*_KINDS, st.integers(0, len(SPREAD) - 1), manners)
    needed = 0 if codes or legal is False else 1
    drawn = st.lists(step, min_size=needed, max_size=max_events)

    def history(
        kind: int, drawn: list[_Drawn], codes: tuple[str, ...] = (), place: int = 0
    ) -> list[Placed]:
        steps = [
            Step(pair_of(sources, number, action), kinds[kind][mark], manner)
            for number, action, mark, manner in drawn
        ]
        placed = weave(steps, codes=codes, place=min(place, len(steps)), legal=legal is True)
        # Of a legal history all steps may have been left out; an enrolment begins any.
        return placed or weave([Step(pair_of(sources, 0, Action.ENROL))])

    kind = st.integers(0, len(kinds) - 1)
    if legal is False and not codes:
        errors = [(code,) for code in SEARCHED_CODES if is_error(code)]
        return st.builds(history, kind, drawn, st.sampled_from(errors), st.integers(0, max_events))
    if codes:
        return st.builds(history, kind, drawn, st.just(codes), st.integers(0, max_events))
    return st.builds(history, kind, drawn)


def _checked(legal: bool | None, with_codes: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(with_codes) if not isinstance(with_codes, str) else (with_codes,)
    for code in codes:
        if code not in SEARCHED_CODES:
            known = f"{SEARCHED_CODES[0]} to {SEARCHED_CODES[-1]}"
            raise InvalidArgument(f"with_codes has {code!r}; codes of a history are {known}.")
        if legal and is_error(code):
            raise InvalidArgument(f"a legal history has no error, and {code} is one.")
    if legal is False and codes and not any(map(is_error, codes)):
        raise InvalidArgument("legal=False asks for an error; name one in with_codes too.")
    if plan(codes, COMPLETE_HISTORY, legal=legal is True) is None:
        raise InvalidArgument(f"no history has all of {', '.join(codes)}; ask for fewer.")
    return codes


@checked(**_WOVEN)
def histories(
    *,
    legal: bool | None = None,
    with_codes: Sequence[str] = (),
    max_events: int = 12,
    ties: bool = True,
    unknown_sources: bool = True,
) -> st.SearchStrategy[History]:
    """Draw the history of one learner and one content, complete from its beginning.

    Parameters
    ----------
    legal:
        True: nothing impossible (no S1 finding). False: something impossible. None (the
        default): either.
    with_codes:
        Findings that each history has, as a list of codes; default none. They may add events
        to the ``max_events``.
    max_events:
        The longest that is drawn; default 12.
    ties:
        Whether some events share an instant (default True). Instants of more than eight, whose
        order is not searched, are among them.
    unknown_sources:
        Whether some events have a source that is not documented for their type (default True).

    Raises
    ------
    hypothesis.errors.InvalidArgument
        If ``with_codes`` has what no history can have.
    """
    woven = _woven(
        legal=legal,
        codes=_checked(legal, with_codes),
        max_events=max_events,
        ties=ties,
        unknown_sources=unknown_sources,
        manners=st.just(Manner()),
    )
    return woven.map(
        lambda placed: History(
            Event(type=step.pair[0], source=step.pair[1], at=at, **SUBJECT) for step, at in placed
        )
    )


@checked(
    max_histories=_size,
    duplicates=flag,
    spellings=flag,
    shuffled=flag,
    **_WOVEN,
    **_SUBJECTS,
)
def reports(
    *,
    legal: bool | None = None,
    with_codes: Sequence[str] = (),
    max_histories: int = 3,
    max_events: int = 12,
    ties: bool = True,
    unknown_sources: bool = True,
    duplicates: bool = True,
    spellings: bool = True,
    shuffled: bool = True,
    learners: Sequence[str] = LEARNERS,
    contents: Sequence[tuple[str, str]] = CONTENTS,
    panoramas: Sequence[str] = PANORAMAS,
) -> st.SearchStrategy[Report]:
    """Draw a whole report: some learners' histories of some contents, in any order of rows.

    Parameters
    ----------
    legal, with_codes, max_events, ties, unknown_sources:
        Of each history, as in :func:`histories`.
    max_histories:
        The most histories in a report; default 3.
    duplicates:
        Whether some rows are there twice (default True).
    spellings:
        Whether learners, titles, types and sources are sometimes spelled in another way that
        means the same: case, spaces around, ``-`` for ``_``, composed letters (default True).
    shuffled:
        Whether rows may stand in another order than by time (default True).
    learners, contents, panoramas:
        What to choose from; contents are (content type, title). The first is the plainest.
    """
    keys = st.tuples(_choice(learners, "learners"), _choice(contents, "contents"))
    woven = _woven(
        legal=legal,
        codes=_checked(legal, with_codes),
        max_events=max_events,
        ties=ties,
        unknown_sources=unknown_sources,
        manners=st.sampled_from(
            manners_of(_nonempty(panoramas, "panoramas"), duplicates, spellings)
        ),
    )
    subjects = st.lists(
        st.tuples(keys, woven), min_size=1, max_size=max_histories, unique_by=lambda each: each[0]
    )
    return st.builds(_assembled, subjects, st.integers(0, 15) if shuffled else st.just(0))


def _assembled(drawn: list[tuple[_Key, list[Placed]]], order: int) -> Report:
    rows = [row for key, placed in drawn for each in placed for row in _rows(key, each)]
    rows.sort(key=lambda row: row.at)
    if order == 1:
        rows.reverse()
    elif order > 3:
        # Each row's place hangs on the row alone, so that leaving out one moves no other.
        rows.sort(key=lambda row: crc32(f"{order} {row}".encode()))
    return Report(rows)


def _rows(key: _Key, placed: Placed) -> Iterator[Event]:
    """The event as it is to be written, once or twice."""
    (learner, (content_type, title)), ((pair, _, manner), at) = key, placed
    event = Event(
        type=pair[0],
        source=pair[1],
        at=at,
        learner=learner,
        panorama=manner.panorama,
        content_type=content_type,
        content_title=title,
    )
    yield spelled(event, manner.spelling)
    if manner.again:
        yield event
