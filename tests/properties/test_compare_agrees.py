"""A comparison is that of its slow twin; nothing differs from itself; each alteration is found."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_compare import (
    Difference,
    Identified,
    differences_in,
    slow_compare,
    told_apart,
)
from strategies import Row, reports
from two_reports import compared, two_reports

FAIR = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

OPTIONS = st.fixed_dictionaries(
    {
        "history": st.sampled_from(["complete", "partial"]),
        "tolerance": st.sampled_from([0, 0, 1, 3600]),
        "key": st.sampled_from(["email,content", "email,panorama,content"]),
    }
)


@FAIR
@given(two_reports(), OPTIONS)
def test_it_is_that_of_the_slow_twin(
    tmp_path: Path, both: tuple[list[Identified], list[Identified]], options: dict[str, Any]
) -> None:
    found = differences_in(compared(tmp_path, *both, **options))
    assert found == slow_compare(*both, **options)


@FAIR
@given(two_reports(), OPTIONS)
def test_with_ids_it_is_that_of_the_slow_twin(
    tmp_path: Path, both: tuple[list[Identified], list[Identified]], options: dict[str, Any]
) -> None:
    # Events that ids alone tell apart are one to the slow audit of a stream.
    both = tuple(map(told_apart, both))  # type: ignore
    result = compared(tmp_path, *both, ids=(True, True), **options)
    assert result.summary.identity == "id"
    assert differences_in(result) == slow_compare(*both, by_id=True, **options)


crowds = st.lists(
    st.builds(
        lambda panorama, source: Identified(
            Row("a@x", panorama, "c", "bc", "status_change", source, 0)
        ),
        st.sampled_from(["", "North", "South"]),
        st.sampled_from(["course_started", "course_completed", "recertify_course", "zebra"]),
    ),
    min_size=1,
    max_size=6,
)


@FAIR
@given(crowds, crowds)
def test_of_many_rewritten_at_once_the_pairs_are_those_of_the_slow_twin(
    tmp_path: Path, old: list[Identified], new: list[Identified]
) -> None:
    assert differences_in(compared(tmp_path, old, new)) == slow_compare(old, new)


@FAIR
@given(two_reports(), st.sampled_from([(True, False), (False, True)]))
def test_ids_of_one_report_alone_count_for_nothing(
    tmp_path: Path, both: tuple[list[Identified], list[Identified]], ids: tuple[bool, bool]
) -> None:
    result = compared(tmp_path, *both, ids=ids)
    assert result.summary.identity == "all fields"
    plain = [[Identified(row) for row, _ in rows] for rows in both]
    assert differences_in(result) == slow_compare(*plain)


@FAIR
@given(reports(), OPTIONS)
def test_nothing_differs_from_itself(
    tmp_path: Path, rows: list[Row], options: dict[str, Any]
) -> None:
    same = [Identified(row) for row in rows]
    result = compared(tmp_path, same, same, **options)
    assert not len(result.findings)
    assert (result.summary.only_old, result.summary.only_new) == (0, 0)


@FAIR
@given(two_reports(), st.randoms(use_true_random=False), st.booleans())
def test_order_of_rows_changes_nothing(
    tmp_path: Path,
    both: tuple[list[Identified], list[Identified]],
    chance: random.Random,
    ids: bool,
) -> None:
    told = []
    for _ in range(2):
        result = compared(tmp_path, *both, ids=(ids, ids))
        rows = result.findings.rows()
        told.append([{k: v for k, v in row.items() if not k.endswith("_row")} for row in rows])
        both = tuple(chance.sample(rows, len(rows)) for rows in both)  # type: ignore[assignment]
    assert told[0] == told[1]


@FAIR
@given(two_reports(), st.booleans())
def test_what_is_rewritten_differs_in_what_it_says(
    tmp_path: Path, both: tuple[list[Identified], list[Identified]], ids: bool
) -> None:
    for row in compared(tmp_path, *both, ids=(ids, ids)).findings.rows():
        assert bool(row["changed"]) == (row["code"] == "C102")
        if row["code"] == "C102":
            assert row["message"].partition(": ")[2].count(" was ") == len(row["changed"])


LOG = [
    Row(f"{person}@x", "North", "course", title, *pair, 1200 * step + 7 * number)
    for number, (person, title) in enumerate(
        (person, title) for person in "abc" for title in ("Fire", "Water")
    )
    for step, pair in enumerate(
        [
            ("enrollment", "registration"),
            ("status_change", "course_started"),
            ("status_change", "course_completed"),
            ("certificate_grant", "course_completed"),
        ]
    )
]
LAST = max(row.tick for row in LOG)
INSIDE = [n for n, row in enumerate(LOG) if 0 < row.tick < LAST]


def events_found(found: Sequence[Difference]) -> list[tuple[str, str, str]]:
    return [(each.code, each.learner, each.title) for each in found if each.code != "C202"]


@pytest.mark.parametrize("place", INSIDE)
class TestEachAlterationIsFoundAndNothingElse:
    def found(self, folder: Path, new: Sequence[Row]) -> list[Difference]:
        old = [Identified(row) for row in LOG]
        found = differences_in(compared(folder, old, [Identified(row) for row in new]))
        streams = {each[1:4] for each in found if each.code != "C202"}
        for each in found:
            assert each.code != "C202" or (each.follows and each[1:4] in streams)
        return found

    def test_a_row_taken_away(self, tmp_path: Path, place: int) -> None:
        row = LOG[place]
        found = self.found(tmp_path, LOG[:place] + LOG[place + 1 :])
        assert events_found(found) == [("C101", row.email, row.title)]

    @pytest.mark.parametrize(
        ("field", "value"),
        [("source", "manager_created_user"), ("panorama", "South"), ("panorama", "")],
    )
    def test_a_cell_that_names_the_row_no_other(
        self, tmp_path: Path, place: int, field: str, value: str
    ) -> None:
        row = LOG[place]
        changed = [*LOG[:place], row._replace(**{field: value}), *LOG[place + 1 :]]
        found = self.found(tmp_path, changed)
        assert events_found(found) == [("C102", row.email, row.title)]

    @pytest.mark.parametrize(
        ("field", "value"), [("email", "z@x"), ("title", "Air"), ("content_type", "video")]
    )
    def test_a_cell_that_moves_the_row_elsewhere(
        self, tmp_path: Path, place: int, field: str, value: str
    ) -> None:
        row = LOG[place]
        changed = row._replace(**{field: value})
        found = self.found(tmp_path, [*LOG[:place], changed, *LOG[place + 1 :]])
        late = row.tick >= LAST - 120
        assert events_found(found) == [
            ("C101", row.email, row.title),
            *([] if late else [("C201", changed.email, changed.title)]),
        ]

    def test_a_row_put_in(self, tmp_path: Path, place: int) -> None:
        row = LOG[place]._replace(tick=LOG[place].tick + 3)
        found = self.found(tmp_path, [*LOG, row])
        late = row.tick >= LAST - 120
        assert events_found(found) == ([] if late else [("C201", row.email, row.title)])
