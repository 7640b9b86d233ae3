"""Tables in memory: their names, their types, and what is wrong with them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas
import polars
import pyarrow as pa
import pytest

import engine
from engine.intake import arrow_text

CELLS: dict[str, list[Any]] = {
    "Email": ["ana@x.example", "ana@x.example"],
    "Content Title": ["Fire", "Fire"],
    "Type": ["enrollment", "status_change"],
    "Source": ["registration", "course_started"],
    "Timestamp": ["2024-03-01T09:00:00", "2024-03-02T09:00:00"],
}


def table(**changed: Any) -> pa.Table:
    return pa.table({**CELLS, **{name.replace("_", " "): cells for name, cells in changed.items()}})


def times(cells: pa.Array, **options: Any) -> list[str]:
    audit = engine.audit(table(Timestamp=cells), **options)
    assert audit.summary.quarantined == 0
    return [f"{row['valid_from']:%Y-%m-%dT%H:%M:%S.%f}" for row in audit.timeline().rows()]


class TestNames:
    def files(self, *sources: Any, **name: Any) -> list[str]:
        return engine.audit(list(sources), **name).records.files

    def test_tables_are_numbered_from_the_second_on(self) -> None:
        assert self.files(table()) == ["table"]
        assert self.files(table(), table(), table()) == ["table", "table-2", "table-3"]
        assert self.files(table(), table(), name="rows") == ["rows", "rows-2"]
        assert self.files(table(), table(), name=["a", "b"]) == ["a", "b"]

    def test_both_sides_of_a_comparison_are_numbered_together(self) -> None:
        result = engine.compare([table(), table()], table())
        assert result.old.records.files == ["table", "table-2"]
        assert result.new.records.files == ["table-3"]

    @pytest.mark.parametrize(
        ("source", "name", "told"),
        [
            ([table()], ["a", "b"], "name has 2 names and 1 tables"),
            ([table(), table()], ["a", "a"], "each another"),
            ([table()], "", "each another"),
            (["report.csv"], "a", "no table was given"),
        ],
    )
    def test_names_that_do_not_fit(self, source: Any, name: Any, told: str) -> None:
        with pytest.raises(engine.UsageError, match=told):
            engine.audit(source, name=name)


class TestTimes:
    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    def test_without_a_zone_they_are_in_that_of_the_audit(self, unit: str) -> None:
        cells = pa.array([datetime(2024, 3, 1, 9), datetime(2024, 3, 2, 9)], pa.timestamp(unit))
        assert times(cells, timezone="Asia/Tokyo")[0] == "2024-03-01T00:00:00.000000"

    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "+05:45", "No/Where"])
    def test_with_a_zone_they_are_what_they_are(self, zone: str) -> None:
        instants = pa.array([1_709_283_600_000_000, 1_709_370_000_000_000], pa.int64())
        cells = instants.cast(pa.timestamp("us", zone))
        assert times(cells, timezone="Asia/Tokyo")[0] == "2024-03-01T09:00:00.000000"

    @pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
    def test_dates_begin_at_midnight(self, kind: pa.DataType) -> None:
        cells = pa.array([date(2024, 3, 1), date(2024, 3, 2)], kind)
        assert times(cells)[0] == "2024-03-01T00:00:00.000000"

    @pytest.mark.parametrize("kind", [pa.int64(), pa.uint32(), pa.float64(), pa.decimal128(20, 0)])
    def test_numbers_are_seconds_as_in_files(self, kind: pa.DataType) -> None:
        cells = pa.array([1_709_283_600, 1_709_370_000], pa.int64()).cast(kind)
        assert times(cells)[0] == "2024-03-01T09:00:00.000000"


class TestCells:
    def test_whole_numbers_have_no_fraction_and_none_is_no_cell(self) -> None:
        ids = pa.array([12.0, float("nan")])
        audit = engine.audit(table(Id=ids))
        assert audit.records.event_ids.to_pylist() == ["12", ""]

    def test_a_category_that_no_row_has_is_no_learner(self) -> None:
        frame = table().to_pandas()
        learners = ["ana@x.example", "bob@x.example"]
        frame["Email"] = pandas.Categorical(frame["Email"], learners)
        audit = engine.audit(frame)
        assert audit.summary.learners == 1
        with pytest.raises(engine.UnknownLearnerError):
            audit.status(learner="bob@x.example")

    def test_missing_cells_are_quarantined_by_their_row(self) -> None:
        audit = engine.audit(table(Email=["ana@x.example", None]))
        assert [(each.file, each.row, each.code, each.detail) for each in audit.quarantined] == [
            ("table", 2, "R002", "email")
        ]

    @pytest.mark.parametrize("coded", [False, True])
    def test_bytes_that_are_no_text_are_rejected_alone(self, coded: bool) -> None:
        emails = pa.array([b"ana@x.example", b"\xff"])
        audit = engine.audit(table(Email=emails.dictionary_encode() if coded else emails))
        assert [(each.row, each.code) for each in audit.quarantined] == [(2, "R001")]
        assert audit.summary.events == 1

    def test_a_column_within_a_column_of_structs(self) -> None:
        client = pa.array([{"id": 1, "client": "North"}, {"id": 2, "client": "South"}])
        audit = engine.audit(pa.table({"userDetail": client, **CELLS}))
        assert audit.records.panoramas.to_pylist() == ["North", "South"]

    def test_texts_longer_than_an_array_can_hold_are_taken_in_parts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = arrow_text._text

        def small(cells: pa.Array) -> pa.StringArray:
            if len(cells) > 3:
                raise pa.ArrowInvalid("input array too large")
            return read(cells)

        cells = pa.array([f"text {n}" for n in range(50)], pa.large_string())
        monkeypatch.setattr(arrow_text, "_text", small)
        chunks = arrow_text.text_chunks(cells, "id", "Id", "table")
        assert pa.chunked_array(chunks).to_pylist() == cells.to_pylist()


class Broken:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise RuntimeError("the connection\nwas closed")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (table().drop_columns(["Email", "Type"]), "table: no column for Email, Type; found: Cont"),
        (table()[:0], "table: it has the columns of a report but no rows"),
        (table(Email=[["a"], ["b"]]), "table: the column 'Email' holds list<.*>, which cannot be"),
        (polars.Series(["a"]), "table: it is a single column"),
        (pandas.DataFrame({**CELLS, "Email": ["a", 1]}), "table: it cannot be read"),
        (Broken(), r"table: it cannot be read \(the connection\\nwas closed\)"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_one_sentence(source: Any, told: str) -> None:
    with pytest.raises(engine.InputError, match=told) as caught:
        engine.audit(source)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [3, None, polars.LazyFrame(CELLS), [table(), 3], []])
def test_what_is_no_source_is_a_usage_error(source: Any) -> None:
    for call in (engine.audit, engine.Store("s.duckdb").append):
        with pytest.raises(engine.UsageError, match=r"(audit|append)\(\) (needs|cannot read)"):
            call(source)


def test_a_stream_that_was_read_has_nothing_left() -> None:
    reader = table().to_reader()
    assert engine.audit(reader).summary.rows == 2
    with pytest.raises(engine.InputError, match="a stream that was read before has none left"):
        engine.audit(reader)


def test_a_list_of_statuses_may_be_a_table(tmp_path: Path) -> None:
    statuses = {"email": ["ana@x.example"], "course": ["Fire"], "status": ["completed"]}
    path = tmp_path / "statuses.csv"
    polars.DataFrame(statuses).write_csv(path)
    of_file = engine.reconcile(table(), against=path).findings.rows()
    for against in (polars.DataFrame(statuses), pandas.DataFrame(statuses), pa.table(statuses)):
        result = engine.reconcile(table(), against=against, name=["report", "statuses"])
        moved = [
            row
            | {"their_row": row["their_row"] - 1, "their_file": "statuses"}
            | {"message": None, "file": "report"}
            for row in of_file
        ]
        found = [{**row, "message": None} for row in result.findings.rows()]
        assert found == moved
        assert found


def test_what_comes_out_goes_in_again() -> None:
    audit = engine.audit(table())
    for against in (audit.status(), audit.status().to_polars(), audit.status().to_pandas()):
        assert len(engine.reconcile(table(), against=against).findings) == 0
