"""JSON and JSON Lines → the records in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import msgspec

from engine.dialects.columns import ColumnNames
from engine.dialects.columns import key as key_of
from engine.errors import InputError
from engine.intake.fields import require
from engine.intake.formats.builder import Builder
from engine.intake.formats.csv_layout import detect_encoding
from engine.intake.formats.json_parts import check_json, elements, members
from engine.intake.formats.json_plan import Plan, spelling
from engine.intake.limits import RECORD_BYTES
from engine.intake.rows import RawTable
from engine.intake.source import Source
from engine.intake.streams import Bytes, Transcoded, beyond, buffered

__all__ = ["flat", "read_json", "read_json_lines"]

_DEPTH: Final = 4
"""How far nested objects are searched for a field, as in ``userDetail.client``."""

# A number's spelling is kept: what it means is decided later, with all other text.
_RECORD: Final = msgspec.json.Decoder(float_hook=str)
_MOST_MEMBERS: Final = 1_000
"""Of the object around the records, or of a record by itself."""

_DEEPEST: Final = 16
"""Objects in one another around the array of records."""


class _UnfitError(Exception):
    """A record that is none; the text says why."""


def read_json(source: Source) -> RawTable:
    """Read an array of records, an object with one array in it, or JSON Lines.

    Raises
    ------
    InputError
        If it is no JSON, or holds no array of records.
    """
    data = _whole(source)
    collector = _Collector(source)
    unfolding = source.unfolding("give one record a line (JSON Lines) if you trust it")
    row = 2
    try:
        for records in _records(data, source):
            unfolding.count(sum(len(memoryview(each)) for each in records), rows=len(records))
            for record in records:
                collector.add(row, bytes(record))
                row += 1
    except msgspec.DecodeError as error:
        if "trailing characters" not in str(error):
            problem = f"this is no valid JSON ({error})"
        elif _is_array(source):
            problem = f"there is text after the end of the JSON array ({error})"
        else:  # The first line was a value: JSON Lines.
            return read_json_lines(source)
        raise InputError(source.file, problem, "export the report again") from error
    return collector.finish()


def _is_array(source: Source) -> bool:
    """The first line is no value by itself, so the file is one array, and nothing else."""
    return source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[" and not _has_line(source.head)


def read_json_lines(source: Source) -> RawTable:
    """Read one record a line; a line that is none is rejected alone.

    Raises
    ------
    InputError
        If a line is too long, or no line is a record.
    """
    if _is_array(source):
        return read_json(source)
    collector = _Collector(source)
    with closing(_utf8(source)) as stream:
        for row, line in enumerate(_lines(stream, source.file), 2):
            if line.strip():
                collector.add(row, line.rstrip(b"\r\n"))
    return collector.finish()


def _has_line(head: bytes) -> bool:
    """The first line is an array by itself, and another line follows it."""
    first, _, rest = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    try:
        check_json(memoryview(first))
    except (msgspec.DecodeError, RecursionError):
        return False
    return bool(rest.strip())


def _utf8(source: Source) -> Bytes:
    encoding = detect_encoding(source.head)
    stream = beyond(source.open(), encoding.mark)
    return stream if encoding.name == "utf-8" else Transcoded(stream, encoding.name)


def _whole(source: Source) -> memoryview:
    encoding = detect_encoding(source.head)
    with closing(source.open()) as stream:
        # Not mapped into memory: a program is killed that looks at what was cut off meanwhile.
        data = bytearray()
        while part := stream.read(1 << 22):
            data += part
    body = memoryview(data)[encoding.mark :]
    return body if encoding.name == "utf-8" else memoryview(str(body, encoding.name).encode())


def _lines(stream: Bytes, file: str) -> Iterator[bytes]:
    readline = buffered(stream).readline
    row = 1
    while line := readline(RECORD_BYTES + 1):
        row += 1
        if len(line) > RECORD_BYTES:
            raise _too_long(file, row)
        yield line


def _too_long(file: str, row: int) -> InputError:
    return InputError(
        file,
        f"a record is longer than {RECORD_BYTES >> 20} MB",
        "write one record a line, or an array of records",
        row=row,
    )


def _records(data: memoryview, source: Source) -> Iterator[list[msgspec.Raw]]:
    """The one array in the document, or the document itself if it is a record, in parts."""
    start = bytes(data[:4096]).lstrip()[:1]
    if start not in (b"{", b"["):
        raise InputError(source.file, "this is no JSON object or array", "export the report again")
    check_json(data)
    if start == b"[":
        return elements(data)
    named = _members(data, source.file)
    if len(source.wanted.columns.recognise(list(named)).columns) >= 3:
        return iter([[msgspec.Raw(data)]])
    arrays = list(_arrays(named, source.file, _DEEPEST))
    if len(arrays) != 1:
        raise InputError(
            source.file,
            f"the JSON object has {len(arrays) or 'no'} arrays, and one of records is expected",
            "give the array of records alone",
        )
    return elements(arrays[0])


def _members(data: memoryview, file: str) -> dict[str, memoryview]:
    named: dict[str, memoryview] = {}
    for number, (key, value) in enumerate(members(data)):
        if number == _MOST_MEMBERS:
            raise InputError(
                file,
                f"a JSON object around the records has more than {_MOST_MEMBERS:,} keys",
                "give the array of records alone",
            )
        named[key] = value
    return named


def _arrays(named: dict[str, memoryview], file: str, depth: int) -> Iterator[memoryview]:
    for value in named.values():
        start = bytes(value[:1])
        if start == b"[":
            yield value
        elif start == b"{" and depth:
            yield from _arrays(_members(value, file), file, depth - 1)


class _Collector:
    """Records whose keys may differ from one to the next."""

    def __init__(self, source: Source) -> None:
        self._file = source.file
        self._wanted = source.wanted.columns
        self._names = list(self._wanted.names)
        self._builder = Builder(self._file, self._names)
        self._ranks: dict[str, tuple[str, int] | None] = {}
        self._lost: set[str] = set()
        self._fields: set[str] = set()
        self._plan = Plan(self._names)
        self._accepted = 0

    def add(self, row: int, raw: bytes) -> None:
        """Take one record, or reject it."""
        size = len(raw)
        if size > RECORD_BYTES:
            raise _too_long(self._file, row)
        planned = self._plan.cells(raw)
        if planned is not None:
            self._builder.add(row, planned, size)
            return
        try:
            cells = self._cells(raw)
        except _UnfitError as error:
            text = raw.decode("utf-8", "backslashreplace")
            self._builder.reject(row, str(error), text)
        else:
            self._accepted += 1
            self._fields.update(cells)
            self._builder.add(row, tuple(map(cells.get, self._names)), size)

    def _cells(self, raw: bytes) -> dict[str, str | None]:
        try:
            record = _RECORD.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _UnfitError(f"is no valid JSON ({error})") from error
        if not isinstance(record, dict):
            raise _UnfitError("is no JSON object")
        best: dict[str, tuple[int, str]] = {}
        cells: dict[str, str | None] = {}
        for key, value in flat(record, self._wanted):
            match = self._rank(key)
            if match is None:
                continue
            field, position = match
            if field in best:
                self._lost.add(max(best[field], (position, key))[1])
                if best[field] < (position, key):
                    continue
            best[field] = position, key
            cells[field] = _text(value, key)
        self._plan.learn(record, self._field_of)
        return cells

    def _field_of(self, key: str) -> str | None:
        match = self._rank(key)
        return match and match[0]

    def _rank(self, key: str) -> tuple[str, int] | None:
        try:
            return self._ranks[key]
        except KeyError:
            return self._ranks.setdefault(key, self._wanted.rank(key))

    def finish(self) -> RawTable:
        """The table.

        Raises
        ------
        InputError
            If no record can be read, or none has a field that every report needs.
        """
        if not self._fields and not self._builder.rejects:
            raise InputError(
                self._file, "there are no records in it", "export the report for a longer period"
            )
        if self._builder.rejects and not self._accepted:
            first, count = self._builder.rejects.finish()[0], len(self._builder.rejects)
            other = f", and no other of the {count:,} records can be read either"
            raise InputError(
                self._file,
                f"the record {first.reason}{other if count > 1 else ''}",
                "give an array of objects, or one object a line, with the report's fields",
                row=first.row,
            )
        require(self._wanted, self._fields, self._ranks, self._file)
        unknown = [k for k, match in self._ranks.items() if match is None or k in self._lost]
        table = self._builder.finish(unknown)
        for field in set(self._names) - self._fields:
            del table.columns[field]
        return table


def flat(record: dict[str, Any], wanted: ColumnNames) -> Iterator[tuple[str, Any]]:
    """Return every key of a record and its value; what an object holds under its dotted path."""
    return _flat(record, "", _DEPTH, wanted)


def _flat(
    record: dict[str, Any], path: str, depth: int, wanted: ColumnNames
) -> Iterator[tuple[str, Any]]:
    """Every key and value; what an object holds under its dotted path."""
    for key, value in record.items():
        name = path + key
        if isinstance(value, str) and value[:1] == "{" and key_of(name) in wanted.inner:
            value = _decoded(value)
        if isinstance(value, dict) and depth and wanted.rank(name) is None:
            yield from _flat(value, name + ".", depth - 1, wanted)
        else:
            yield name, value


def _decoded(text: str) -> Any:
    """The object that a text holds as JSON, else the text."""
    try:
        return _RECORD.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text


def _text(value: Any, key: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        what = "an object" if isinstance(value, dict) else "a list"
        raise _UnfitError(f"has {what} under {key!a}, where text is expected")
    text = spelling(value)
    if "\0" in text:
        raise _UnfitError("holds NUL characters")
    return text
