"""``engine.testing.check``: what it takes and compares, and how it says that a model is wrong."""

from __future__ import annotations

import doctest
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

import engine
import engine.testing
import engine.testing.report as report_module
from engine.testing import Disagreement, Report, check, history, reports
from engine.testing.oracle import audit_of, expected
from engine.testing.report import COLUMNS

Rows = list[dict[str, Any]]


def right(report: Report, *, history: Any = "complete") -> Rows:
    """The engine itself, as a model."""
    return audit_of(report, history).status().rows()


def from_rows(rows: Rows) -> Report:
    return Report(
        engine.Event(
            learner=row["email"],
            panorama=row["panorama_name"],
            content_type=row["content_type"],
            content_title=row["content_title"],
            type=row["type"],
            source=row["source"],
            at=row["timestamp"],
        )
        for row in rows
    )


def engine_itself(rows: Rows) -> Rows:
    return right(from_rows(rows))


@pytest.mark.parametrize("module", [engine.testing, report_module])
def test_examples_in_docstrings_run(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_engine_agrees_with_itself() -> None:
    check(engine_itself, frame="rows", examples=40)


def test_dates_and_cycles_can_be_compared_too() -> None:
    fields = ("status", "enrolled_at", "completed_at", "cycles")
    check(engine_itself, frame="rows", examples=20, compare=fields)

    def off_by_one(rows: Rows) -> Rows:
        return [{**row, "cycles": row["cycles"] + 1} for row in engine_itself(rows)]

    only = _only(Report(history("E")))
    with pytest.raises(Disagreement) as caught:
        check(off_by_one, frame="rows", reports=only, compare=fields)
    assert (caught.value.field, caught.value.expected, caught.value.given) == ("cycles", "1", "2")


def always(status: Any) -> Any:
    def model(rows: Rows) -> Rows:
        keys = {(row["email"], row["content_title"]) for row in rows}
        return [
            {"learner": email, "content_title": title, "status": status} for email, title in keys
        ]

    return model


class TestDisagreement:
    @pytest.fixture(scope="class")
    @classmethod
    def found(cls) -> Disagreement:
        with pytest.raises(Disagreement) as caught:
            check(always("enrolled"), frame="rows", reports=reports(spellings=False))
        return caught.value

    def test_is_an_assertion_with_the_smallest_report(self, found: Disagreement) -> None:
        assert isinstance(found, AssertionError)
        assert len(found.report) == 1
        assert found.notation == str(found.report.histories[0])
        assert (found.learner, found.content_title) == ("ana@example.com", "Fire Safety")
        assert (found.field, found.given) == ("status", "enrolled")
        (record,) = expected(found.report)
        assert found.expected == record.values["status"] != "enrolled"

    def test_reads_as_a_page(self, found: Disagreement) -> None:
        page = str(found)
        assert page.startswith("The model is wrong on a report of 1 row:")
        assert "  row  email" in page
        assert f"notation  {found.notation}" in page
        assert f"expected  {found.expected}" in page
        assert "given     enrolled" in page
        assert f"not enrolled → {found.expected}" in page, "the reason, as explain words it"


@pytest.mark.parametrize(
    ("status", "given"),
    [(None, "null"), ("in progress", "'in_progress', which is none of"), ("uncertain", "none of")],
)
def test_a_word_that_is_no_status(status: Any, given: str) -> None:
    with pytest.raises(Disagreement) as caught:
        check(always(status), frame="rows", reports=_only(Report(history("E"))))
    assert given in caught.value.given


@pytest.mark.parametrize("spelled", [str.upper, str.title, lambda text: f" {text} "])
def test_statuses_may_be_spelled_otherwise(spelled: Any) -> None:
    def model(rows: Rows) -> Rows:
        told = engine_itself(rows)
        return [
            {
                "Email": row["learner"].upper(),
                "Content Title": row["content_title"],
                "STATUS": spelled(row["status"].replace("_", " ")),
            }
            for row in told
        ]

    check(model, frame="rows", examples=15)


def test_a_missing_row_a_second_one_and_one_too_many() -> None:
    report = Report(history("E | S"))
    given = {"learner": "ana@example.com", "content_title": "Fire Safety", "status": "started"}
    other = {**given, "learner": "bob@example.com"}
    for rows, told in (
        ([], ("started", "no row")),
        ([given, given], ("one row", "2 rows")),
        ([given, other], ("no such record", "started")),
    ):
        with pytest.raises(Disagreement) as caught:
            check(lambda _, rows=rows: rows, frame="rows", reports=_only(report))
        assert (caught.value.expected, caught.value.given) == told


def _only(report: Report) -> Any:
    from hypothesis import strategies as st

    # The call before the search is with another report, and may be wrong there.
    return st.just(report)


def test_what_is_uncertain_is_not_compared() -> None:
    uncertain = Report(history("E | U"))
    for status in ("enrolled", "completed", "anything", None):
        check(always(status), frame="rows", reports=_only(uncertain))
    check(lambda _: [], frame="rows", reports=_only(uncertain))


def test_a_partial_history_makes_more_uncertain() -> None:
    unopened = Report(history("G | set_started | R"))
    check(always("revoked"), frame="rows", reports=_only(unopened), history="partial")
    certified = Report(history("scorm_progress"))
    with pytest.raises(Disagreement):
        check(always("enrolled"), frame="rows", reports=_only(certified))
    check(always("enrolled"), frame="rows", reports=_only(certified), history="partial")


def test_an_exception_is_reported_with_the_smallest_report() -> None:
    def model(rows: Rows) -> Rows:
        if any(row["type"] == "revoked_access" for row in rows):
            raise KeyError("revoked")
        return engine_itself(rows)

    with pytest.raises(Disagreement, match="The model fails on a report of 1 row") as caught:
        check(model, frame="rows")
    assert isinstance(caught.value.error, KeyError)
    assert caught.value.__cause__ is caught.value.error
    assert caught.value.notation == "R"


def test_a_model_that_hangs_on_chance() -> None:
    asked = 0

    def model(rows: Rows) -> Rows:
        nonlocal asked
        asked += 1
        return engine_itself(rows) if asked != 12 else []

    with pytest.raises(Disagreement, match="must not depend on chance"):
        check(model, frame="rows", examples=50)


class TestFrames:
    @pytest.mark.parametrize("kind", ["arrow", "polars", "pandas", "rows"])
    def test_by_name(self, kind: Any) -> None:
        if kind in ("polars", "pandas"):
            pytest.importorskip(kind)
        seen = set()

        def model(table: Any) -> Any:
            seen.add(type(table).__module__.split(".")[0])
            return pa.table(
                {"learner": ["ana@example.com"], "content": ["Fire Safety"], "status": ["enrolled"]}
            )

        check(model, frame=kind, reports=_only(Report(history("E"))))
        assert seen == {"arrow": {"pyarrow"}, "rows": {"builtins"}}.get(kind, {kind})

    def test_by_annotation_of_polars(self) -> None:
        polars = pytest.importorskip("polars")

        def model(table: polars.DataFrame) -> polars.DataFrame:
            assert isinstance(table, polars.DataFrame)
            return table.select(
                learner="email", content_title="content_title", status=polars.lit("enrolled")
            )

        check(model, reports=_only(Report(history("E"))))

    def test_by_annotation_of_pandas(self) -> None:
        pandas = pytest.importorskip("pandas")

        def model(table: pandas.DataFrame) -> pandas.DataFrame:
            assert isinstance(table, pandas.DataFrame)
            return table.assign(learner=table["email"], status="enrolled")

        check(model, reports=_only(Report(history("E"))))

    def test_the_seven_columns(self) -> None:
        table = Report(history("E +0.5s S")).to_arrow()
        assert table.schema.names == list(COLUMNS)
        assert table.schema.field("timestamp").type == pa.timestamp("us", "UTC")
        assert table.column("timestamp")[1].as_py().microsecond == 500_000
        assert Report().to_arrow().num_rows == 0


@pytest.mark.parametrize(
    ("model", "options", "told"),
    [
        (lambda _: 7, {}, "returned int"),
        (lambda _: [{"learner": "a", "status": "enrolled"}], {}, "no column 'content_title'"),
        (lambda _: [{"content": "a", "status": "enrolled"}], {}, "no column 'learner'"),
        (engine_itself, {"compare": ("since",)}, "compare is"),
        (engine_itself, {"compare": "status"}, "compare is"),
        (engine_itself, {"frame": "spark"}, "frame is"),
        (engine_itself, {"history": "most"}, "history is"),
        (engine_itself, {"examples": 0}, "examples is 0"),
    ],
)
def test_what_is_wrong_with_the_call_is_one_sentence(model: Any, options: Any, told: str) -> None:
    with pytest.raises(engine.UsageError, match=told) as caught:
        check(model, **{"frame": "rows", **options})
    assert "\n" not in str(caught.value)


def test_without_hypothesis_the_notation_works_and_the_rest_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from engine.testing import history\n"
        "print(history('E S'))\n"
        "try:\n    from engine.testing import check\n"
        "except ImportError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.stdout.splitlines() == [
        "E S",
        'engine.testing.check needs Hypothesis; run: pip install "learner-engine[testing]"',
    ], ran.stderr


def test_every_public_name_resolves() -> None:
    assert engine.testing.__all__ == sorted(engine.testing.__all__)
    for name in engine.testing.__all__:
        assert getattr(engine.testing, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'checks'"):
        _ = engine.testing.checks  # type: ignore[attr-defined]
