"""A table with any header, as a file or in memory → rows of text cells.

An export of current statuses is far smaller than a log, so this reads it row by row; bytes,
compression, encodings and workbooks are read as they are of a report.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

import msgspec
import pyarrow as pa

from engine.dialects.dialect import RowFault
from engine.errors import InputError
from engine.intake.export.columns import Columns
from engine.intake.formats.csv_layout import detect_encoding
from engine.intake.sniff import kind_of, refuse_binary
from engine.intake.source import Source, open_source
from engine.intake.streams import decode_head
from engine.intake.tables import NamedTable, batches_of
from engine.intake.wanted import STATUSES, faults_of
from engine.records import Quarantined

__all__ = ["Table", "read_table"]

_DELIMITERS: Final = (",", ";", "\t", "|")
_HEADER_ROWS: Final = 50
"""A title and notes may stand above the header; beyond this nobody looks for it."""
_DEPTH: Final = 4


class Table(msgspec.Struct):
    """The rows of one file.

    Attributes
    ----------
    names:
        The header.
    rows:
        Row number as a spreadsheet shows it (the header is row 1 where nothing stands above it),
        and the cells, as many as names.
    rejects:
        Rows that could not be split into cells.
    """

    file: str
    names: list[str]
    rows: list[tuple[int, Sequence[str]]]
    rejects: list[Quarantined]


def read_table(given: str | NamedTable, columns: Columns) -> Table:
    """Read a status export; ``-`` is standard input.

    Raises
    ------
    InputError
        Whatever is wrong with the file or the table.
    """
    if isinstance(given, NamedTable):
        with batches_of(given) as (schema, batches):
            table = _from_arrow(given.name, pa.Table.from_batches(batches, schema), first=1)
        name = given.name
    else:
        with faults_of(given, STATUSES), open_source(given, STATUSES) as source:
            table = _read(source, columns)
        name = given
    if not table.rows and not table.rejects:
        raise InputError(name, "it has a header but no rows", STATUSES.again)
    return table


def _read(source: Source, columns: Columns) -> Table:
    encoding = detect_encoding(source.head)
    head = decode_head(source.head[encoding.mark :], encoding.name)
    match kind_of(source.head, head, source.file, source.wanted.columns):
        case "xlsx":
            return _from_sheets(source, columns)
        case "parquet":
            return _from_parquet(source)
        case "json" | "jsonl":
            return _from_json(source)
        case _:
            refuse_binary(source.head, source.file, source.wanted)
            return _from_text(source, columns)


def _text(source: Source, parts: str) -> str:
    """The whole text; ``parts`` are the characters that part one cell or value from the next."""
    unfolding = source.unfolding(f"{STATUSES.part}, or take away what is no status")
    with closing(source.open()) as stream:
        read = []
        while data := stream.read(1 << 20):
            cells = sum(map(data.count, (each.encode() for each in parts)))
            unfolding.count(len(data), rows=cells // 4, cells=cells)
            read.append(data)
    encoding = detect_encoding(source.head)
    body = b"".join(read)[encoding.mark :]
    if encoding.name != "utf-8":
        return body.decode(encoding.name, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _from_text(source: Source, columns: Columns) -> Table:
    text = _text(source, "\r\n,;\t|")
    best: Table | None = None
    for delimiter in _DELIMITERS:
        found = _split(text, delimiter, source.file, columns)
        if best is None or columns.score(found.names) > columns.score(best.names):
            best = found
    assert best is not None
    return best


def _split(text: str, delimiter: str, file: str, columns: Columns) -> Table:
    """The records, from the first one that is no blank line and no ``sep=;``."""
    table = Table(file, [], [], [])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            table.rejects.append(
                Quarantined(file, row, RowFault.MALFORMED_ROW.code, str(error), "")
            )
            continue
        if cells is None:
            return table
        if not cells or (row == 1 and delimiter.join(cells).lower().startswith("sep=")):
            continue
        if not table.names:
            table.names = cells
            # The delimiter is not this one: the rest need not be split.
            if not columns.score(cells):
                return table
        elif len(cells) != len(table.names):
            detail = f"has {len(cells)} cells, the header has {len(table.names)}"
            table.rejects.append(
                Quarantined(file, row, RowFault.MALFORMED_ROW.code, detail, delimiter.join(cells))
            )
        else:
            table.rows.append((row, cells))


def _from_sheets(source: Source, columns: Columns) -> Table:
    from engine.intake.formats.spreadsheet import read_sheets

    best: tuple[int, int, list[list[str]]] | None = None
    for sheet in read_sheets(source):
        for place, names in enumerate(sheet[:_HEADER_ROWS]):
            score = columns.score(names)
            if best is None or score > best[0]:
                best = (score, place, sheet)
    if best is None:
        raise InputError(source.file, "the workbook is empty", STATUSES.again)
    _, place, sheet = best
    rows = [(place + n, cells) for n, cells in enumerate(sheet[place + 1 :], 2) if any(cells)]
    return Table(source.file, sheet[place], list(rows), [])


def _from_parquet(source: Source) -> Table:
    import pyarrow.parquet as pq

    from engine.intake.formats.parquet import damage_of
    from engine.intake.formats.parquet_guard import refuse_unfolding

    path = source.path()
    with damage_of(source.file):
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            refuse_unfolding(file, path, names, source.unfolding("write it as CSV"))
        return _from_arrow(source.file, pq.read_table(path), first=2)


def _from_arrow(file: str, table: pa.Table, *, first: int) -> Table:
    """The rows of Arrow data; ``first`` is the number of the first one."""
    from engine.intake.arrow_text import plain_text

    cells = [
        [text or "" for chunk in column.chunks for text in plain_text(chunk, name, file)]
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    rows = list(enumerate(zip(*cells, strict=True), first))
    return Table(file, table.column_names, list(rows), [])


def _from_json(source: Source) -> Table:
    text = _text(source, ",")
    try:
        document = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        records, rejects = _json_lines(source.file, text)
        if not records:
            raise InputError(
                source.file, f"this is no valid JSON ({error})", STATUSES.again
            ) from error
    else:
        records, rejects = list(enumerate(_records(document, source.file), 2)), []
    names: dict[str, None] = {}
    flat = []
    for row, record in records:
        if isinstance(record, dict):
            cells = dict(_flat(record, "", _DEPTH))
            names.update(dict.fromkeys(cells))
            flat.append((row, cells))
        else:
            raw = json.dumps(record, ensure_ascii=False)
            rejects.append(
                Quarantined(source.file, row, RowFault.MALFORMED_ROW.code, "is no JSON object", raw)
            )
    rows = [(row, [cells.get(name, "") for name in names]) for row, cells in flat]
    return Table(source.file, list(names), list(rows), rejects)


def _json_lines(file: str, text: str) -> tuple[list[tuple[int, Any]], list[Quarantined]]:
    records, rejects = [], []
    for row, line in enumerate(text.splitlines(), 2):
        if line.strip():
            try:
                records.append((row, json.loads(line, parse_float=str)))
            except json.JSONDecodeError as error:
                detail = f"is no valid JSON ({error})"
                rejects.append(Quarantined(file, row, RowFault.MALFORMED_ROW.code, detail, line))
    return records, rejects


def _records(document: Any, file: str) -> list[Any]:
    """The array itself, or the one array of objects that an object holds."""
    if isinstance(document, list):
        return document
    arrays = list(_arrays(document, _DEPTH))
    if len(arrays) == 1:
        return arrays[0]
    if isinstance(document, dict) and not arrays:
        return [document]
    raise InputError(
        file,
        f"the JSON has {len(arrays) or 'no'} arrays of objects, and one of statuses is expected",
        "give the array of statuses alone",
    )


def _arrays(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        yield value
    elif isinstance(value, dict) and depth:
        for each in value.values():
            yield from _arrays(each, depth - 1)


def _flat(record: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every key and its value as text; what an object holds under its dotted path."""
    for key, value in record.items():
        if isinstance(value, dict) and depth:
            yield from _flat(value, f"{path}{key}.", depth - 1)
        elif isinstance(value, list):
            yield path + key, "|".join(str(each) for each in value)
        elif isinstance(value, bool):
            yield path + key, "yes" if value else "no"
        else:
            yield path + key, "" if value is None else str(value)
