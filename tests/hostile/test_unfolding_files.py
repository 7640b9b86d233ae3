"""A small file may not unfold to more than memory: one rule for all formats (docs/commands.md)."""

from __future__ import annotations

import gzip
import io
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hostile.unfolding_files import LONG, QUICK, packed, parquet, workbook

from engine.errors import InputError
from engine.intake import unfolding
from engine.intake.export.columns import Columns
from engine.intake.export.table import read_table
from engine.intake.formats.json_parts import elements, members
from engine.intake.formats.workbook_guard import _ODD, _PLACE, _Tags
from engine.intake.reader import read

_SAID = "unfolds to more than 128 times its size|truncated or damaged|longer than 4 MB"

_PIECES = ["<c", "<row", ":c", " r=", '"', "'", "A1", "5", "r", "=", "&", " ", "\n", ">", "o", "x"]

_PEAK = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "engine", *sys.argv[1:]], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""The command in a process of its own, and the most memory that it had."""


def put(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("name", QUICK)
def test_a_small_file_that_unfolds_is_refused(name: str, tmp_path: Path) -> None:
    file = put(tmp_path, name, QUICK[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for reader in (read, lambda file: read_table(file, Columns({}))):
        with pytest.raises(InputError, match=_SAID) as caught:
            reader(file)
        assert "\n" not in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20


@pytest.mark.deep
@pytest.mark.parametrize("name", [*QUICK, *LONG])
@pytest.mark.parametrize("command", ["audit", "reconcile"])
def test_its_peak_is_below_two_gigabytes(name: str, command: str, tmp_path: Path) -> None:
    file = put(tmp_path, name, (QUICK | LONG)[name]())
    sound = put(
        tmp_path, "sound.csv", b"Email,Type,Content Title,Timestamp\na@b,enrollment,T,2024\n"
    )
    call = ["audit", file] if command == "audit" else ["reconcile", sound, "--against", file]
    run = subprocess.run(
        [sys.executable, "-c", _PEAK, *call], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1, run.stderr[-2000:]
    assert int(run.stdout) < 2 << 20


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("r.csv.gz", gzip.compress(b"Email,Type,Content Title,Timestamp\n" + b"a\n" * 50_000)),
        ("r.jsonl.gz", gzip.compress(b"1\n" * 50_000)),
        ("r.json.gz", gzip.compress(b"[" + b"1," * 50_000 + b"1]")),
        ("r.xlsx", workbook("<row/>" * 50_000)),
        ("r.parquet", parquet(50_000)),
    ],
)
def test_the_rule_is_one_for_every_format(
    name: str, data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolding, "FREE_BYTES", 1 << 20)
    with pytest.raises(InputError, match="it unfolds to more than 128 times its size, as no"):
        read(put(tmp_path, name, data))


def test_files_that_only_look_so_are_read(tmp_path: Path) -> None:
    """Cells without places, a long text once, a cell far below, well packed rows."""
    names = ["Email", "Type", "Content Title", "Timestamp"]
    row = ["a@b", "enrollment", "T" * 30_000, "2024-01-01"]
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(4))
    shared = "".join(f"<si><t>{text}</t></si>" for text in ["a@b", "enrollment", "T", "2024-01-01"])
    few = workbook(f"<row>{cells}</row>" * 20_000, shared=shared + f"<si><t>{row[2]}</t></si>")
    assert read(put(tmp_path, "few.xlsx", few)).records == 20_000

    book = openpyxl.Workbook()
    for each in (names, row):
        book.active.append(each)
    book.active["H300000"] = "the end"
    out = io.BytesIO()
    book.save(out)
    assert read(put(tmp_path, "end.xlsx", out.getvalue())).records == 2

    rows = [["learner@example.com", "enrollment", "T", f"2024-01-01T00:00:{n}"] for n in range(60)]
    text = "\n".join(",".join(each) for each in [names, *rows * 2_000])
    assert read(put(tmp_path, "r.csv.gz", packed(text.encode()))).records == 120_000
    data = parquet(300_000, {"Id": pa.array(range(300_000))})
    assert read(put(tmp_path, "r.parquet", data)).records == 300_000


def test_repeated_texts_are_counted_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One long text among many short ones counts once, in a dictionary and among beginnings."""
    monkeypatch.setattr(unfolding, "FREE_BYTES", 8 << 20)
    monkeypatch.setattr(unfolding, "MOST_TIMES", 1)
    ids = ["x" * 100_000, *(str(n % 1000) for n in range(40_000))]
    for encoding in ("PLAIN", "DELTA_BYTE_ARRAY"):
        how: dict[str, Any] = (
            {}
            if encoding == "PLAIN"
            else {"use_dictionary": ["Email"], "column_encoding": {"Id": encoding}}
        )
        data = parquet(len(ids), {"Id": pa.array(ids)}, **how)
        assert read(put(tmp_path, "r.parquet", data)).records == len(ids)
        with pytest.raises(InputError, match="unfolds"):
            read(put(tmp_path, "r.parquet", parquet(400, {"Id": pa.array(ids[:1] * 400)}, **how)))


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b' [ 1 , "a,}" , {"a": [1, {"b": "},{"}]} ] ',
        b"[" + b'{"a":{"b":1},"c":"},{"}, ' * 400_000 + b"{}]",
        b"[" + b'"},",' * 900_000 + b"1]",
    ],
)
def test_an_array_in_parts_is_the_array(text: bytes) -> None:
    import msgspec

    parts = [bytes(each) for part in elements(memoryview(text)) for each in part]
    assert parts == [bytes(each) for each in msgspec.json.decode(text, type=list[msgspec.Raw])]


def test_members_are_the_members() -> None:
    text = b'\n{ "a\\"" : [1, 2] ,"b":{"c":"}"}, "":"x" }'
    found = {key: bytes(value).strip(b" ") for key, value in members(memoryview(text))}
    assert found == {'a"': b"[1, 2]", "b": b'{"c":"}"}', "": b'"x"'}


def test_a_page_whose_header_lies_is_damaged(tmp_path: Path) -> None:
    out = io.BytesIO(parquet(10))
    data = bytearray(out.getvalue())
    start = pq.ParquetFile(out).metadata.row_group(0).column(0).dictionary_page_offset
    data[start : start + 40] = b"\x1c" * 40
    with pytest.raises(InputError, match="truncated or damaged"):
        read(put(tmp_path, "r.parquet", bytes(data)))


@given(st.lists(st.sampled_from(_PIECES), max_size=20).map("".join))
def test_tags_are_found_as_by_patterns(text: str) -> None:
    """By all characters at once, or one pattern after another."""
    data = text.encode()
    tags = _Tags(data)
    assert tags.places() == set(_PLACE.findall(data))
    odd = _ODD.search(data)
    for name, others in ((b"c", rb"(?!o)"), (b"row", rb"")):
        placed = rb"" if odd else rb'(?! r=")'
        found = re.finditer(rb"(?<=[<:])" + name + others + placed, data)
        assert tags.without_place(name).tolist() == [match.start() for match in found]
