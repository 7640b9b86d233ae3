"""Reports, rows and instants as Hypothesis draws them, and how a report is written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from hypothesis import strategies as st

from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.lifecycle.belief import Belief, Instant, advance
from engine.lifecycle.configuration import Configuration
from engine.lifecycle.step import reachable

HEADER: Final = (
    "Email",
    "Panorama Name",
    "Content Type",
    "Content Title",
    "Type",
    "Source",
    "Timestamp",
)
START: Final = datetime(2024, 3, 1, 9, tzinfo=UTC)
NOW: Final = 1_800_000_000_000_000
"""The moment of every audit here: after all events, so that R006 never depends on the clock."""

TICK: Final = timedelta(milliseconds=500)


class Row(NamedTuple):
    """One row; ``tick`` is its time, in half seconds since :data:`START`."""

    email: str
    panorama: str
    content_type: str
    title: str
    type: str
    source: str
    tick: int

    @property
    def at(self) -> datetime:
        return START + self.tick * TICK

    @property
    def cells(self) -> tuple[str, ...]:
        return (*self[:6], stamp(self.at))


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def write(path: Path, rows: Iterable[Row | Sequence[str]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row.cells if isinstance(row, Row) else row for row in rows)
    return path


# Keys that a careless join or hash of their parts would take for one another, and two spellings
# of the same learner and of the same content.
LEARNERS: Final = ("a@x", "a@xc", " A@X ")
CONTENTS: Final = (("c", "bc"), ("cb", "c"), ("", "cbc"), ("c", " bc "))
PANORAMAS: Final = ("", "", "North")

_LIKELY: Final = (
    ("enrollment", "registration"),
    ("enrollment", "course_purchase"),
    ("status_change", "course_started"),
    ("status_change", "course_completed"),
    ("certificate_grant", "course_completed"),
    ("revoked_access", "access_expiration"),
    ("status_change", "manager_changed_status"),
)
_ODD: Final = (
    ("ENROLLMENT", "Gift_Course-Purchase"),
    ("enrollment", "new"),
    ("enrollment", ""),
    ("status_change", "new"),
    ("status_change", "passed_exam"),
    ("revoked_access", "course_started"),
    ("certificate_grant", "new"),
    ("lesson", "course_started"),
)

pairs: Final = st.one_of(
    st.sampled_from(_LIKELY),
    st.sampled_from([(pair.type, pair.source) for pair in PAIRS]),
    st.sampled_from([(pair.type, pair.source) for pair in PAIRS]),
    st.sampled_from(_ODD),
)


@st.composite
def reports(
    draw: st.DrawFn, *, streams: int = 3, instants: int = 5, tied: int = 10, repeats: bool = True
) -> list[Row]:
    """The rows of a report in any order: some streams, each a few instants of tied events."""
    rows: list[Row] = []
    keys = st.tuples(st.sampled_from(LEARNERS), st.sampled_from(CONTENTS))
    sizes = st.one_of(st.just(1), st.integers(1, 3), st.integers(1, tied))
    for _ in range(draw(st.integers(1, streams))):
        email, (content_type, title) = draw(keys)
        tick = 0
        for _ in range(draw(st.integers(1, instants))):
            size = draw(sizes)
            for type_, source in draw(st.lists(pairs, min_size=size, max_size=size)):
                panorama = draw(st.sampled_from(PANORAMAS))
                rows.append(Row(email, panorama, content_type, title, type_, source, tick))
            tick += draw(st.integers(1, 5))
    if repeats:
        rows += draw(st.lists(st.sampled_from(rows), max_size=3))
    draw(st.randoms(use_true_random=False)).shuffle(rows)
    return rows


actions: Final = st.sampled_from(list(Action))


def instants(largest: int = 10) -> st.SearchStrategy[Instant]:
    """Tied actions in the order of the table."""
    sizes = st.one_of(st.just(1), st.integers(1, min(3, largest)), st.integers(1, largest))
    return sizes.flatmap(
        lambda size: st.lists(actions, min_size=size, max_size=size).map(
            lambda drawn: tuple(sorted(drawn))
        )
    )


def histories(longest: int = 6, largest: int = 10) -> st.SearchStrategy[list[Instant]]:
    """The instants of one stream."""
    return st.lists(instants(largest), min_size=1, max_size=longest)


CONFIGURATIONS: Final = sorted(reachable(), key=repr)
configurations: Final[st.SearchStrategy[Configuration]] = st.sampled_from(CONFIGURATIONS)


def _walked(begin: Belief, steps: list[Action]) -> Belief:
    for action in steps:
        begin, _ = advance(begin, action)
    return begin


beliefs: Final[st.SearchStrategy[Belief]] = st.one_of(
    st.frozensets(configurations, min_size=1, max_size=6),
    st.builds(
        _walked,
        st.frozensets(configurations, min_size=1, max_size=3),
        st.lists(actions, max_size=6),
    ),
    st.builds(_walked, st.just(reachable()), st.lists(actions, max_size=4)),
)
"""Any sets of configurations, and those that events lead to."""
