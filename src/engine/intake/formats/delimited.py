"""A CSV or TSV file of any delimiter and encoding → its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from engine.errors import InputError
from engine.intake.fields import require
from engine.intake.formats.csv_fast import read_fast
from engine.intake.formats.csv_layout import Layout, detect_encoding, lay_out
from engine.intake.formats.csv_slow import read_slow
from engine.intake.limits import HEAD_BYTES, RECORD_BYTES
from engine.intake.rows import RawTable
from engine.intake.sniff import refuse_binary
from engine.intake.source import Source
from engine.intake.streams import Bytes, Transcoded, beyond, decode_head

__all__ = ["read_delimited"]

_ANSI = "cp1252"
_CHUNK = 1 << 20


def read_delimited(source: Source) -> RawTable:
    """Read a delimited text: in parallel if that is safe, else record by record.

    Raises
    ------
    InputError
        If there is no known header, or a record is too long.
    """
    encoding = detect_encoding(source.head)
    name, mark = encoding.name, encoding.mark
    layout = _layout(source, name, mark)
    table = read_fast(lambda: _open(source, name, mark), layout, source.file)
    if table is None and name == "utf-8" and not mark and not _is_utf8(source):
        name = _ANSI
        layout = _layout(source, name, mark)
        table = read_fast(lambda: _open(source, name, mark), layout, source.file)
    if table is None:
        table = read_fast(lambda: _open(source, name, mark), layout, source.file, damaged=True)
    if table is None:
        with closing(beyond(source.open(), mark)) as stream:
            table = read_slow(stream, layout, name, source.file)
    return table


def _open(source: Source, encoding: str, mark: int) -> Bytes:
    """The text as UTF-8."""
    stream = beyond(source.open(), mark)
    return stream if encoding == "utf-8" else Transcoded(stream, encoding)


def _layout(source: Source, encoding: str, mark: int) -> Layout:
    """Raises `InputError` if the file has no header of a report."""
    text = decode_head(source.head[mark:], encoding)
    wanted = source.wanted.columns
    layout = lay_out(text, wanted)
    known = layout is not None and len(layout.header.columns) > 0
    if not known:
        refuse_binary(source.head, source.file, source.wanted)
    if layout is None:
        if text.strip():
            require(wanted, (), (), source.file)
        raise InputError(source.file, "the file is empty", "export the report again")
    if len(source.head) == HEAD_BYTES and not {"\n", "\r"} & set(text):
        raise InputError(
            source.file,
            f"the first line is longer than {HEAD_BYTES >> 10} kB",
            "export the content actions report again with its header",
        )
    require(wanted, layout.header.columns, layout.names, source.file)
    return layout


def _is_utf8(source: Source) -> bool:
    """Most lines that are not ASCII are UTF-8; the others are damaged then, not Windows-1252.

    A tie is UTF-8 too: text in Windows-1252 is hardly ever valid UTF-8 by accident.
    """
    with closing(source.open()) as stream:
        votes = Counter(_valid(line) for line in _lines(stream) if not line.isascii())
    return votes[True] >= votes[False]


def _lines(stream: Bytes) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(_CHUNK):
        *lines, rest = (rest + data).splitlines(keepends=True)
        yield from lines
        if len(rest) > RECORD_BYTES:  # Too long for a record: judged in pieces.
            yield rest
            rest = b""
    yield rest


def _valid(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
