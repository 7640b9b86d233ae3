"""Records in order: the arrays of ``arrange`` are what plain loops over the rows come to."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columns.arrow import texts
from engine.columns.order import stable_argsort
from engine.dialects.dialect import canonical
from engine.dialects.usual import classify
from engine.lifecycle.action import Action
from engine.records import Records
from engine.replay.streams import Key, Streams, arrange

THOROUGH = settings(max_examples=150, deadline=None)

TEXTS = ("", "b", "a", "c")
"""Not in alphabetical order, as numbers of texts are in no report."""

PAIRS = [
    classify("status_change", "course_started"),
    classify("enrollment", "sso"),
    classify("enrollment", "registration"),
    classify("certificate_grant", "course_purchase"),
    classify("enrolment", "sso"),
]
SECOND = 1_000_000


class Cells(NamedTuple):
    learner: int
    panorama: int
    content_type: int
    title: int
    content: int
    event_id: int
    pair: int
    at: int
    kept: bool


rows = st.lists(
    st.builds(
        Cells,
        learner=st.integers(0, 2),
        panorama=st.integers(0, 2),
        content_type=st.integers(0, 1),
        title=st.integers(0, 3),
        content=st.integers(0, 2),
        event_id=st.sampled_from([0, 0, 0, 1, 2, 3]),
        pair=st.integers(0, 3),
        at=st.sampled_from([-SECOND, 0, 1, SECOND, SECOND + 1, 2 * SECOND, 90 * SECOND]),
        kept=st.sampled_from([True, True, True, False]),
    ),
    max_size=12,
)
"""Few values of each, so that rows meet."""


def records_of(cells: list[Cells], *, ids: bool) -> Records:
    def column(name: str) -> np.ndarray:
        return np.array([getattr(each, name) for each in cells], np.int32)

    nothing = texts(TEXTS)
    return Records(
        files=["report.csv"],
        file=np.zeros(len(cells), np.int32),
        row=np.arange(2, len(cells) + 2),
        at=np.array([each.at for each in cells], np.int64),
        learner=column("learner"),
        learners=nothing,
        panorama=column("panorama"),
        panoramas=nothing,
        content_type=column("content_type"),
        content_types=nothing,
        content_title=column("title"),
        content_titles=nothing,
        content=column("content"),
        contents=3,
        pair=column("pair"),
        pairs=PAIRS,
        event_id=column("event_id") if ids else None,
        event_ids=nothing,
        content_id=column("content") if ids else None,
        content_ids=nothing,
        kept=np.array([each.kept for each in cells], np.bool_),
        rejects=[],
        row_findings=[],
        timezone="UTC",
        notes=[],
    )


def slow_arrange(cells: list[Cells], *, key: Key, tolerance: int, ids: bool) -> dict[str, list]:
    """What semantics.md §1, §6 and §7 say, row by row."""

    def stream(row: int) -> tuple[int, ...]:
        each = cells[row]
        portal = (each.panorama,) if key == "email,panorama,content" else ()
        return (each.learner, each.content, *portal)

    def place(row: int) -> tuple:
        each = cells[row]
        pair = PAIRS[each.pair]
        assert pair.action is not None
        texts = (each.event_id if ids else 0, each.panorama, each.content_type, each.title)
        what = int(pair.action), canonical(pair.source), pair.type
        return (*what, *(TEXTS[text] for text in texts), each.at, row)

    seen: set = set()
    events = []
    for row, each in enumerate(cells):
        what = [each if ids else each._replace(event_id=0)]
        if ids and each.event_id:
            what.append(each.event_id)
        if each.kept and seen.isdisjoint(what):
            events.append(row)
            seen.update(what)
    events.sort(key=lambda row: (stream(row), cells[row].at))
    found: dict[str, list] = {"events": [], "starts": [0], "instants": [0]}
    for _, held in groupby(events, stream):
        instants: list[list[int]] = []
        for row in held:
            if instants and cells[row].at - cells[instants[-1][-1]].at <= tolerance:
                instants[-1].append(row)
            else:
                instants.append([row])
        for instant in instants:
            found["events"] += sorted(instant, key=place)
            found["instants"].append(len(found["events"]))
        found["starts"].append(len(found["events"]))
    found["at"] = [cells[row].at for row in found["events"]]
    found["duplicates"] = [
        row for row, each in enumerate(cells) if each.kept and row not in found["events"]
    ]
    return found


def arrays(streams: Streams) -> dict[str, list]:
    names = ("events", "starts", "instants", "at", "duplicates")
    return {name: getattr(streams, name).tolist() for name in names}


@THOROUGH
@given(
    rows,
    st.sampled_from(["email,content", "email,panorama,content"]),
    st.sampled_from([0, 1, SECOND, 100 * SECOND]),
    st.booleans(),
    st.sampled_from([None, 1, -1]),
)
def test_arranged_as_row_by_row(
    cells: list[Cells], key: Key, tolerance: int, ids: bool, sorted_by: int | None
) -> None:
    if sorted_by is not None:
        cells = sorted(cells, key=lambda each: sorted_by * each.at)
    streams = arrange(records_of(cells, ids=ids), key=key, tolerance=tolerance)
    assert arrays(streams) == slow_arrange(cells, key=key, tolerance=tolerance, ids=ids)
    assert streams.tolerance == tolerance
    assert len(streams) == len(streams.starts) - 1


@THOROUGH
@given(rows, st.sampled_from([0, SECOND]), st.integers(-SECOND, 3 * SECOND), st.data())
def test_parts_are_made_of_whole_instants(
    cells: list[Cells], tolerance: int, moment: int, data: st.DataObject
) -> None:
    cells = [each._replace(kept=True) for each in cells]
    streams = arrange(records_of(cells, ids=False), key="email,content", tolerance=tolerance)
    first = [streams.instants.tolist().index(start) for start in streams.starts.tolist()]
    assert streams.first_instants.tolist() == first
    bounds = streams.instants.tolist()
    spans = [streams.events[low:high].tolist() for low, high in pairwise(bounds)]
    stamps = [min(cells[row].at for row in span) for span in spans]
    assert streams.stamps.tolist() == stamps
    assert streams.untied == all(len(span) == 1 for span in spans)

    keep = data.draw(st.lists(st.booleans(), min_size=len(streams), max_size=len(streams)))
    of_stream = [spans[low:high] for low, high in pairwise(first)]
    chosen = [held for held, wanted in zip(of_stream, keep, strict=True) if wanted]
    expect_parts(streams, streams.only(np.array(keep, np.bool_)), chosen)

    early = [
        [span for number, span in enumerate(held, low) if stamps[number] <= moment]
        for low, held in zip(first, of_stream, strict=False)
    ]
    expect_parts(streams, streams.until(moment), [held for held in early if held])


def expect_parts(whole: Streams, part: Streams, wanted: list[list[list[int]]]) -> None:
    starts, instants, events = [0], [0], []
    for held in wanted:
        for span in held:
            events += span
            instants.append(len(events))
        starts.append(len(events))
    at = dict(zip(whole.events.tolist(), whole.at.tolist(), strict=True))
    assert arrays(part) == {
        "events": events,
        "starts": starts,
        "instants": instants,
        "at": [at[row] for row in events],
        "duplicates": whole.duplicates.tolist(),
    }
    assert part.tolerance == whole.tolerance


@THOROUGH
@given(
    st.lists(st.integers(0, 3), max_size=20),
    st.sampled_from([0, 1 << 40, (1 << 58) - 1, (1 << 59) - 4, (1 << 62) - 4]),
    st.booleans(),
)
def test_sorting_is_stable_whatever_the_keys(low: list[int], high: int, backwards: bool) -> None:
    keys = np.array(low, np.int64) + high
    order, ordered = stable_argsort(keys, backwards=backwards)
    places = range(len(low))[:: -1 if backwards else 1]
    assert order.tolist() == sorted(places, key=lambda place: low[place])
    assert ordered.tolist() == sorted(keys.tolist())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 9])
def test_sorting_any_number_of_keys(count: int) -> None:
    keys = np.arange(count)[::-1].copy()
    order, ordered = stable_argsort(keys)
    assert order.tolist() == keys.tolist()
    assert ordered.tolist() == list(range(count))


def test_unlisted_pairs_stand_by_their_action() -> None:
    assert [pair.action for pair in PAIRS[:2]] == [Action.START, Action.ENROL]
    assert PAIRS[4].action is None
