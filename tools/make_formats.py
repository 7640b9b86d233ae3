"""Write fixtures/formats/: one small report in every format, encoding and form of timestamp.

    python tools/make_formats.py [FOLDER]

Files are named after what is special about them. The texts are the same each time; the bytes of
.xlsx, .parquet, .gz and .zst also depend on the release of the libraries that write them.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from engine.dialects.usual import REPORT_COLUMNS

FOLDER = Path(__file__).parent.parent / "fixtures" / "formats"

_ZOË = ["zoë@mueller.example", "Müller & Söhne | Nord", "course"]
_ZOË += ["Sécurité au travail, niveau 2; «à jour»"]
_ANA = ["ana@example.com", "", "webinar", "Überblick – “50 %”"]
_BO = ["bo@example.com", "", "video", "L’été"]

Row = tuple[list[str], str, str, datetime]


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


ROWS: tuple[Row, ...] = (
    (_BO, "enrollment", "public", _at(4, 3, 7, 15)),
    (_ANA, "revoked_access", "access_expiration", _at(4, 2, 23, 59)),
    (_ANA, "status_change", "webinar_attended", _at(3, 26, 12, 0)),
    (_ANA, "enrollment", "registration", _at(3, 25, 0, 0)),
    (_ZOË, "certificate_grant", "course_completed", _at(3, 21, 16, 45)),
    (_ZOË, "status_change", "course_completed", _at(3, 20, 16, 45)),
    (_ZOË, "status_change", "course_started", _at(3, 15, 13, 5)),
    (_ZOË, "enrollment", "license_access", _at(3, 14, 8, 30)),
)
"""Every letter is in Windows-1252; days differ, so that dates alone give the same order; noon,
midnight and 3/14 tell a 12-hour clock and the month first."""


def _slash(at: datetime, hour: int) -> str:
    return f"{at.month}/{at.day}/{at.year} {hour}:{at.minute:02}"


TIMES: dict[str, Callable[[datetime], str]] = {
    "iso": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    "space": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "z": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "fraction": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    "offset": lambda at: at.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
    "utc-suffix": lambda at: at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    "date-only": lambda at: at.strftime("%Y-%m-%d"),
    "12-hour": lambda at: f"{_slash(at, at.hour % 12 or 12)} {'AM' if at.hour < 12 else 'PM'}",
    "24-hour": lambda at: _slash(at, at.hour),
    "epoch-seconds": lambda at: str(int(at.timestamp())),
    "epoch-milliseconds": lambda at: str(int(at.timestamp()) * 1000),
}


def cells(form: str = "z") -> list[list[str]]:
    """Return the rows as texts, with timestamps of this form."""
    return [[*who, type_, source, TIMES[form](at)] for who, type_, source, at in ROWS]


def delimited(
    rows: Iterable[Sequence[str]],
    names: Sequence[str] = REPORT_COLUMNS,
    *,
    delimiter: str = ",",
    end: str = "\n",
) -> str:
    """Return the rows as delimited text with a header."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def _texts() -> dict[str, bytes]:
    plain = delimited(cells())
    german = delimited(cells(), delimiter=";", end="\r\n")
    noted = [[*row, "seen,\nnoted" if n == 2 else ""] for n, row in enumerate(cells())]
    turned = [list(reversed(row)) for row in cells()]
    names = [f" {name.upper().replace(' ', '_')}" for name in reversed(REPORT_COLUMNS)]
    return {
        "comma.csv": plain.encode(),
        "semicolon.csv": delimited(cells(), delimiter=";").encode(),
        "sep-line.csv": f"sep=;\r\n{german}".encode(),
        "tab.tsv": delimited(cells(), delimiter="\t").encode(),
        "pipe.csv": delimited(cells(), delimiter="|").encode(),
        "windows-line-ends.csv": delimited(cells(), end="\r\n").encode(),
        "newline-in-cell.csv": delimited(noted, (*REPORT_COLUMNS, "Note")).encode(),
        "other-header.csv": delimited(turned, names).encode(),
        "utf-8-sig.csv": plain.encode("utf-8-sig"),
        "utf-16-le.csv": b"\xff\xfe" + plain.encode("utf-16-le"),
        "utf-16-be.csv": b"\xfe\xff" + plain.encode("utf-16-be"),
        "utf-16-le-no-mark.csv": plain.encode("utf-16-le"),
        "windows-1252.csv": plain.encode("cp1252"),
    } | {f"time-{form}.csv": delimited(cells(form)).encode() for form in TIMES}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _records(rename: Callable[[str], str] = str) -> list[dict[str, str]]:
    return [dict(zip(map(rename, REPORT_COLUMNS), row, strict=True)) for row in cells()]


def _camel(name: str) -> str:
    joined = name.title().replace(" ", "")
    return joined[0].lower() + joined[1:]


def _vendor() -> list[dict[str, object]]:
    """Return the records as the event API sends them; the page's last one is sent again."""
    skus = {_ZOË[3]: "SEC-2", _ANA[3]: "UEB-1", _BO[3]: "ETE-1"}
    records: list[dict[str, object]] = [
        {
            "id": f"a{number:04}",
            "type": type_,
            "source": source,
            "timestamp": TIMES["fraction"](at),
            "courseTitle": who[3],
            "courseSku": skus[who[3]],
            "notifiableId": f"n{number:04}",
            "user": who[0],
            "userDetail": {"id": f"u-{who[0][:2]}", "client": who[1] or None},
            "companyId": "c1",
        }
        for number, (who, type_, source, at) in enumerate(ROWS)
    ]
    return [*records, records[-1]]


def _structured() -> dict[str, bytes]:
    lines = "".join(json.dumps(each) + "\n" for each in _records())
    return {
        "array.json": _json(_records()),
        "object.json": _json({"total": len(ROWS), "contentActions": _records(_camel)}),
        "vendor.json": _json({"nodes": _vendor(), "pageInfo": {"hasMore": False}}),
        "lines.jsonl": lines.encode(),
        "snake-lines.jsonl": "".join(
            json.dumps(each, ensure_ascii=False) + "\n"
            for each in _records(lambda name: name.lower().replace(" ", "_"))
        ).encode(),
        "lines.jsonl.gz": gzip.compress(lines.encode(), mtime=0),
    }


def _workbook() -> bytes:
    """Return an .xlsx with real date cells, without the moment at which it was made."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(REPORT_COLUMNS)
    for who, type_, source, at in ROWS:
        sheet.append([*who, type_, source, at.replace(tzinfo=None)])
    made, fixed = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source_, zipfile.ZipFile(fixed, "w") as target:
        for name in source_.namelist():
            content = re.sub(
                rb">[^<>]+Z</dcterms", b">2024-01-01T00:00:00Z</dcterms", source_.read(name)
            )
            target.writestr(
                zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return fixed.getvalue()


def _parquet(*, typed: bool) -> bytes:
    columns: list[pa.Array] = [pa.array(column) for column in zip(*cells(), strict=True)]
    if typed:
        columns[-1] = pa.array([at for *_, at in ROWS], pa.timestamp("ms", tz="UTC"))
        columns[:-1] = [column.dictionary_encode() for column in columns[:-1]]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, names=list(REPORT_COLUMNS)), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _packed() -> dict[str, bytes]:
    plain = delimited(cells()).encode()
    return {
        "report.csv.gz": gzip.compress(plain, mtime=0),
        "report.csv.zst": pa.compress(plain, codec="zstd", asbytes=True),
        "semicolon-utf-16.csv.gz": gzip.compress(
            b"\xff\xfe" + delimited(cells(), delimiter=";").encode("utf-16-le"), mtime=0
        ),
        "text.parquet": _parquet(typed=False),
        "typed.parquet": _parquet(typed=True),
        "workbook.xlsx": _workbook(),
    }


def files() -> dict[str, bytes]:
    """Return the name and bytes of each fixture."""
    return _texts() | _structured() | _packed()


if __name__ == "__main__":
    folder = Path(*sys.argv[1:] or [FOLDER])
    for name, content in files().items():
        (folder / name).write_bytes(content)
