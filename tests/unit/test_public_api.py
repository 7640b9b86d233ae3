"""What ``import engine`` offers: names, examples, options, and tables that others take."""

from __future__ import annotations

import copy
import csv
import doctest
import inspect
import pickle
import subprocess
import sys
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import msgspec
import numpy as np
import pandas
import polars
import pyarrow as pa
import pytest

import engine
import engine.record
from engine.dialects import Named

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
        assert set(dir(engine)) == {*engine.__all__, "__version__"}

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
            {"tolerance": "1"},
            {"date_order": "ymd"},
            {"across": "all"},
        ],
    )
    def test_what_is_wrong_is_a_usage_error(self, plain: Path, options: dict[str, Any]) -> None:
        with pytest.raises(engine.UsageError, match=f"{next(iter(options))}.* is .*; it must be "):
            engine.audit(plain, **options)

    def test_an_option_that_is_none_is_a_type_error(self, plain: Path) -> None:
        with pytest.raises(TypeError, match="histories"):
            engine.audit(plain, histories="partial")  # type: ignore[call-arg]

    @pytest.mark.parametrize("call", [engine.audit, engine.compare, engine.reconcile])
    def test_every_option_is_a_keyword_with_its_type_and_default(self, call: Any) -> None:
        hints = typing.get_type_hints(engine.Options)
        parameters = inspect.signature(call, eval_str=True).parameters
        for field in msgspec.structs.fields(engine.Options):
            parameter = parameters[field.name]
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
            hint = hints[field.name] if field.name != "dialect" else Named | None
            assert (parameter.annotation, parameter.default) == (hint, field.default)

    def test_no_public_call_takes_any_keyword(self) -> None:
        calls = [engine.audit, engine.compare, engine.reconcile]
        for kind in (engine.Store, engine.Audit, engine.Comparison, engine.Reconciliation):
            calls += [getattr(kind, name) for name in vars(kind) if not name.startswith("_")]
        for call in filter(callable, calls):
            for parameter in inspect.signature(call).parameters.values():
                assert parameter.kind is not inspect.Parameter.VAR_KEYWORD, call

    @pytest.mark.parametrize("name", ["of_learner", "timeline", "audit", "append", "rebuild"])
    def test_the_options_of_a_store_are_those_of_an_audit(self, name: str) -> None:
        known = inspect.signature(engine.audit).parameters
        for each in inspect.signature(getattr(engine.Store, name)).parameters.values():
            if each.name in engine.Options.__struct_fields__ and name != "rebuild":
                assert str(each) == str(known[each.name])

    def test_a_time_that_is_none(self, plain: Path) -> None:
        with pytest.raises(engine.UsageError):
            engine.audit(plain).status(as_of="yesterday")


class TestQuestions:
    def test_status_of_one_learner_and_content(self, plain: Path) -> None:
        audit = engine.audit(plain)
        rows = audit.status(learner=" ANA@x.example ", content=" Fire ").rows()
        assert [row["status"] for row in rows] == ["started"]
        assert audit.status(content="Water").rows() == []

    def test_a_learner_who_does_not_occur_is_no_empty_table(
        self, plain: Path, tmp_path: Path
    ) -> None:
        audit = engine.audit(plain)
        store = engine.Store(tmp_path / "s.duckdb")
        store.append(plain)
        for ask in (
            lambda: audit.status(learner="anna@x.example"),
            lambda: audit.timeline("anna@x.example"),
            lambda: store.of_learner("anna@x.example"),
            lambda: store.timeline("anna@x.example"),
        ):
            with pytest.raises(engine.UnknownLearnerError, match=r"did you mean 'ana@x\.example'"):
                ask()
        assert issubclass(engine.UnknownLearnerError, engine.UsageError)
        # Known, but without an event by then.
        assert audit.status("2020-01-01", learner="ana@x.example").rows() == []
        assert store.of_learner("ana@x.example", known_on="2020-01-01").status().rows() == []
        store.close()

    def test_one_selector_needs_no_list(self, tmp_path: Path) -> None:
        path = report(tmp_path / "r.csv", (START, "2024-03-01"), (START, "2024-03-02"))
        audit = engine.audit(path)
        for code in ("S2", "S101", "X"):
            assert audit.findings_of(code).rows() == audit.findings_of([code]).rows()
            assert audit.findings_of(ignore=code).rows() == audit.findings_of(ignore=[code]).rows()
        assert len(audit.findings_of("S101")) == 1

    def test_an_audit_can_be_pickled(self, plain: Path) -> None:
        audit = engine.audit(plain, history="partial")
        for again in (pickle.loads(pickle.dumps(audit)), copy.deepcopy(audit)):
            assert again.summary == audit.summary
            assert again.status().rows() == audit.status().rows()

    def test_nothing_is_logged(self, plain: Path) -> None:
        code = (
            "import logging; logging.basicConfig(level=logging.DEBUG)\n"
            f"import engine; engine.audit({str(plain)!r}).findings"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (ran.stderr, ran.returncode) == ("", 0)

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

    def test_polars_takes_them(self, table: str) -> None:
        frame = self.frame(table)
        for taken in (polars.DataFrame(frame), frame.to_polars()):
            assert taken.columns == list(frame.columns)
            assert taken.to_dicts() == frame.rows()

    def test_pandas_takes_them(self, table: str) -> None:
        frame = self.frame(table)
        expected = frame.to_arrow().to_pandas()
        for taken in (pandas.DataFrame(frame), frame.to_pandas()):
            assert list(taken.columns) == list(frame.columns)
            assert len(taken) == len(frame)
            for name in ("learner", "content_title", "possible", "row", "since", "at"):
                if name in expected:
                    cells = [
                        list(each) if isinstance(each, list | np.ndarray) else each
                        for each in (*taken[name], *expected[name])
                    ]
                    assert cells[: len(frame)] == cells[len(frame) :], name

    def test_duckdb_takes_them_by_their_name(self, table: str) -> None:
        frame = self.frame(table)
        for _ in range(2):
            assert duckdb.sql("select count(*) from frame").fetchall() == [(len(frame),)]

    def test_a_table_without_rows_keeps_its_columns(self, table: str) -> None:
        frame = self.frame(table).take(np.arange(0))
        for taken in (frame.to_pandas(), frame.to_polars(), polars.DataFrame(frame)):
            assert list(taken.columns) == list(frame.columns)
            assert len(taken) == 0

    def test_a_column_by_its_name(self, table: str) -> None:
        frame = self.frame(table)
        assert frame["learner"].to_pylist() == [row["learner"] for row in frame.rows()]
        with pytest.raises(KeyError, match="'learners' is no column; there are"):
            frame["learners"]

    def test_a_row_by_attribute_and_by_name(self, table: str) -> None:
        frame = self.frame(table)
        for row, cells in zip(frame, frame.rows(), strict=True):
            assert dict(row) == cells
            assert row.learner == row["learner"] == cells["learner"]  # type: ignore[attr-defined]
            assert (len(row), list(row)) == (len(cells), list(cells))

    def test_they_are_shown_in_short(self, table: str) -> None:
        frame = self.frame(table)
        assert repr(frame).startswith(f"<engine.Frame of {len(frame):,} rows: ")
        page = frame._repr_html_()
        ElementTree.fromstring(f"<div>{page}</div>")
        assert page.count("<tr>") == min(50, len(frame)) + 1
        assert f"{len(frame):,} row" in page


class TestNotebook:
    def test_text_is_escaped(self, tmp_path: Path) -> None:
        path = report(tmp_path / "r.csv", (ENROL, "2024-03-01"))
        path.write_text(path.read_text().replace("Fire", "<script>&"))
        page = engine.audit(path).status()._repr_html_()
        assert "&lt;script&gt;&amp;" in page
        assert "<script" not in page
        assert page.endswith("<p>1 row</p>")

    def test_an_audit_shows_its_summary(self) -> None:
        audit = engine.audit(ROOT / "fixtures" / "demo.csv")
        page = audit._repr_html_()
        ElementTree.fromstring(f"<div>{page}</div>")
        for code, count in audit.summary.findings.items():
            assert f"<td>{code}</td>" in page
            assert f"<td>{count:,}</td>" in page
        assert repr(audit) == (
            f"<engine.Audit of {audit.summary.rows:,} rows: {ROOT / 'fixtures' / 'demo.csv'}>"
        )
