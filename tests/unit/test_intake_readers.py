"""Every format and encoding that `read` takes, and every wrong file it refuses."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import random
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.dialects import shipped
from engine.errors import InputError
from engine.intake import unfolding
from engine.intake.reader import expand, read
from engine.intake.rows import RawTable

NAMES = [
    "Email",
    "Panorama Name",
    "Content Type",
    "Content Title",
    "Type",
    "Source",
    "Timestamp",
]
ANA = ["ana@example.com", "Nord", "course", "Café, basics", "enrollment", "sso", "2024-01-02"]
BEN = ["ben@example.com", "", "video", 'So-called "news"', "enrollment", "sso", "2024-01-03"]
FIELDS = ["email", "panorama", "content_type", "content_title", "type", "source", "timestamp"]
EVENT = {
    "id": "e1",
    "type": "enrollment",
    "source": "sso",
    "timestamp": "2023-02-10T16:44:45.084Z",
    "courseTitle": "T",
    "courseSku": "S",
    "notifiableId": 3,
    "user": "u@example.com",
    "userDetail": {"id": 7, "client": "Nord"},
    "companyId": 1,
}


def text(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    quoted = (['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows)
    return "".join(delimiter.join(row) + end for row in quoted)


SOUND = text([NAMES, ANA, BEN])


@pytest.fixture
def put(tmp_path: Path) -> Any:
    def write(data: str | bytes, name: str = "r.csv") -> str:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(path)

    return write


def cells(table: RawTable) -> list[list[str]]:
    return [list(row) for row in zip(*(table.columns[f].to_pylist() for f in FIELDS), strict=True)]


def rejected(table: RawTable) -> list[tuple[int, str, str]]:

    return [(reject.row, reject.reason, reject.raw) for reject in table.rejects]


def rows(table: RawTable) -> list[int]:
    return list(range(2, table.records + 2)) if table.rows is None else table.rows.tolist()


# Delimited text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(put: Any, delimiter: str, end: str) -> None:
    table = read(put(text([NAMES, ANA, BEN], delimiter, end)))
    assert cells(table) == [ANA, BEN]
    assert rows(table) == [2, 3]
    assert table.unknown_columns == []


@pytest.mark.parametrize(
    "data",
    [
        SOUND.encode("utf-8"),
        SOUND.encode("utf-8-sig"),
        SOUND.encode("utf-16"),
        codecs.BOM_UTF16_BE + SOUND.encode("utf-16-be"),
        SOUND.encode("utf-16-le"),
        SOUND.encode("utf-16-be"),
        SOUND.encode("cp1252"),
        gzip.compress(SOUND.encode(), mtime=0),
        gzip.compress(SOUND.encode("cp1252"), mtime=0),
        pa.Codec("zstd").compress(SOUND.encode()).to_pybytes(),
    ],
)
@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz", "r.json", "r"])
def test_encodings_and_compressions_whatever_the_name(put: Any, data: bytes, name: str) -> None:
    assert cells(read(put(data, name))) == [ANA, BEN]


def test_column_types(put: Any) -> None:
    columns = read(put(SOUND)).columns
    assert columns["timestamp"].type == pa.string()
    assert columns["email"].type == pa.dictionary(pa.int32(), pa.string())
    assert columns["type"].type == pa.dictionary(pa.int32(), pa.string())


def test_cells_are_not_trimmed(put: Any) -> None:
    assert cells(read(put(text([NAMES, [" " + c + " " for c in ANA]]))))[0][0] == f" {ANA[0]} "


def test_blank_lines_count_for_rows_and_are_no_records(put: Any) -> None:
    lines = SOUND.splitlines()
    table = read(put("\n".join([lines[0], lines[1], "", "", lines[2], "", ""])))
    assert rows(table) == [2, 5]
    assert rejected(table) == []


def test_a_quoted_cell_with_line_ends_is_one_row(put: Any) -> None:
    long = [*ANA[:3], "two\r\nlines", *ANA[4:]]
    table = read(put(text([NAMES, long, BEN]) + "x\n"))
    assert cells(table) == [long, BEN]
    assert rejected(table) == [(4, "has 1 cells, the header has 7", "x")]


def test_a_damaged_row_is_rejected_alone(put: Any) -> None:
    good = SOUND.encode().splitlines()
    bad = [b"a,b", b"a\xff,,,,,,", b"a\0,,,,,,", b",,,,,,,"]
    table = read(put(b"\n".join([*good, *bad])))
    assert cells(table) == [ANA, BEN]
    assert rejected(table) == [
        (4, "has 2 cells, the header has 7", "a,b"),
        (5, "holds bytes that are no text", "a\\xff,,,,,,"),
        (6, "holds NUL bytes", "a\0,,,,,,"),
        (7, "has 8 cells, the header has 7", ",,,,,,,"),
    ]


def test_half_a_character_of_utf16_is_rejected_alone(put: Any) -> None:
    data = SOUND.encode("utf-16") + "x,,,,,,".encode("utf-16-le") + b"\x00\xd8"
    assert [row for row, _, _ in rejected(read(put(data)))] == [4]


def test_a_cell_beyond_the_limit_is_rejected_alone(put: Any) -> None:
    table = read(put(SOUND + "x" * 200_000 + ",,,,,,\n" + text([ANA])))
    assert cells(table) == [ANA, BEN, ANA]
    assert [(row, reason) for row, reason, _ in rejected(table)] == [
        (4, "has a cell longer than 131072 characters")
    ]


def test_the_header_may_follow_blank_lines_and_the_separator_line(put: Any) -> None:
    table = read(put("sep=;\n\n" + text([NAMES, ANA], ";")))
    assert cells(table) == [ANA]
    assert rows(table) == [4]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (SOUND.encode(), gzip.compress(SOUND.encode(), mtime=0)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        table = read("-")
        assert (table.file, cells(table)) == ("-", [ANA, BEN])


# Header names


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("\ufeffEMAIL", "email"),
        ("user_email", "email"),
        ("Learner", "email"),
        ("Client", "panorama"),
        ("userDetail.client", "panorama"),
        ("course-title", "content_title"),
        ("courseSku", "content_id"),
        ("Action Type", "type"),
        ("createdAt", "timestamp"),
        ("Date and time", "timestamp"),
        ("eventId", "id"),
    ],
)
def test_header_names(name: str, field: str) -> None:
    assert shipped().columns.recognise([name]).columns == {field: 0}


def test_the_best_name_wins_and_the_other_is_reported() -> None:
    header = shipped().columns.recognise(["User", "Email", "Colour", "Email"])
    assert header.columns == {"email": 1}
    assert header.unknown == ["User", "Colour", "Email"]


def test_the_missing_columns_are_named(put: Any) -> None:
    with pytest.raises(InputError) as caught:
        read(put("Email,Colour\x1b[2J\n1,2\n"))
    assert "no column for Content Title (or Content Id), Type, Timestamp;" in str(caught.value)
    assert "found: Email, Colour\\x1b[2J;" in str(caught.value)


# JSON


def test_json_array_with_csv_headers(put: Any) -> None:
    records = [dict(zip(NAMES, ANA, strict=True)), 3, dict(zip(NAMES, BEN, strict=True))]
    table = read(put(json.dumps(records), "r.json"))
    assert cells(table) == [ANA, BEN]
    assert rows(table) == [2, 4]
    assert rejected(table) == [(3, "is no JSON object", "3")]


@pytest.mark.parametrize("convert", ["snake", "camel"])
def test_json_keys_in_other_spellings(put: Any, convert: str) -> None:
    keys = [n.lower().replace(" ", "_") for n in NAMES]
    if convert == "camel":
        keys = [n[0].lower() + n[1:].replace(" ", "") for n in NAMES]
    assert cells(read(put(json.dumps([dict(zip(keys, ANA, strict=True))]), "r.json"))) == [ANA]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([EVENT]),
        json.dumps({"page": 1, "events": [EVENT]}, indent=2),
        json.dumps({"data": {"page": {"n": 1}, "events": [EVENT]}}),
        json.dumps(EVENT),
        json.dumps(EVENT) + "\n",
    ],
)
def test_vendor_events(put: Any, data: str) -> None:
    for name in ("r.json", "r"):
        table = read(put(data, name))
        assert {field: column.to_pylist() for field, column in table.columns.items()} == {
            "email": ["u@example.com"],
            "panorama": ["Nord"],
            "content_title": ["T"],
            "content_id": ["S"],
            "type": ["enrollment"],
            "source": ["sso"],
            "timestamp": ["2023-02-10T16:44:45.084Z"],
            "id": ["e1"],
        }
        assert table.unknown_columns == ["notifiableId", "userDetail.id", "companyId"]


def test_json_lines_reject_the_bad_line_alone(put: Any) -> None:
    line = json.dumps(EVENT)
    bad = json.dumps({**EVENT, "user": ["a"]})
    for name in ("r.jsonl", "r"):
        table = read(put("\n".join([line, "", "{oops", "[1]", bad, line]), name))
        assert rows(table) == [2, 7]
        assert [row for row, _, _ in rejected(table)] == [4, 5, 6]
        assert "a list under 'user'" in rejected(table)[2][1]


def test_json_values_become_text(put: Any) -> None:
    record = {**EVENT, "timestamp": 1707000000123, "courseTitle": True, "source": None, "id": 1.5}
    columns = read(put(json.dumps([record]), "r.json")).columns
    assert columns["timestamp"].to_pylist() == ["1707000000123"]
    assert columns["content_title"].to_pylist() == ["true"]
    assert columns["source"].to_pylist() == [None]
    assert columns["id"].to_pylist() == ["1.5"]


# Workbooks


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        made = book.create_sheet()
        for row in sheet:
            made.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook(put: Any) -> None:
    data = workbook(
        [["Notes"]],
        [
            ["Report of", 2024],
            NAMES,
            [*ANA[:3], 101, *ANA[4:6], datetime(2024, 1, 2, 3, 4, 5)],
            [None],
            [*BEN[:3], 1.5, *BEN[4:6], date(2024, 1, 3)],
        ],
    )
    for packed in (data, gzip.compress(data, mtime=0)):
        table = read(put(packed, "r.bin"))
        assert rows(table) == [3, 5]
        assert cells(table) == [
            [*ANA[:3], "101", *ANA[4:6], "2024-01-02T03:04:05"],
            [*BEN[:3], "1.5", *BEN[4:6], "2024-01-03"],
        ]


def test_two_cells_do_not_make_a_sheet_of_milliards(put: Any) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Email"
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError, match="more than 128 times its size"):
        read(put(out.getvalue(), "r.xlsx"))


def test_a_workbook_that_unpacks_too_large(put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfolding, "FREE_BYTES", 1 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (4 << 20))
    with pytest.raises(InputError, match="more than 128 times its size"):
        read(put(out.getvalue(), "r.xlsx"))


# Parquet


def test_parquet(put: Any) -> None:
    table = pa.table(
        {
            "Email": pa.array(["a", "b"]).dictionary_encode(),
            "Content Title": pa.array([b"T", b"\xff"], pa.binary()),
            "Type": pa.array(["enrollment"] * 2, pa.large_string()),
            "Timestamp": pa.array([datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)] * 2),
            "userDetail": [{"id": 1, "client": "N"}] * 2,
            "Id": [1, 2],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    found = read(put(out.getvalue(), "r"))
    assert {field: column.to_pylist() for field, column in found.columns.items()} == {
        "email": ["a"],
        "content_title": ["T"],
        "type": ["enrollment"],
        "timestamp": ["2024-01-02 03:04:05Z"],
        "panorama": ["N"],
        "id": ["1"],
    }
    assert [row for row, _, _ in rejected(found)] == [3]
    assert found.unknown_columns == ["userDetail.id"]


# Wrong files

TRUNCATED_GZIP = gzip.compress(random.Random(1).randbytes(1000) + SOUND.encode(), mtime=0)[:-200]


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "r.csv", "the file is empty"),
        (b"\n\n \n", "r.csv", "no column for|is empty"),
        (text([NAMES]), "r.csv", "has a header but no records"),
        ("a,b\n1,2\n", "r.csv", "found: a, b"),
        (b"\x89PNG\r\n\x1a\n", "r.csv", "a picture"),
        (b"%PDF-1.7", "r.csv", "a PDF"),
        (b"MZ\x90\0", "r.csv", "a program"),
        (b"PK\3\4junk", "r.xlsx", "truncated or damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "r.xlsx", "password"),
        (bytes(range(256)) * 8, "r.csv", "this is no text"),
        (b"<!DOCTYPE html><p>Sign in", "r.csv", "a web page"),
        (TRUNCATED_GZIP, "r.csv.gz", "truncated or damaged"),
        (b"\x28\xb5\x2f\xfd\0", "r.csv.zst", "truncated or damaged|is empty"),
        (
            gzip.compress(gzip.compress(b"x", mtime=0), mtime=0),
            "r.csv.gz",
            "inside a compressed file",
        ),
        (workbook([NAMES, ANA])[:-100], "r.xlsx", "truncated or damaged"),
        (workbook([["a"]]), "r.xlsx", "found: a"),
        (b"PAR1" + bytes(50), "r.parquet", "truncated or damaged"),
        ("{", "r.json", "no valid JSON"),
        ("[]", "r.json", "no records"),
        ('{"a": 1}', "r.json", "has no arrays"),
        ('{"a": [1], "b": [2]}', "r.json", "has 2 arrays"),
        ("[1, 2]", "r.json", "row 2: the record is no JSON object, and no other"),
        ("[" * 100_000, "r.json", "nested too deeply"),
        ('{"a":' * 100_000, "r.json", "nested too deeply"),
        (text([NAMES]) + "x" * (5 << 20), "r.csv", "row 2: a record is longer than 4 MB"),
        (text([NAMES]) + '"' + ("x" * 63 + "\n") * (96 << 10), "r.csv", None),
        ('{"Email":1}\n"' + "x" * (5 << 20), "r.jsonl", "row 3: a record is longer than 4 MB"),
        ("x" * (1 << 17), "r.csv", "first line is longer|no column for"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) or len(str(value)) > 40 else None,
)
def test_wrong_files(put: Any, data: str | bytes, name: str, says: str | None) -> None:
    file = put(data, name)
    if says is None:  # A quote never closed: the csv module's limit rejects it bit by bit.
        assert read(file).rejects
        return
    with pytest.raises(InputError, match=says) as caught:
        read(file)
    assert caught.value.file == file
    assert "\n" not in str(caught.value)


def test_another_zip_archive(put: Any) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("r.csv", SOUND)
    with pytest.raises(InputError, match="a zip archive, not a workbook"):
        read(put(out.getvalue(), "r.zip"))


def test_a_decompression_bomb(put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfolding, "FREE_BYTES", 1 << 20)
    data = gzip.compress((text([NAMES]) + text([ANA]) * 100_000).encode())
    with pytest.raises(InputError, match="more than 128 times its size"):
        read(put(data))


def test_no_file_a_folder_a_device(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(str(tmp_path / "r.csv"))
    with pytest.raises(InputError, match="no such file"):
        read("r\0.csv")
    with pytest.raises(InputError, match="this is a folder"):
        read(str(tmp_path))
    with pytest.raises(InputError, match="a device"):
        read(os.devnull)


def test_a_name_that_leads_nowhere_is_no_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"r+\.csv: it cannot be reached \(File name too long\)"):
        read(str(tmp_path / ("r" * 280 + ".csv")))
    with pytest.raises(InputError, match="File name too long") as long:
        read("folder/" * 700 + "r.csv")
    assert len(str(long.value)) < 450
    assert str(long.value).startswith("folder/")
    assert "/r.csv: " in str(long.value)
    assert long.value.file == "folder/" * 700 + "r.csv"
    (tmp_path / "round.csv").symlink_to(tmp_path / "round.csv")
    with pytest.raises(InputError, match="it cannot be reached"):
        read(str(tmp_path / "round.csv"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(put: Any) -> None:
    file = put(SOUND)
    os.chmod(file, 0)
    with pytest.raises(InputError, match="may not read"):
        read(file)


# Folders


def test_expand(tmp_path: Path, put: Any) -> None:
    (tmp_path / "sub.csv").mkdir()
    for name in ("b.CSV", "a.jsonl.gz", ".hidden.csv", "notes.md"):
        put(SOUND, name)
    folder = str(tmp_path)
    assert expand([folder, "-", "x.csv"]) == [
        os.path.join(folder, "a.jsonl.gz"),
        os.path.join(folder, "b.CSV"),
        "-",
        "x.csv",
    ]


def test_expand_refuses_a_folder_without_reports(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder holds no report"):
        expand([str(tmp_path)])
