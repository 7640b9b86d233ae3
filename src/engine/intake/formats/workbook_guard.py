"""Refuses .xlsx files that are none, are damaged, or would fill the memory when opened."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

from engine.errors import InputError
from engine.intake.limits import BOMB_BYTES, BOMB_RATIO
from engine.intake.wanted import Wanted

__all__ = ["guard_workbook"]

_MOST_BYTES: Final = 2 << 30
_MOST_CELLS: Final = 1 << 26
"""The workbook reader holds the rectangle around all cells: two cells, one in the first corner
and one in the last, would make 17 milliards. A full sheet of 60 columns passes."""

_STEP: Final = 1 << 20
_FAR: Final = re.compile(rb"""\br\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?\d{8})""")
"""Only sheets with a cell beyond column Z (or beyond any sheet's last row) need the sum."""
_CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)""")


def guard_workbook(path: str, file: str, wanted: Wanted) -> None:
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
            for member in members:
                _check_member(raw, member, file, wanted)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError) as error:
        raise _damaged(file) from error
    except (NotImplementedError, UnicodeDecodeError) as error:
        raise _damaged(file) from error


def _damaged(file: str) -> InputError:
    return InputError(
        file, "the workbook is truncated or damaged", "copy or download the file again"
    )


def _too_large(file: str, wanted: Wanted) -> InputError:
    return InputError(
        file,
        f"the workbook is far larger unpacked than any {wanted.noun}",
        f"save the sheet with the {wanted.noun} as CSV",
    )


def _check_directory(members: list[zipfile.ZipInfo], file: str, wanted: Wanted) -> None:
    if "xl/workbook.xml" not in {member.filename for member in members}:
        remedy = f"unpack it and name the {wanted.noun} in it"
        raise InputError(file, "this is a zip archive, not a workbook", remedy)
    if any(member.flag_bits & 1 for member in members):
        raise InputError(
            file, "the workbook has a password", "save it without a password, or as CSV"
        )
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > _MOST_BYTES or (size > BOMB_BYTES and size > BOMB_RATIO * packed):
        raise _too_large(file, wanted)


def _check_member(raw: BinaryIO, member: zipfile.ZipInfo, file: str, wanted: Wanted) -> None:
    """Unpack the member once: the directory may lie about its size, and zipfile believes it."""
    raw.seek(member.header_offset)
    name, extra = struct.unpack("<26x2H", raw.read(30))
    raw.seek(name + extra, 1)
    left = member.compress_size
    stored = member.compress_type == zipfile.ZIP_STORED
    if not stored and member.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged(file)
    inflater = zlib.decompressobj(-15)
    extent = _Extent()
    size = 0
    sheet = member.filename.startswith("xl/worksheets/")
    while left > 0 and (packed := raw.read(min(left, _STEP))):
        left -= len(packed)
        while packed:
            data = packed if stored else inflater.decompress(packed, _STEP)
            packed = b"" if stored else inflater.unconsumed_tail
            size += len(data)
            if size > member.file_size:
                raise _damaged(file)
            if sheet and extent.grow(data) > _MOST_CELLS:
                raise _too_large(file, wanted)
    if size != member.file_size:
        raise _damaged(file)


class _Extent:
    """How far the cells of a sheet reach."""

    def __init__(self) -> None:
        self._rest = b""
        self._rows = 1
        self._columns = 26

    def grow(self, data: bytes) -> int:
        """The cells in the rectangle from A1 around everything seen, `data` included."""
        data = self._rest + data
        # An attribute may lie across two steps; 64 bytes hold any.
        self._rest = data[-64:]
        if _FAR.search(data):
            for letters, digits in _CELL.findall(data):
                self._rows = max(self._rows, int(digits[:12]))
                self._columns = max(self._columns, _column(letters))
        # Short of that, no sheet has more rows than this.
        return max(self._rows, 1 << 20 if self._columns == 26 else 1) * self._columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number
