"""A frame to a file or a stream, in one of the formats that programs read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
import numpy as np
import pyarrow as pa

from engine.columns.arrow import flags, int32, text
from engine.columns.formulas import defused
from engine.columns.frame import Coded, Frame, Instants, Nested, Numbers
from engine.columns.kernels import decimal, join, join_lists
from engine.instants import format_utc_column
from engine.report.jsontext import CHUNK, json_array, json_lines

__all__ = [
    "FORMATS",
    "FORMATS_OF_FINDINGS",
    "PAGES",
    "format_of_name",
    "write_frame",
    "write_json_object",
]

FORMATS: Final = ("text", "json", "jsonl", "csv", "parquet", "html", "md", "xlsx")

FORMATS_OF_FINDINGS: Final = (*FORMATS, "sarif", "junit", "github")
"""Those of the commands whose table has findings."""

PAGES: Final = ("text", "html", "md")
"""Those that people read: they say themselves what is said beside the others."""

_ENDINGS: Final = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".xlsx": "xlsx",
    ".sarif": "sarif",
    ".xml": "junit",
}


def format_of_name(name: str) -> str | None:
    """Return the format that a file's ending stands for, None if none."""
    return next((form for ending, form in _ENDINGS.items() if name.lower().endswith(ending)), None)


def write_frame(frame: Frame, form: str, out: BinaryIO) -> None:
    """Write ``frame`` as json (one array), jsonl, csv, parquet or xlsx."""
    match form:
        case "json":
            for chunk in json_array(frame):
                out.write(chunk)
            out.write(b"\n")
        case "jsonl":
            for chunk in json_lines(frame):
                out.write(chunk)
        case "csv":
            for chunk in _csv(frame):
                out.write(chunk)
        case "parquet":
            import pyarrow.parquet as pq

            pq.write_table(frame.to_arrow(), out, compression="zstd")
        case "xlsx":
            from engine.report.xlsx import write_workbook

            write_workbook(frame, out)
        case _:
            raise ValueError(form)


def write_json_object(head: dict[str, object], name: str, frame: Frame, out: BinaryIO) -> None:
    """Write one JSON object: the members of ``head``, then the frame's rows under ``name``."""
    out.write(msgspec.json.encode(head)[:-1])
    out.write(f"{',' if head else ''}{msgspec.json.encode(name).decode()}:".encode())
    for chunk in json_array(frame):
        out.write(chunk)
    out.write(b"}\n")


def _csv(frame: Frame) -> Iterator[bytes | memoryview]:
    """RFC 4180; no cell can become a formula, and lists are joined with ``|``."""
    import pyarrow.compute as pc
    import pyarrow.csv as pcsv

    texts = {
        name: _csv_texts(column.values)
        for name, column in frame.columns.items()
        if isinstance(column, Coded)
    }
    for low in range(0, max(1, len(frame)), CHUNK):
        rows = np.arange(low, min(low + CHUNK, len(frame)))
        part = {}
        for name, column in frame.columns.items():
            match column:
                case Coded(codes, _):
                    part[name] = texts[name].take(int32(codes[rows]))
                case Instants():
                    taken = column.take(rows)
                    cells = format_utc_column(taken.at)
                    known = taken.known
                    part[name] = cells if known is None else pc.if_else(flags(known), cells, "")
                case Numbers():
                    part[name] = column.take(rows).arrow()
                case Nested():
                    part[name] = _csv_nested(column.take(rows))
        sink = pa.BufferOutputStream()
        pcsv.write_csv(pa.table(part), sink, pcsv.WriteOptions(include_header=low == 0))
        yield memoryview(sink.getvalue())


def _csv_texts(values: pa.Array) -> pa.StringArray:
    if pa.types.is_list(values.type):
        values = join_lists(values, "|")
    elif not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        values = values.cast(pa.string())
    return defused(values.fill_null(""))


def _csv_nested(column: Nested) -> pa.StringArray:
    """Each row of the list as its message, or as file:row without one, joined with ``|``."""
    inner = column.frame.columns
    if "message" in inner:
        cells = inner["message"].arrow()
    else:
        cells = join(inner["file"].arrow(), text(":"), decimal(inner["row"].arrow()))
    return defused(join_lists(pa.ListArray.from_arrays(int32(column.offsets), cells), "|"))
