"""A fault is named for what it is: a sound file is not called damaged, nor a flat one deep."""

from __future__ import annotations

import errno
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
from tests.hostile.unfolding_files import workbook

import engine
from engine.errors import InputError
from engine.intake import source
from engine.intake.formats import parquet
from engine.intake.reader import read

_RECORD = b'{"email":"a","type":"enrollment","content_title":"T","timestamp":"2024-01-01"}'


def columns(path: Path, **given: Any) -> str:
    row = {"Email": "a@b", "Type": "enrollment", "Content_Title": "T", "Timestamp": "2024-01-01"}
    rows = max((len(each) for each in given.values()), default=1)
    table = {name: [text] * rows for name, text in row.items()} | given
    pq.write_table(pa.table(table), path)
    return str(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[" + _RECORD + b"] and more", "there is text after the end of the JSON array"),
        (b"[" + _RECORD + b"]]", "there is text after the end of the JSON array"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"[" + _RECORD + b",]", "this is no valid JSON"),
    ],
)
@pytest.mark.parametrize("name", ["r.json", "r.jsonl"])
def test_json(data: bytes, says: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=says):
        read(str(tmp_path / name))


def test_numbers_of_any_width_are_read(tmp_path: Path) -> None:
    def ids(values: list[Any], kind: pa.DataType) -> list[Any]:
        file = columns(tmp_path / "r.parquet", Id=pa.array(values, kind))
        return read(file).columns["id"].to_pylist()

    assert ids([1.0, 2.0, None], pa.float16()) == ["1", "2", None]
    assert ids([1.5, 2.0], pa.float16()) == ["1.5", "2"]
    assert ids([1.0, float("inf")], pa.float64()) == ["1", "inf"]
    assert ids([1.0, 1e300], pa.float64()) == ["1", "1e+300"]
    assert ids([b"abcd"], pa.binary(4)) == ["abcd"]


@pytest.mark.parametrize(
    "endless",
    [
        pa.array([1.7e9, float("inf"), float("-inf")]),
        pa.array([0, 2**63 - 1, -(2**63)], pa.int64()).cast(pa.timestamp("us")),
        pa.array([0, 2**63 - 1, -(2**63)], pa.int64()).cast(pa.timestamp("us", "UTC")),
    ],
)
def test_a_time_without_end_is_one_row_in_quarantine(endless: pa.Array, tmp_path: Path) -> None:
    audit = engine.audit(columns(tmp_path / "r.parquet", Timestamp=endless))
    assert (audit.summary.rows, audit.summary.events) == (3, 1)
    assert audit.summary.findings["R005"] == 2


def test_times_of_an_unknown_zone_are_the_instants_that_they_are(tmp_path: Path) -> None:
    at = [datetime(2024, 1, 2, 3, tzinfo=UTC)]
    times = pa.array(at).cast(pa.timestamp("us", "Mars/Phobos"))
    file = columns(tmp_path / "r.parquet", Timestamp=times)
    assert read(file).columns["timestamp"].to_pylist() == ["2024-01-02 03:00:00Z"]


def test_a_type_without_text_is_named(tmp_path: Path) -> None:
    file = columns(tmp_path / "r.parquet", Id=pa.array([[1]]))
    with pytest.raises(InputError, match="the column 'Id' holds list<"):
        read(file)


@pytest.mark.parametrize("name", ["r.csv.gz", "r.parquet", "r.xlsx", "r.json"])
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (MemoryError(), "there is not enough memory to read it"),
        (pa.ArrowMemoryError("malloc of size 99 failed"), "there is not enough memory to read it"),
        (OSError(errno.ENOSPC, "No space left on device"), "there is no room for a copy of it in"),
        (OSError(errno.EIO, "Input/output error"), r"the system cannot read it \(Input/output"),
    ],
)
def test_a_fault_of_the_machine_is_no_damage(
    name: str, fault: BaseException, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    if name == "r.parquet":
        columns(path)
    elif name == "r.xlsx":
        path.write_bytes(workbook("<row/>"))
    elif name == "r.json":
        path.write_bytes(b"[" + _RECORD + b"]")
    else:
        import gzip

        path.write_bytes(gzip.compress(b"Email,Type,Timestamp,Content Title\na,b,c,d\n"))

    class Failing(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise fault

        readinto = read  # type: ignore[assignment]

    def fail(*given: Any, **options: Any) -> Any:
        raise fault

    if name == "r.parquet":
        monkeypatch.setattr(parquet.pq, "ParquetFile", fail)
    elif name == "r.xlsx":
        monkeypatch.setattr(
            python_calamine, "CalamineWorkbook", type("Book", (), {"from_path": fail})
        )
    else:
        opens = source.Source.open
        monkeypatch.setattr(
            source.Source, "open", lambda self: Failing() if hasattr(self, "head") else opens(self)
        )
    with pytest.raises(InputError, match=says):
        read(str(path))


def test_a_panic_of_the_library_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import os

    class PanicException(BaseException):
        pass

    def panic(path: str) -> Any:
        os.write(2, b"thread panicked at ...\nstack backtrace:\n")
        raise PanicException

    (tmp_path / "r.xlsx").write_bytes(workbook("<row/>"))
    monkeypatch.setattr(
        python_calamine, "CalamineWorkbook", type("Book", (), {"from_path": staticmethod(panic)})
    )
    with pytest.raises(InputError, match="the workbook is damaged"):
        read(str(tmp_path / "r.xlsx"))
    assert capfd.readouterr().err == ""
