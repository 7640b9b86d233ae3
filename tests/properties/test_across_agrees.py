"""The findings across streams are those of their slow twin, whatever the order of the rows."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_across import ACTIVITY, AWAY, CREATED, DELETED, HERE, across_in, slow_across
from strategies import NOW, Row, reports, write

import engine
from engine.dialects.usual import PAIRS
from engine.rules import view, x205
from engine.rules.x201 import matched

FAIR = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MINUTE = 120
HOUR = 60 * MINUTE

OPTIONS = st.fixed_dictionaries(
    {
        "history": st.sampled_from(["complete", "partial"]),
        "tolerance": st.sampled_from([0, 0, 1, 3600]),
        "key": st.sampled_from(["email,content", "email,panorama,content"]),
        "reschedule_window": st.sampled_from([24.0, 24.0, 0.0, 1.5]),
    }
)

CONTENTS = (
    ("course", "t"),
    ("webinar", "t"),
    ("Live Web-inar", "u"),
    ("Learning_Path", "u"),
    ("", "u"),
    ("42", "t"),
)
TELLING = (
    AWAY,
    HERE,
    DELETED,
    *CREATED,
    ("status_change", "webinar_attended"),
    ("status_change", "recertify_learning_path"),
    ("revoked_access", "sso"),
    *((pair.type, pair.source) for pair in PAIRS if pair.action in ACTIVITY),
)
# A few times often: the edges of windows, and ties.
TICKS = st.one_of(
    st.sampled_from([0, 1, HOUR, 24 * HOUR, 24 * HOUR + 1, 48 * HOUR, 25 * HOUR + HOUR // 2]),
    st.integers(0, 30).map(lambda hours: hours * 3 * HOUR),
)


def events(telling: st.SearchStrategy[tuple[str, str]], ticks: st.SearchStrategy[int]) -> Any:
    return st.builds(
        lambda email, panorama, content, pair, tick: Row(email, panorama, *content, *pair, tick),
        st.sampled_from(["a@x", "b@x", " A@X "]),
        st.sampled_from(["", "North", "South"]),
        st.sampled_from(CONTENTS),
        telling,
        ticks,
    )


def agree(rows: list[Row], folder: Path, options: dict[str, Any]) -> Counter[Any]:
    audit = engine.audit(write(folder / "r.csv", rows), now=NOW, across=True, **options)
    found = across_in(audit, rows)
    assert found == slow_across(rows, **options)
    return found


# Of so many bytes is a slice of rows: of a report as short as these it is all, or a few rows.
SLICES = st.sampled_from([1 << 18, 16])


@FAIR
@given(st.lists(events(st.sampled_from(TELLING), TICKS), max_size=25, min_size=1), OPTIONS, SLICES)
def test_rules_are_those_of_the_slow_twin(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "_BYTES", size)
        agree(rows, tmp_path, options)


@FAIR
@given(reports(), OPTIONS)
def test_they_are_in_any_report(tmp_path: Path, rows: list[Row], options: dict[str, Any]) -> None:
    agree(rows, tmp_path, options)


ACCESS = st.sampled_from([("enrollment", "sso"), ("enrollment", "sso"), ("revoked_access", "sso")])


@FAIR
@given(
    st.lists(
        st.builds(
            lambda kind, pair, hour: Row("a@x", "", kind, "t", *pair, hour * HOUR),
            st.sampled_from(["course", "webinar", "video"]),
            ACCESS,
            st.integers(0, 6),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_title_under_several_types_overlaps_where_the_slow_twin_says(
    tmp_path: Path, rows: list[Row]
) -> None:
    agree(rows, tmp_path, {})


STEPS = (
    ("enrollment", "sso"),
    ("status_change", "course_started"),
    ("status_change", "course_completed"),
    ("certificate_grant", "course_completed"),
    ("revoked_access", "sso"),
)
QUARTERS = st.builds(
    lambda quarters, seconds: quarters * 15 * MINUTE + seconds * 2,
    st.integers(0, 6),
    st.sampled_from([0, 0, 120, 121, 450]),
)


@FAIR
@given(
    st.lists(events(st.sampled_from(STEPS), QUARTERS), max_size=40, min_size=1),
    OPTIONS,
    st.sampled_from([1, 1, 2, 4]),
    SLICES,
)
def test_a_shifted_clock_is_found_where_the_slow_twin_finds_it(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], least: int, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(x205, "LEAST", least)
        patch.setattr(view, "_BYTES", size)
        agree(rows, tmp_path, options)


@FAIR
@given(
    st.lists(events(st.sampled_from(TELLING), TICKS), max_size=25, min_size=1),
    OPTIONS,
    st.randoms(use_true_random=False),
)
def test_order_of_rows_changes_nothing(
    tmp_path: Path, rows: list[Row], options: dict[str, Any], chance: random.Random
) -> None:
    rows = list({row.cells: row for row in rows}.values())
    turned = chance.sample(rows, len(rows))
    assert agree(rows, tmp_path, options) == agree(turned, tmp_path, options)
    messages = [
        Counter(
            (row["code"], row["message"])
            for row in engine.audit(
                write(tmp_path / "r.csv", each), now=NOW, across=True, **options
            )
            .findings_of(select=["X"])
            .rows()
        )
        for each in (rows, turned)
    ]
    assert messages[0] == messages[1]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=8),
    st.integers(0, 8),
)
def test_no_matching_has_more_pairs(rows: list[tuple[int, bool]], window: int) -> None:
    rows.sort()
    found = matched([at for at, _ in rows], [arrived for _, arrived in rows], window)
    away = [at for at, arrived in rows if not arrived]
    here = [at for at, arrived in rows if arrived]
    best = max(
        sum(abs(a - b) <= window for a, b in zip(few, order, strict=False))
        for few, many in [sorted((away, here), key=len)]
        for order in itertools.permutations(many, len(few))
    )
    assert sum(found) == 2 * best


@FAIR
@given(st.lists(events(st.sampled_from(TELLING), TICKS), max_size=20, min_size=1), TICKS)
def test_parts_of_a_report_show_what_the_whole_shows(
    tmp_path: Path, rows: list[Row], tick: int
) -> None:
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, across=True)
    moment = rows[0]._replace(tick=tick).at.isoformat()
    for as_of in (None, moment):
        whole = audit.status(as_of).rows()
        for learner in {row.email for row in rows} & {"a@x", "b@x"}:
            part = audit.status(as_of, learner=learner).rows()
            assert part == [row for row in whole if row["learner"] == learner]
