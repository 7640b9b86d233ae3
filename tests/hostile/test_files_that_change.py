"""What is written to, replaced, or no file at all while it is read is refused in one sentence."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import engine
from engine.errors import InputError
from engine.intake import reader, source

_TEXT = (
    "Email,Type,Source,Content Title,Timestamp\n" + "a@b,enrollment,self_enrolled,T,2024-01-01\n"
)


def _sheet() -> bytes:
    book = openpyxl.Workbook()
    for line in _TEXT.splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _columns() -> bytes:
    out = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(io.BytesIO(_TEXT.encode())), out)
    return out.getvalue()


_FILES: dict[str, Callable[[], bytes]] = {
    "r.csv": _TEXT.encode,
    "r.jsonl": lambda: (
        b'{"email":"a","type":"enrollment","content_title":"T","timestamp":"2024-01-01"}\n'
    ),
    "r.json": lambda: (
        b'[{"email":"a","type":"enrollment","content_title":"T","timestamp":"2024-01-01"}]'
    ),
    "r.xlsx": _sheet,
    "r.parquet": _columns,
}


def _append(path: Path) -> None:
    with open(path, "ab") as file:
        file.write(b"more\n")


def _rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(1, 1))


def _replace(path: Path) -> None:
    """By one of the same size and time, as a program does that saves well."""
    found, other = os.stat(path), path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    os.replace(other, path)


def _cut(path: Path) -> None:
    os.truncate(path, 10)


@pytest.mark.parametrize("change", [_append, _rewrite, _replace, _cut, Path.unlink])
@pytest.mark.parametrize("name", _FILES)
def test_a_report_that_changes_is_refused(
    name: str, change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it changes after its head was looked at, or when all was read."""
    path = tmp_path / name
    looked = reader._reader
    for late in (False, True):
        path.write_bytes(_FILES[name]())

        def changing(opened: source.Source, late: bool = late) -> object:
            reads = looked(opened)
            if not late:
                change(path)
                return reads

            def then(opened: source.Source) -> object:
                table = reads(opened)
                change(path)
                return table

            return then

        monkeypatch.setattr(reader, "_reader", changing)
        with pytest.raises(InputError, match="it changed while it was read; read it again when"):
            engine.audit(path)
        monkeypatch.undo()
    path.write_bytes(_FILES[name]())
    engine.audit(path)


def test_a_list_of_statuses_that_changes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.intake.export import table

    report, statuses = tmp_path / "r.csv", tmp_path / "s.csv"
    report.write_text(_TEXT)
    statuses.write_text("Email,Content Title,Status\na@b,T,enrolled\n")
    reads = table._read

    def changing(*given: object) -> object:
        found = reads(*given)  # type: ignore[arg-type]
        _append(statuses)
        return found

    monkeypatch.setattr(table, "_read", changing)
    with pytest.raises(InputError, match="it changed while it was read"):
        engine.reconcile(report, against=statuses)


def test_a_json_file_that_is_cut_while_it_is_read_ends_no_process(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(b"[" + _FILES["r.json"]()[1:-1] * 1 + b"]" + b" " * (8 << 20))
    stop = threading.Event()

    def cutting() -> None:
        while not stop.is_set():
            os.truncate(path, 1 << 10)
            os.truncate(path, 8 << 20)

    thread = threading.Thread(target=cutting)
    thread.start()
    refused = []
    try:
        for _ in range(20):
            try:
                reader.read(str(path))
            except InputError as fault:
                refused.append("it changed while it was read" in str(fault))
    finally:
        stop.set()
        thread.join()
    assert refused
    assert all(refused)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
class TestPipes:
    def test_a_named_pipe_that_is_written_to_is_a_report(self, tmp_path: Path) -> None:
        pipe = tmp_path / "r.csv"
        os.mkfifo(pipe)
        writer = threading.Timer(0.2, pipe.write_text, [_TEXT])
        writer.start()
        assert engine.audit(pipe).summary.rows == 1
        writer.join()

    def test_a_named_pipe_that_nothing_writes_to_is_not_waited_for_without_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "PATIENCE", 0.1)
        os.mkfifo(tmp_path / "r.csv")
        with pytest.raises(InputError, match="a named pipe, and nothing writes to it"):
            engine.audit(tmp_path / "r.csv")
        with pytest.raises(InputError, match="a named pipe, and nothing writes to it"):
            engine.Store(tmp_path / "s.duckdb").import_reports(tmp_path / "r.csv")

    def test_a_folder_leaves_out_what_is_no_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.csv")
        with pytest.raises(InputError, match="the folder holds no report"):
            engine.audit(tmp_path)
        (tmp_path / "b.csv").write_text(_TEXT)
        assert engine.audit(tmp_path).summary.rows == 1

    def test_a_socket_and_a_device_are_named(self, tmp_path: Path) -> None:
        os.chdir(tmp_path)  # The names of sockets are short.
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("r.csv")
            with pytest.raises(InputError, match="this is a socket, not a report"):
                engine.audit("r.csv")
        for device in ("/dev/zero", "/dev/tty", "/dev/ptmx"):
            if os.path.exists(device):
                with pytest.raises(InputError, match="this is a device, not a report"):
                    engine.audit(device)
