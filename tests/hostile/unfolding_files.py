"""Small files that would fill the memory if they were read as they ask to be."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CSV: Final = b"Email,Type,Content Title,Timestamp\n"
_LONG: Final = "x" * 32_000


def workbook(
    rows: str,
    *,
    first: str = "Email",
    shared: str = "",
    path: str = "worksheets/sheet1.xml",
    sheets: int = 1,
) -> bytes:
    """An .xlsx file of these rows, below a report's header, in XML."""
    named = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, sheets + 1))
    cells = "".join(map(inline, (first, "Type", "Content Title", "Timestamp")))
    relation = f'<Relationship Id="r{{}}" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
    links = relation.format(1, "worksheet", path)
    links += relation.format(2, "sharedStrings", "sharedStrings.xml")
    root = relation.format(1, "officeDocument", "xl/workbook.xml")
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{named}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        "</Relationships>",
        f"xl/{path}": f"<worksheet {_MAIN}><sheetData><row>{cells}</row>{rows}</sheetData>"
        "</worksheet>",
    }
    if shared:
        files["xl/sharedStrings.xml"] = f"<sst {_MAIN}>{shared}</sst>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def inline(text: str) -> str:
    """A cell that holds its text itself."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def parquet(rows: int, columns: dict[str, Any] | None = None, **options: Any) -> bytes:
    """A Parquet file of equal rows, and further columns."""
    row = {"Email": "a@b", "Type": "enrollment", "Content Title": "T", "Timestamp": "2024-01-01"}
    table = {name: repeated(text, rows) for name, text in row.items()} | (columns or {})
    out = io.BytesIO()
    options = {"compression": "zstd", "dictionary_pagesize_limit": 1 << 23} | options
    pq.write_table(pa.table(table), out, **options)
    return out.getvalue()


def repeated(text: str, rows: int) -> pa.Array:
    """A column of equal cells."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [text])


def packed(data: bytes) -> bytes:
    """The bytes as a gzip file."""
    return gzip.compress(data, 6, mtime=0)


_PLAIN: Final = ["Email", "Type", "Content Title", "Timestamp"]
_SHARED: Final = '<c t="s"><v>0</v></c>'
_FAR: Final = '<row r="1048576">'
_POSITIONAL: Final = "<c><v>1</v></c>" * 16_384

QUICK: Final[dict[str, Callable[[], bytes]]] = {
    "far-then-counted.xlsx": lambda: workbook(f"{_FAR}{_POSITIONAL}</row>"),
    "far-corner.xlsx": lambda: workbook('<row><c r="XFD1048576"><v>1</v></c></row>'),
    "row-beyond.xlsx": lambda: workbook('<row r="4294967295"><c><v>1</v></c></row><row/>'),
    "column-beyond.xlsx": lambda: workbook('<row><c r="ZZZZZZ3"><v>1</v></c></row>'),
    "place-as-entity.xlsx": lambda: workbook(
        "<row>" + '<c r="&#65;1"><v>1</v></c>' * 9_000 + f"</row>{_FAR}</row>"
    ),
    "row-end-in-comment.xlsx": lambda: workbook(
        f"<row>{'<c/><!-- > </row> -->' * 16_000}<c><v>1</v></c></row>{_FAR}</row>"
    ),
    "row-end-in-attribute.xlsx": lambda: workbook(
        f"""<row>{'<c q=">"/><c q="</row>"/>' * 8_000}<c><v>1</v></c></row>{_FAR}</row>"""
    ),
    "prefixed.xlsx": lambda: workbook(
        f'<y:row r="1048576">{"<y:c><y:v>1</y:v></y:c>" * 16_384}</y:row>'
    ),
    "under-another-name.xlsx": lambda: workbook(
        f"{_FAR}{_POSITIONAL}</row>", path="media/picture.png"
    ),
    "one-text-often.xlsx": lambda: workbook(
        f"<row>{_SHARED * 4}</row>" * 30_000, shared=f"<si><t>{_LONG}</t></si>"
    ),
    "one-rich-text-often.xlsx": lambda: workbook(
        f"<row>{_SHARED * 4}</row>" * 30_000, shared=f"<si>{f'<r><t>{_LONG}</t></r>' * 2}</si>"
    ),
    "texts-shifted.xlsx": lambda: workbook(
        f"<row>{_SHARED.replace('0', '1') * 4}</row>" * 30_000,
        shared=f"<!--<si>--><si><t>a</t></si><si><t>{_LONG}</t></si>",
    ),
    "equal-rows.parquet": lambda: parquet(4_000_000),
    "one-email-often.parquet": lambda: parquet(
        20_000, {"Email": repeated("x" * 1_000_000, 20_000)}
    ),
    "one-title-often.parquet": lambda: parquet(
        20_000, {"Content Title": repeated("x" * 1_000_000, 20_000)}
    ),
    "one-of-an-object.parquet": lambda: parquet(
        300, {"userDetail": pa.array([{"client": "x" * 1_000_000}] * 300)}
    ),
    "beginnings.parquet": lambda: parquet(
        300,
        {"Id": pa.array(["x" * 1_000_000] * 300)},
        use_dictionary=_PLAIN,
        column_encoding={"Id": "DELTA_BYTE_ARRAY"},
    ),
    "fixed-width.parquet": lambda: parquet(
        400, {"Id": pa.array([b"x" * 1_000_000] * 400, pa.binary(1_000_000))}
    ),
}
"""File name → what makes its bytes. Each is refused by the rule, or for places no sheet has."""

LONG: Final[dict[str, Callable[[], bytes]]] = {
    "one-sheet-often.xlsx": lambda: workbook(
        "<row><c><v>1</v></c></row>" * 50_000, first="Other", sheets=5_000
    ),
    "empty-rows.xlsx": lambda: workbook("<row/>" * 8_000_000),
    "empty-cells.xlsx": lambda: workbook(f"<row>{'<c/>' * 1000}<c><v>1</v></c></row>" * 40_000),
    "many-texts.xlsx": lambda: workbook(f"<row>{inline(_LONG) * 4}</row>" * 3_000),
    "many-more-equal-rows.parquet": lambda: parquet(20_000_000),
    "zeros.parquet": lambda: parquet(
        300, {"Id": pa.array([b"\0" * 1_000_000] * 300)}, use_dictionary=_PLAIN
    ),
    "equal-numbers.parquet": lambda: parquet(
        30_000_000,
        {"Id": pa.array(np.zeros(30_000_000, np.int64))},
        use_dictionary=_PLAIN,
        column_encoding={"Id": "DELTA_BINARY_PACKED"},
    ),
    "ones.json.gz": lambda: packed(b"[" + b"1," * 120_000_000 + b"1]"),
    "empty.json.gz": lambda: packed(b"[" + b"{}," * 60_000_000 + b"{}]"),
    "equal.json.gz": lambda: packed(
        b"[" + b'{"email":1,"type":"enrollment","timestamp":1},' * 7_000_000 + b"{}]"
    ),
    "long-text.json.gz": lambda: packed(b'[{"email":"' + b"x" * 270_000_000 + b'"}]'),
    "ones.jsonl.gz": lambda: packed(b"1\n" * 100_000_000),
    "short-lines.csv.gz": lambda: packed(_CSV + b"a\n" * 100_000_000),
    "blank-lines.csv.gz": lambda: packed(_CSV + b"\n" * 200_000_000),
    "carriage-returns.csv.gz": lambda: packed(_CSV.replace(b"\n", b"\r") + b"a\r" * 100_000_000),
    "equal-rows.csv.gz": lambda: packed(_CSV + b"a,enrollment,T,2024-01-01\n" * 6_000_000),
    "utf-16.csv.gz": lambda: packed(
        b"\xff\xfe" + (_CSV.decode() + "a\n" * 50_000_000).encode("utf-16-le")
    ),
    "one-line.csv.gz": lambda: packed(_CSV + b"a" * 270_000_000),
    "open-quote.csv.gz": lambda: packed(_CSV + b'"' + b"\n" * 100_000_000),
}
"""The same, of files that take seconds to make or to refuse."""
