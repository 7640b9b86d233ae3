"""What ``import engine`` offers: names, examples, options, and tables that others take."""

from __future__ import annotations

import csv
import doctest
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

import engine
import engine.record

ROOT = Path(__file__).parents[2]
HEADER = ("Email", "Panorama Name", "Content Type", "Content Title", "Type", "Source", "Timestamp")
ENROL = ("enrollment", "registration")
START = ("status_change", "course_started")
COMPLETE = ("status_change", "course_completed")


def report(path: Path, *rows: tuple[Sequence[str], str], panoramas: Sequence[str] = ()) -> Path:
    """A report about one learner and content: (Type, Source) and Timestamp of each row."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, (pair, at) in enumerate(rows):
            panorama = panoramas[number] if panoramas else ""
            writer.writerow(["ana@x.example", panorama, "course", "Fire", *pair, at])
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return report(
        tmp_path / "r.csv", (ENROL, "2024-03-01T09:00:00"), (START, "2024-03-02T09:00:00")
    )


class TestNames:
    def test_every_public_name_resolves(self) -> None:
        for name in engine.__all__:
            assert getattr(engine, name) is not None
        assert set(engine.__all__) <= set(dir(engine))

    def test_names_are_sorted_and_have_a_docstring(self) -> None:
        assert engine.__all__ == sorted(engine.__all__)
        for name in engine.__all__:
            assert name == "Belief" or getattr(engine, name).__doc__, name

    def test_no_other_name_is_invented(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'audits'"):
            _ = engine.audits  # type: ignore[attr-defined]

    def test_a_record_needs_neither_numpy_nor_pyarrow(self) -> None:
        code = (
            "import sys, engine; engine.Record()\n"
            "print(sorted({'numpy', 'pyarrow', 'pandas'} & set(sys.modules)))"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (ran.stdout.strip(), ran.returncode) == ("[]", 0), ran.stderr


@pytest.mark.parametrize("module", [engine, engine.record])
def test_examples_in_docstrings_run(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


class TestSources:
    def test_a_path_a_text_and_a_list_are_the_same(self, plain: Path) -> None:
        summaries = [engine.audit(each).summary for each in (plain, str(plain), [plain])]
        assert summaries[0] == summaries[1] == summaries[2]
        assert summaries[0].events == 2

    def test_several_reports_are_one_history(self, tmp_path: Path) -> None:
        first = report(tmp_path / "a.csv", (ENROL, "2024-03-01"))
        second = report(tmp_path / "b.csv", (START, "2024-03-02"))
        for source in ([first, second], [second, first], tmp_path):
            assert engine.audit(source).summary.findings == {}

    def test_a_missing_file_is_an_input_error(self, tmp_path: Path) -> None:
        with pytest.raises(engine.InputError) as caught:
            engine.audit(tmp_path / "none.csv")
        assert isinstance(caught.value, engine.UserError)
        assert str(tmp_path / "none.csv") in str(caught.value)

    def test_progress_is_told(self, plain: Path) -> None:
        stages: list[str] = []
        engine.audit(plain, progress=stages.append)
        assert stages[0] == f"reading {plain}"
        assert len(stages) > 1


class TestOptions:
    def test_history(self, tmp_path: Path) -> None:
        path = report(tmp_path / "r.csv", (START, "2024-03-01"))
        assert engine.audit(path).summary.findings == {"S101": 1}
        partial = engine.audit(path, history="partial")
        assert "S101" not in partial.summary.findings
        assert (partial.summary.history, engine.audit(path).summary.history) == (
            "partial",
            "complete",
        )

    def test_tolerance_in_seconds(self, tmp_path: Path) -> None:
        rows = ((START, "2024-03-01T09:00:00Z"), (ENROL, "2024-03-01T09:00:01.5Z"))
        path = report(tmp_path / "r.csv", *rows)
        assert "S101" in engine.audit(path).summary.findings
        assert "S101" in engine.audit(path, tolerance=1.4999).summary.findings
        assert engine.audit(path, tolerance=1.5).summary.findings == {}

    def test_key(self, tmp_path: Path) -> None:
        rows = ((ENROL, "2024-03-01"), (ENROL, "2024-03-02"))
        path = report(tmp_path / "r.csv", *rows, panoramas=("North", "South"))
        assert engine.audit(path).summary.streams == 1
        apart = engine.audit(path, key="email,panorama,content").summary
        assert (apart.streams, apart.findings, apart.learners, apart.contents) == (2, {}, 1, 1)

    def test_timezone(self, plain: Path) -> None:
        summary = engine.audit(plain, timezone="Asia/Tokyo").summary
        assert (summary.first, summary.timezone) == ("2024-03-01T00:00:00Z", "Asia/Tokyo")

    def test_date_order_and_timestamp_format(self, tmp_path: Path) -> None:
        path = report(tmp_path / "r.csv", (ENROL, "03/04/2024"))
        with pytest.raises(engine.InputError, match=r"date[-_]order"):
            engine.audit(path)
        assert engine.audit(path, date_order="dmy").summary.first == "2024-04-03T00:00:00Z"
        assert engine.audit(path, date_order="mdy").summary.first == "2024-03-04T00:00:00Z"
        summary = engine.audit(path, timestamp_format="%d/%m/%Y").summary
        assert summary.first == "2024-04-03T00:00:00Z"

    def test_now(self, plain: Path) -> None:
        moment = 1_709_300_000_000_000  # 2024-03-01T13:33:20Z, between the two rows
        assert engine.audit(plain, now=moment).summary.findings == {"R006": 1}
        assert engine.audit(plain).summary.findings == {}

    @pytest.mark.parametrize(
        "options",
        [
            {"history": "most"},
            {"key": "email"},
            {"tolerance": -1},
            {"tolerance": float("nan")},
            {"tolerance": float("inf")},
            {"histories": "partial"},
        ],
    )
    def test_what_is_wrong_is_a_usage_error(self, plain: Path, options: dict[str, object]) -> None:
        with pytest.raises(engine.UsageError):
            engine.audit(plain, **options)

    def test_a_time_that_is_none(self, plain: Path) -> None:
        with pytest.raises(engine.UsageError):
            engine.audit(plain).status(as_of="yesterday")


class TestQuestions:
    def test_status_of_one_learner_and_content(self, plain: Path) -> None:
        audit = engine.audit(plain)
        rows = audit.status(learner=" ANA@x.example ", content=" Fire ").rows()
        assert [row["status"] for row in rows] == ["started"]
        assert audit.status(learner="bob@x.example").rows() == []
        assert audit.status(content="Water").rows() == []
        assert audit.timeline("bob@x.example").rows() == []

    def test_a_day_ends_in_the_audits_time_zone(self, plain: Path) -> None:
        def status(as_of: str, zone: str) -> list[str]:
            found = engine.audit(plain, timezone=zone).status(as_of=as_of)
            return [row["status"] for row in found.rows()]

        assert status("2024-03-01", "UTC") == ["enrolled"]
        assert status("2024-03-02", "UTC") == ["started"]
        assert status("2024-02-29", "UTC") == []
        # 09:00 in Auckland is the day before in UTC, and still that day there.
        assert status("2024-03-01", "Pacific/Auckland") == ["enrolled"]

    def test_findings_can_be_selected(self, tmp_path: Path) -> None:
        path = report(tmp_path / "r.csv", (START, "2024-03-01"), (START, "2024-03-02"))
        audit = engine.audit(path)
        assert [row["code"] for row in audit.findings.rows()] == ["S101", "S203"]
        assert [row["code"] for row in audit.findings_of(["S2"]).rows()] == ["S203"]
        assert [row["code"] for row in audit.findings_of(ignore=["S2"]).rows()] == ["S101"]
        with pytest.raises(engine.UsageError):
            audit.findings_of(["X9"])

    def test_the_summary_is_a_struct(self, plain: Path) -> None:
        summary = engine.audit(plain).summary
        assert isinstance(summary, msgspec.Struct)
        assert summary.rows == summary.events + summary.duplicates + summary.quarantined
        assert summary.statuses["started"] == 1


@pytest.mark.parametrize("table", ["findings", "status", "timeline"])
class TestTables:
    def frame(self, table: str) -> engine.Frame:
        audit = engine.audit(ROOT / "fixtures" / "demo.csv")
        found: engine.Frame = audit.findings if table == "findings" else getattr(audit, table)()
        return found

    def test_pyarrow_takes_them_through_the_capsule(self, table: str) -> None:
        frame = self.frame(table)
        taken = pa.table(frame)
        assert taken.num_rows == len(frame) > 0
        assert taken.column_names == list(frame.columns)
        assert taken.to_pylist() == frame.rows()
        taken.validate(full=True)

    def test_a_reader_takes_them_batch_by_batch(self, table: str) -> None:
        frame = self.frame(table)
        reader = pa.RecordBatchReader.from_stream(frame)
        assert sum(batch.num_rows for batch in reader) == len(frame)

    def test_polars_and_duckdb_take_them(self, table: str) -> None:
        frame = self.frame(table)
        polars = pytest.importorskip("polars")
        assert polars.DataFrame(frame).height == len(frame)
        duckdb = pytest.importorskip("duckdb")
        reader = pa.RecordBatchReader.from_stream(frame)
        assert duckdb.sql("select count(*) from reader").fetchall() == [(len(frame),)]
        del reader
