"""Findings across streams where the rows need ids, exact edges, or the worst possible texts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine.dialects.usual import PAIRS, classify
from engine.errors import UsageError
from engine.rules import x201, x202, x203, x204, x205, x301, x302
from engine.rules.view import among

BEGIN = datetime(2024, 3, 1, 9, tzinfo=UTC)
HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp,Course SKU,Id"


def report(folder: Path, *rows: str) -> Path:
    """Write rows "email panorama type title Type Source hours sku id"; "-" is an empty cell."""
    lines = [HEADER]
    for row in rows:
        *cells, hours, sku, id_ = ("" if each == "-" else each for each in row.split())
        at = BEGIN + timedelta(hours=float(hours))
        lines.append(",".join([*cells, at.isoformat(), sku, id_]))
    path = folder / "r.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def found(path: Path, code: str, **options: Any) -> list[tuple[int, list[int]]]:
    rows = engine.audit(path, across=True, **options).findings_of(select=[code]).rows()
    return [(row["row"], [each["row"] for each in row["because"]]) for row in rows]


class TestContentIds:
    def test_a_deletion_is_of_the_id_whatever_the_title(self, tmp_path: Path) -> None:
        path = report(
            tmp_path,
            "a@x - course Old enrollment sso 0 S1 -",
            "a@x - course Old revoked_access course_deletion 1 S1 -",
            "b@x - course New enrollment sso 2 S1 -",
            "b@x - course Old enrollment sso 2 S2 -",
        )
        assert found(path, "X202") == [(4, [3])]

    def test_one_record_can_change_its_type(self, tmp_path: Path) -> None:
        path = report(
            tmp_path,
            "a@x - course T enrollment sso 0 S1 -",
            "a@x - video T status_change course_started 1 S1 -",
            "a@x - course T status_change course_completed 2 S1 -",
            "a@x - video T status_change course_completed 3 S1 -",
        )
        assert found(path, "X302") == [(3, [2])]

    def test_and_after_a_new_enrolment_it_may(self, tmp_path: Path) -> None:
        path = report(
            tmp_path,
            "a@x - course T enrollment sso 0 S1 -",
            "a@x - course T revoked_access sso 1 S1 -",
            "a@x - video T enrollment sso 2 S1 -",
        )
        assert found(path, "X302") == []

    def test_a_new_title_is_another_title(self, tmp_path: Path) -> None:
        path = report(
            tmp_path,
            "a@x - course T enrollment sso 0 S1 -",
            "a@x - video U status_change course_started 1 S1 -",
            "a@x - course U status_change course_completed 2 S1 -",
        )
        assert found(path, "X302") == [(4, [3])]

    def test_several_ids_of_one_type_are_no_matter(self, tmp_path: Path) -> None:
        path = report(
            tmp_path,
            "a@x - course T enrollment sso 0 S1 -",
            "a@x - course T enrollment sso 0 S2 -",
            "a@x - video T enrollment sso 1 S3 -",
        )
        assert found(path, "X302") == [(4, [2])]


def test_events_that_only_their_ids_tell_apart_are_several_moves(tmp_path: Path) -> None:
    path = report(
        tmp_path,
        "a@x - course T enrollment reschedule 0 - e1",
        "a@x - course T enrollment reschedule 0 - e2",
        "a@x - course U revoked_access reschedule 0 - e3",
    )
    assert found(path, "X201") == [(3, [])]


def test_nearest_first_would_lose_a_pair(tmp_path: Path) -> None:
    path = report(
        tmp_path,
        "a@x - c T revoked_access reschedule 0 - -",
        "a@x - c U revoked_access reschedule 20 - -",
        "a@x - c V enrollment reschedule 19 - -",
        "a@x - c W enrollment reschedule 40 - -",
    )
    assert found(path, "X201") == []


@pytest.mark.parametrize(
    ("hours", "unpaired"), [(36, []), (35.9, [(2, []), (3, [])]), (0, [(2, []), (3, [])])]
)
def test_the_window_is_in_hours(tmp_path: Path, hours: float, unpaired: list[Any]) -> None:
    path = report(
        tmp_path,
        "a@x - c T revoked_access reschedule 0 - -",
        "a@x - c V enrollment reschedule 36 - -",
    )
    assert found(path, "X201", reschedule_window=hours) == unpaired


@pytest.mark.parametrize("hours", [-1, float("nan"), float("inf"), 1e9])
def test_an_impossible_window_is_refused(tmp_path: Path, hours: float) -> None:
    with pytest.raises(UsageError, match=r"reschedule_window .* is"):
        engine.audit(report(tmp_path), reschedule_window=hours)


def clock(folder: Path, *, inverted: int, fine: int, off: float = 0) -> Path:
    """Starts five hours (and ``off`` seconds) too early, and some that are in order."""
    early, late = 0, 5 + off / 3600
    rows = []
    for number in range(inverted + fine):
        first, second = (early, late) if number < inverted else (late, early)
        rows.append(f"l{number:02}@x - c T status_change course_started {first} - -")
        rows.append(f"l{number:02}@x - c T enrollment sso {second} - -")
    return report(folder, *rows)


class TestShiftedClock:
    @pytest.mark.parametrize(
        ("inverted", "fine", "off", "believed"),
        [
            (20, 0, 0, True),
            (19, 0, 0, False),
            (20, 20, 0, True),
            (20, 21, 0, False),
            (20, 0, 120, True),
            (20, 0, -120, True),
            (20, 0, 121, False),
            (20, 0, -121, False),
        ],
    )
    def test_needs_twenty_and_a_half_and_two_minutes(
        self, tmp_path: Path, inverted: int, fine: int, off: float, believed: bool
    ) -> None:
        path = clock(tmp_path, inverted=inverted, fine=fine, off=off)
        places = found(path, "X205")
        assert [row for row, _ in places] == [2] * believed
        if believed:
            assert places[0][1] == [3, *range(4, 22)]

    def test_two_shifts_do_not_add_up(self, tmp_path: Path) -> None:
        path = clock(tmp_path, inverted=19, fine=0)
        lines = path.read_text(encoding="utf-8").splitlines()
        lines += [line.replace("l0", "m0").replace("T14:", "T15:") for line in lines[1:19]]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert found(path, "X205") == []

    def test_is_a_hint_on_the_page(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from engine.cli.main import run

        run(["audit", str(clock(tmp_path, inverted=20, fine=0)), "--across", "--fail-on", "never"])
        page = " ".join(capsys.readouterr().out.split())
        assert "disagree by the same number of hours all over the report (X205)" in page


CREATED = classify("enrollment", "manager_bulk_user_creation")
LONG = "Ünïcode \x1b[31m " + "x" * 300


@pytest.mark.parametrize(
    "said",
    [
        *(x201._say(arrival=arrival, hours=999_999.5) for arrival in (0, 1)),
        *(x202._say(classify(p.type, p.source), 0) for p in PAIRS),
        x202._say(classify("enrollment", LONG), 253402300799999999),
        x203._say(CREATED, 3_652_058),
        *(x204._say(classify(p.type, p.source), LONG) for p in PAIRS),
        *(x301._say(*each) for each in itertools.permutations(["", LONG, "x"], 2)),
        *(x302._say(*each) for each in itertools.permutations(["", LONG], 2)),
        x205._say(
            "completion", "certificate", minutes=5_258_745, inverted=99_999_999, pairs=99_999_999
        ),
    ],
)
def test_sentences_are_short_and_plain(said: str) -> None:
    assert len(said) <= 160
    assert said.isprintable()
    assert said[0].isupper()
    assert said.endswith(".")


@pytest.mark.parametrize("members", [[], [0], [255], [0, 1, 2], [3, 4, 9, 254, 255], range(256)])
def test_members_by_comparison_are_those_of_a_look_up(members: list[int]) -> None:
    values = np.arange(256, dtype=np.uint8)
    assert np.flatnonzero(among(values, list(members))).tolist() == sorted(members)
