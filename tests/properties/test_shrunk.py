"""A shrunk report still has the finding, is as small as it can be, and holds nothing real."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import NOW, Row, reports, write

import engine
from engine.cases.moved import DAY, rows_in_2024
from engine.cases.rows import Row as Cells
from engine.cases.shrink import Case, shrink
from engine.cases.smallest import smallest
from engine.dialects.dialect import canonical
from engine.dialects.usual import PAIRS
from engine.instants import format_utc, parse_instant
from engine.rules.catalogue import CATALOGUE

FIXTURES = Path(__file__).parents[2] / "fixtures"
DEMO = FIXTURES / "demo.csv"
LISTED = {canonical(word) for pair in PAIRS for word in (pair.type, pair.source)}
FAIR = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def demo() -> engine.Audit:
    return engine.audit(DEMO, across=True)


def real_texts(report: Path) -> set[str]:
    """Every cell of a report but the published words, and the first word of its content types."""
    with open(report, encoding="utf-8", newline="") as file:
        rows = [line for line in csv.reader(file) if line][1:]
    kept = {row[2].strip() for row in rows if len(row) > 2} & {
        "course",
        "webinar",
        "article",
        "video",
    }
    cells = {cell.strip() for row in rows for cell in row} - {""} - kept
    return {cell for cell in cells if canonical(cell) not in LISTED}


def cells_of(case: Case) -> set[str]:
    return {cell for row in csv.reader(io.StringIO(case.report.decode())) for cell in row}


def audited(case: Case, folder: Path, **options: object) -> engine.Audit:
    path = folder / "case.csv"
    path.write_bytes(case.report)
    return engine.audit(path, **{"across": True, "now": NOW, **case.options, **options})


DEMO_CODES = sorted(engine.audit(DEMO, across=True).summary.findings)


@pytest.mark.parametrize("keep_gaps", [False, True], ids=["plain", "gaps"])
@pytest.mark.parametrize("code", DEMO_CODES)
def test_of_the_demo_report_at_most_five_rows_are_left_and_nothing_real(
    code: str, keep_gaps: bool, demo: engine.Audit, tmp_path: Path
) -> None:
    case = shrink(demo, code, keep_gaps=keep_gaps)
    assert case.rows <= 5
    assert case.report.count(b"\n") == case.rows + 1
    assert code in audited(case, tmp_path).summary.findings
    assert not [text for text in real_texts(DEMO) if text.encode() in case.report]


@pytest.mark.parametrize(
    "code", [code for code in CATALOGUE if code[0] in "RSX" and code != "X205"]
)
def test_of_every_code_no_row_can_be_spared(code: str, tmp_path: Path) -> None:
    source = engine.audit(FIXTURES / "codes" / code / "bad.csv", across=True)
    case = shrink(source, code)
    again = audited(case, tmp_path)
    if not code.startswith("R"):
        assert set(again.summary.findings) <= set(source.summary.findings)
    assert shrink(again, code).rows == case.rows
    assert case.rows <= (9 if code == "S304" else 6)
    header, *lines = case.report.splitlines(keepends=True)
    allowed = set(again.summary.findings)
    for number in range(len(lines) if len(lines) > 1 else 0):
        rest = Case(header + b"".join(lines[:number] + lines[number + 1 :]), 0, {}, 0, False)
        left = set(audited(rest, tmp_path).summary.findings)
        assert code not in left or not left <= allowed


def test_the_same_report_gives_the_same_case(demo: engine.Audit) -> None:
    again = engine.audit(DEMO)
    for code in ("S302", "S202"):
        assert shrink(demo, code).report == shrink(again, code).report


def test_distances_that_a_finding_is_about_are_kept(tmp_path: Path) -> None:
    # Records that overlap irregularly: a day from each instant to the next, and every lag differs.
    rows = [
        (f"l{n}@x", "", "c", "t", *what, f"{n * n * 2:d}")
        for n in range(20)
        for what in [("status_change", "course_completed"), ("status_change", "course_started")]
    ]
    day = parse_instant("2021-05-01", "UTC")
    lag = iter([0, 3_600_000_000] * 20)
    moments = [day + int(row[6]) * 60_000_000 + next(lag) for row in rows]
    report = write(
        tmp_path / "report.csv",
        [(*row[:6], format_utc(at)) for row, at in zip(rows, moments, strict=True)],
    )
    source = engine.audit(report, across=True)
    case = shrink(source, "X205")
    assert (case.kept_gaps, case.rows) == (True, 40)
    assert "X205" in audited(case, tmp_path).summary.findings


@FAIR
@given(reports(), st.booleans(), st.sampled_from([0, 1]))
def test_nothing_real_is_left_of_any_report(
    tmp_path: Path, rows: list[Row], keep_gaps: bool, tolerance: int
) -> None:
    report = write(tmp_path / "report.csv", rows)
    source = engine.audit(report, across=True, now=NOW, tolerance=tolerance)
    for code in sorted(source.summary.findings)[-3:]:
        case = shrink(source, code, keep_gaps=keep_gaps)
        assert code in audited(case, tmp_path).summary.findings
        real = {text.lower() for text in real_texts(report)}
        assert real.isdisjoint(cell.lower() for cell in cells_of(case))


def test_plain_names_are_not_those_of_the_report(tmp_path: Path) -> None:
    name = ("learner1@example.com", "Panorama 1", "course", "Content 1")
    rows = [
        (*name, "enrollment", "unlisted_source_1", "2024-01-01T09:00:00Z"),
        (*name, "status_change", "course_started", "2024-01-02T09:00:00Z"),
        (*name, "status_change", "course_started", "9999-99-99"),
        (*name, "unlisted_type_1", "course_started", "no time"),
        (*name, "status_change", "course_started", "no time"),
    ]
    report = write(tmp_path / "report.csv", rows)
    source = engine.audit(report, across=True)
    assert set(source.summary.findings) == {"R003", "R004", "R005"}
    for code in source.summary.findings:
        case = shrink(source, code)
        assert code in audited(case, tmp_path).summary.findings
        assert cells_of(case).isdisjoint(real_texts(report))


BROKEN = {
    "too few cells": (b"a,b,c\n", 6),
    "too many cells": (b"a,b,c,d,e,f,g,h,i\n", 8),
    "a NUL": (b"a,b\0,c,d,e,f,g\n", 7),
    "no text": (b"a,b\xff,c,d,e,f,g\n", 7),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_row_is_broken_in_the_same_way(kind: str, tmp_path: Path) -> None:
    line, cells = BROKEN[kind]
    report = tmp_path / "report.csv"
    header = (
        codecs.BOM_UTF8 + b"Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp\n"
    )
    report.write_bytes(header + line)
    source = engine.audit(report)
    case = shrink(source, "R001")
    again = audited(case, tmp_path)
    before, after = ([row["message"] for row in each.findings.rows()] for each in (source, again))
    assert case.report.splitlines()[1].count(b",") + 1 == cells
    assert (before == after) == (cells == 7)


@given(st.integers(0, 40), st.frozensets(st.integers(0, 39), max_size=6), st.integers(0, 3))
def test_the_smallest_part_lacks_nothing_and_has_nothing_to_spare(
    size: int, needed: frozenset[int], others: int
) -> None:
    needed = frozenset(number for number in needed if number < size)
    spare = set(range(size)) - needed
    others = min(others, len(spare))
    asked: list[tuple[int, ...]] = []

    def shows(part: object) -> bool:
        assert isinstance(part, list)
        asked.append(tuple(part))
        return needed <= set(part) and len(spare & set(part)) >= others

    found = smallest(range(size), shows)
    if size:
        assert shows(found)
        asked.pop()
        assert len(found) == max(1, len(needed) + others)
        assert found == sorted(found)
    assert len(asked) == len(set(asked)), "no question is asked twice"
    assert () not in asked


MOMENTS = st.lists(st.integers(-3, 3).map(lambda day: day * DAY), max_size=6)


@given(MOMENTS, st.sampled_from([0, 1, DAY, 3 * DAY]), st.sampled_from([DAY, None]))
def test_moved_times_keep_order_ties_and_gaps(
    times: list[int], tolerance: int, step: int | None
) -> None:
    now = DAY
    moved = rows_in_2024(
        [Cells(at=at) for at in times],
        step=step,
        tolerance=tolerance,
        now=now,
        taken=set(times).__contains__,
    )
    pairs = sorted(zip(times, [row.at or 0 for row in moved], strict=True))
    for (before, here), (after, there) in pairwise(pairs):
        assert (before == after) == (here == there)
        assert here <= there
        same_side = (before <= now) == (after <= now)
        if step is None and same_side:
            assert there - here == after - before
        elif same_side:
            assert (there - here <= tolerance) == (after - before <= tolerance)
    this_year, future = parse_instant("2024-01-01", "UTC"), parse_instant("2998-12-31", "UTC")
    assert all((there > future) == (at > now) for at, there in pairs)
    if step is not None and not tolerance:
        assert all(
            this_year - DAY < there < this_year + 365 * DAY for at, there in pairs if at <= now
        )


def test_times_avoid_those_of_the_original() -> None:
    first = parse_instant("2024-01-01T09:00:00Z", "UTC")
    [row] = rows_in_2024(
        [Cells(at=first)], step=DAY, tolerance=0, now=first, taken={first}.__contains__
    )
    assert row.at == first + 60_000_000


def test_many_instants_fit_into_the_year() -> None:
    rows = [Cells(at=second * 1_000_000) for second in range(2_000)]
    moved = rows_in_2024(rows, step=DAY, tolerance=0, now=DAY, taken=lambda at: False)
    places = [row.at or 0 for row in moved]
    assert len(set(places)) == 2_000
    assert max(places) < parse_instant("2025-01-01T00:00:00Z", "UTC")
