"""A CSV or TSV file of any delimiter and encoding → its records."""

from __future__ import annotations

from engine.errors import InputError
from engine.intake.csv_fast import read_fast
from engine.intake.csv_layout import Layout, detect_encoding, lay_out
from engine.intake.csv_slow import read_slow
from engine.intake.fields import require
from engine.intake.limits import HEAD_BYTES, RECORD_BYTES
from engine.intake.rows import RawTable
from engine.intake.sniff import refuse_binary
from engine.intake.source import Source
from engine.intake.streams import Bytes, Prefixed, Transcoded, decode_head

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
    table = read_fast(_fast_stream(source, name, mark), layout, source.file)
    if table is None and name == "utf-8" and not mark and not _is_utf8(source.open()):
        name = _ANSI
        layout = _layout(source, name, mark)
        table = read_fast(_fast_stream(source, name, mark), layout, source.file)
    if table is None:
        table = read_slow(Prefixed(source.open(), mark), layout, name, source.file)
    return table


def _fast_stream(source: Source, encoding: str, mark: int) -> Bytes:
    stream = Prefixed(source.open(), mark)
    return stream if encoding == "utf-8" else Transcoded(stream, encoding)


def _layout(source: Source, encoding: str, mark: int) -> Layout:
    """Raises `InputError` if the file has no header of a report."""
    text = decode_head(source.head[mark:], encoding)
    layout = lay_out(text)
    known = layout is not None and len(layout.header.columns) > 0
    if not known:
        refuse_binary(source.head, source.file)
    if layout is None:
        if text.strip():
            require((), (), source.file)
        raise InputError(source.file, "the file is empty", "export the report again")
    if len(source.head) == HEAD_BYTES and not {"\n", "\r"} & set(text):
        raise InputError(
            source.file,
            f"the first line is longer than {HEAD_BYTES >> 10} kB",
            "export the content actions report again with its header",
        )
    require(layout.header.columns, layout.names, source.file)
    return layout


def _is_utf8(stream: Bytes) -> bool:
    """Most lines that are not ASCII are UTF-8; the others are damaged then, not Windows-1252.

    A tie is UTF-8 too: text in Windows-1252 is hardly ever valid UTF-8 by accident.
    """
    balance, some, rest = 0, False, b""
    while data := stream.read(_CHUNK):
        lines = (rest + data).splitlines(keepends=True)
        # A line too long for a record is judged in pieces: the memory stays small.
        rest = b"" if len(lines[-1]) > RECORD_BYTES else lines.pop()
        votes = [_valid(line) for line in lines if not line.isascii()]
        some |= any(votes)
        balance += 2 * sum(votes) - len(votes)
    if not rest.isascii():
        balance += 1 if _valid(rest) else -1
        some |= _valid(rest)
    stream.close()
    return balance >= 0 and (some or balance == 0)


def _valid(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
