"""What a file is, told by its first bytes, and only then by the ending of its name."""

from __future__ import annotations

import os
from typing import Final, Literal

from engine.descriptors import first_bytes
from engine.dialects.columns import ColumnNames
from engine.errors import InputError
from engine.intake.formats.csv_layout import detect_encoding, lay_out
from engine.intake.wanted import Wanted

__all__ = ["Kind", "is_store", "kind_of", "refuse_binary", "refuse_foreign"]

Kind = Literal["delimited", "json", "jsonl", "xlsx", "parquet"]

_FOREIGN: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"MZ\0", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"\x1f\x8b", "a compressed file inside a compressed file"),
    (b"\x28\xb5\x2f\xfd", "a compressed file inside a compressed file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ARROW1\0\0", "an Arrow IPC file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
)
_MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<svg")
_CONTAINERS: Final = (b"PAR1", b"PK\3\4", b"PK\5\6")
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\x0b\x0c\x1b")


def refuse_foreign(head: bytes, file: str, wanted: Wanted) -> None:
    """Refuse what is known to be something else.

    Raises
    ------
    InputError
        Saying what the file is instead.
    """
    if not head:
        raise InputError(file, "the file is empty", wanted.again)
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise InputError(file, f"this is {what}, not a {wanted.noun}", wanted.give)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise InputError(
            file,
            "this is an .xls workbook of the old format, or one with a password",
            "save it as .xlsx without a password, or as CSV",
        )
    if _is_database(head):
        raise InputError(file, f"this is a database, not a {wanted.noun}", wanted.instead_of_store)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower().startswith(_MARKUP):
        raise InputError(
            file,
            f"this is a web page or XML, not a {wanted.noun}",
            f"the download may have ended at the sign-in page: download the {wanted.noun} again",
        )


def _is_database(head: bytes) -> bool:
    return head[8:12] == b"DUCK"


def is_store(file: str) -> bool:
    """Tell whether a file is a database, as stores are, by its first bytes."""
    try:
        return os.path.isfile(file) and _is_database(first_bytes(file, 12))
    except (OSError, ValueError):
        return False  # Reading it says what is wrong with it.


def kind_of(head: bytes, text: str, file: str, wanted: ColumnNames) -> Kind:
    """The format of a file that is not foreign.

    Parameters
    ----------
    head:
        Its first bytes.
    text:
        The same, decoded.
    wanted:
        The columns that the header of a delimited text may have.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_CONTAINERS):
        return "xlsx"
    name = file.lower().removesuffix(".gz").removesuffix(".zst")
    by_name: Kind | None = None
    if name.endswith((".jsonl", ".ndjson")):
        by_name = "jsonl"
    elif name.endswith(".json"):
        by_name = "json"
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        return by_name or "json"
    # A CSV under the wrong name is a CSV. `text` decides: JSON Lines whose first line is
    # broken still has its braces and quotes.
    if by_name == "jsonl" or (by_name == "json" and not _first_line_is_header(text, wanted)):
        return by_name
    return "delimited"


def _first_line_is_header(text: str, wanted: ColumnNames) -> bool:
    layout = lay_out(text, wanted)
    return layout is not None and len(layout.header.columns) >= 2


def refuse_binary(head: bytes, file: str, wanted: Wanted) -> None:
    """Refuse what is neither text nor a known container: NULs all over, or control characters.

    Raises
    ------
    InputError
        If more than one byte in 20 is a control character that no text holds.
    """
    if head.startswith(_CONTAINERS) or detect_encoding(head).name != "utf-8":
        return
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head[:4096])
    if controls * 20 > min(len(head), 4096):
        raise InputError(file, "this is no text", wanted.give)
