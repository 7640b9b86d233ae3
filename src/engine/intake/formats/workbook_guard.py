"""Refuses .xlsx files that are none, are damaged, or would unfold too far when opened.

The library that reads a sheet holds the rectangle around all its cells, and each cell has a copy of
its text. So the corners of that rectangle, and the texts, are looked for in the sheets' XML before.
What is counted is never less than what the library takes for a row or a cell, whatever the XML.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.intake.unfolding import Unfolding
from engine.intake.wanted import Wanted, refuse_unless_content

__all__ = ["guard_workbook"]

_STEP: Final = 1 << 20
_MOST_ROWS: Final = 1 << 20
_MOST_COLUMNS: Final = 1 << 14
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)""")
_USUAL_PLACE: Final = re.compile(rb' r="([A-Za-z]*)(\d+)')
_ODD: Final = re.compile(rb"""\br\s*=\s*(?:"[^"&]*&|'[^'&]*&)""")
_ODD_USUAL: Final = re.compile(rb' r="[^"&]*&')
_NO_NAME: Final = np.array(
    [chr(each) in "_ " or (each < 128 and chr(each).isalnum()) for each in range(256)]
)
"""After these the letter r is the end of another name, or, after the space, as usual."""
_ROW_END: Final = re.compile(b"</row>")
_STRING: Final = re.compile(rb"<(?:[^\s<>]*:)?si[\s/>]")
_NO_TEXT: Final = re.compile(rb"<!|<(?:[^\s<>]*:)?si\s*/>")
_TEXT_CELL: Final = re.compile(rb't="s"[^<>]*><(?:\w+:)?v>(\d{1,9})</')
_TAG: Final = re.compile(
    rb"""<[^!?<>"'][^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+>"""
    rb"""|<!--[^<>]*+-->|<\?[^<>]*+\?>"""
)
"""A tag, or a comment, that holds nothing which looks like another tag."""


def guard_workbook(path: str, file: str, wanted: Wanted, unfolding: Unfolding) -> None:
    """Check the workbook at `path` before a parser sees it.

    Raises
    ------
    InputError
        If it is another kind of zip archive, truncated, encrypted, or too large unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
            members = archive.infolist()
            _check_directory(members, file, wanted)
            extents = [_extent(raw, member, file, unfolding) for member in members]
            for extent in extents:
                extent.count(unfolding, file)
            _count_texts(raw, members, extents, file, unfolding)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error, struct.error) as error:
        refuse_unless_content(error)
        raise _damaged(file) from error
    except NotImplementedError as error:
        raise _damaged(file) from error


def _damaged(file: str) -> InputError:
    return InputError(
        file, "the workbook is truncated or damaged", "copy or download the file again"
    )


def _check_directory(members: list[zipfile.ZipInfo], file: str, wanted: Wanted) -> None:
    if "xl/workbook.xml" not in {member.filename for member in members}:
        remedy = f"unpack it and name the {wanted.noun} in it"
        raise InputError(file, "this is a zip archive, not a workbook", remedy)
    if any(member.flag_bits & 1 for member in members):
        raise InputError(
            file, "the workbook has a password", "save it without a password, or as CSV"
        )


def _unpacked(raw: BinaryIO, member: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """The bytes of a member: the directory may lie about its size, and zipfile believes it."""
    raw.seek(member.header_offset)
    name, extra = struct.unpack("<26x2H", raw.read(30))
    raw.seek(name + extra, 1)
    left = member.compress_size
    stored = member.compress_type == zipfile.ZIP_STORED
    if not stored and member.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged(file)
    inflater = zlib.decompressobj(-15)
    size = 0
    while left > 0 and (packed := raw.read(min(left, _STEP))):
        left -= len(packed)
        while packed:
            data = packed if stored else inflater.decompress(packed, _STEP)
            packed = b"" if stored else inflater.unconsumed_tail
            size += len(data)
            if size > member.file_size:
                raise _damaged(file)
            yield data
    if size != member.file_size:
        raise _damaged(file)


def _tags(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same, cut after the end of a tag where there is one."""
    rest = b""
    for part in parts:
        rest += part
        cut = rest.rfind(b">") + 1
        if cut or len(rest) > _STEP:
            yield rest[:cut] if cut else rest
            rest = rest[cut:] if cut else b""
    yield rest


class _Extent(msgspec.Struct):
    """How far the cells of a member reach, if it is a sheet, and how many texts it names.

    Attributes
    ----------
    sheet:
        Whether it has the element in which a sheet has its cells.
    row, column:
        The furthest that a cell or a row names as its place.
    rows, widest:
        Rows that name no place, and the most cells of a row that name none: the library counts on.
    texts, strings, longest:
        Cells with a shared text; shared texts, and the bytes of the longest.
    """

    sheet: bool = False
    row: int = 0
    column: int = 0
    rows: int = 0
    widest: int = 0
    texts: int = 0
    strings: int = 0
    longest: int = 0

    def count(self, unfolding: Unfolding, file: str) -> None:
        """Count the rectangle; no spreadsheet has places beyond the last row and column."""
        if self.sheet and (self.row > _MOST_ROWS or self.column > _MOST_COLUMNS):
            raise _damaged(file)
        if self.sheet:
            rows = self.row + self.rows
            unfolding.count(0, rows=rows, cells=rows * (self.column + self.widest))


def _extent(raw: BinaryIO, member: zipfile.ZipInfo, file: str, unfolding: Unfolding) -> _Extent:
    """Look through a member: any may be a sheet, whatever its name."""
    found = _Extent()
    width = since = 0
    plain = True
    for data in _tags(_unpacked(raw, member, file)):
        unfolding.count(len(data))
        found.sheet = found.sheet or b"sheetData" in data
        if found.sheet:  # Its cells come after.
            tags = _Tags(data)
            for letters, digits in tags.places():
                found.row = max(found.row, int(digits[:12]))
                found.column = max(found.column, _column(letters))
            found.rows += len(tags.without_place(b"row"))
            found.texts += _with_text(data)
            loose = tags.without_place(b"c")
            if len(loose) or width:
                # Only where tags are what they look like, a row is known to end.
                plain = plain and b"<" not in _TAG.sub(b"", data)
                ends = [match.start() for match in _ROW_END.finditer(data)] if plain else []
                bounds = np.array([0, *np.searchsorted(loose, ends), len(loose)])
                widths = np.diff(bounds)
                widths[0] += width
                found.widest = max(found.widest, int(widths.max()))
                width = int(widths[-1])
        starts = []
        if b"<si" in data or b":si" in data:
            starts = [match.start() for match in _STRING.finditer(data)]
        if starts or found.strings:
            found.strings += len(starts)
            bounds = np.diff([-since, *starts, len(data)])
            found.longest = max(found.longest, int(bounds.max()))
            since = int(bounds[-1])
    return found


class _Tags:
    """The tags in a part of a member, found by all characters at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._chars = np.frombuffer(b"<<" + data + b" " * 16, np.uint8)
        equal = np.flatnonzero(self._chars == ord("="))
        before = self._chars[equal - 1]
        named = equal[before == ord("r")]
        # Most programs write ` r="A1"`, without other quotes or spaces: that is found sooner.
        self._usual = bool(
            (before > ord(" ")).all()
            and (self._chars[named + 1] == ord('"')).all()
            and _NO_NAME[self._chars[named - 2]].all()
        )
        begins = (self._chars == ord("<")) | (self._chars == ord(":"))
        self._names = np.flatnonzero(begins)[2:] + 1
        # The library leaves out a place in which a character is written as an entity.
        odd = _ODD_USUAL if self._usual else _ODD
        self._odd = b"&" in data and odd.search(data) is not None

    def places(self) -> set[tuple[bytes, bytes]]:
        """Whatever may be a place."""
        return set((_USUAL_PLACE if self._usual else _PLACE).findall(self._data))

    def without_place(self, name: bytes) -> npt.NDArray[np.int64]:
        """Where tags begin that may have this name, whatever their prefix, and no place."""
        names = self._names
        for step, char in enumerate(name):
            names = names[self._chars[names + step] == char]
        if name == b"c":  # `<col>` and the like.
            names = names[self._chars[names + 1] != ord("o")]
        if not self._odd:
            placed = np.ones(len(names), np.bool_)
            for step, char in enumerate(b' r="', len(name)):
                placed &= self._chars[names + step] == char
            names = names[~placed]
        return names - 2


def _with_text(data: bytes) -> int:
    """At least as many cells as have a shared text."""
    return data.count(b'"s"') + data.count(b"'s'")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def _count_texts(
    raw: BinaryIO,
    members: list[zipfile.ZipInfo],
    extents: list[_Extent],
    file: str,
    unfolding: Unfolding,
) -> None:
    """Count the text of each cell that has a shared one, cell by cell only where that matters."""
    texts = sum(extent.texts for extent in extents if extent.sheet)
    longest = max(extent.longest for extent in extents)
    if texts * longest <= unfolding.left:
        return
    shared = [member for member, extent in zip(members, extents, strict=True) if extent.strings]
    data = b"".join(_unpacked(raw, shared[0], file)) if len(shared) == 1 else b"<"
    if b"<" in _TAG.sub(b"", data) or _NO_TEXT.search(data):
        # Which text is which cannot be told: each counts as the longest.
        unfolding.count(texts * longest)
        return
    lengths = np.diff([match.start() for match in _STRING.finditer(data)] + [len(data)])
    for member, extent in zip(members, extents, strict=True):
        if not extent.sheet or not extent.texts:
            continue
        for part in _tags(_unpacked(raw, member, file)):
            named = np.array([int(place) for place in _TEXT_CELL.findall(part)], np.int64)
            unfolding.count(int(lengths[named[named < len(lengths)]].sum()))
            unfolding.count(max(0, _with_text(part) - len(named)) * longest)
