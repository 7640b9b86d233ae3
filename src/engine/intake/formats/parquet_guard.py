"""What a Parquet file would unfold to, told by its footer and the headers of its pages.

A page of some bytes may stand for millions of equal cells, a dictionary's text for each of them,
and a cell for the beginning of the one before it. The footer's own sums leave that out, and may be
wrong; a reader goes by the pages' headers, so these are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.intake.unfolding import Unfolding

__all__ = ["refuse_unfolding"]

_DICTIONARY_PAGE: Final = 2
_PREFIXES: Final = 7
"""The encoding DELTA_BYTE_ARRAY: a text is the beginning of the one before it, and what follows."""
_HEADER_BYTES: Final = 1 << 8
_LONGEST_HEADER: Final = 1 << 24
_BATCH_ROWS: Final = 1 << 16


class _Pages(msgspec.Struct):
    """The pages of one column of one row group."""

    values: int
    bytes: int
    dictionary: int = 0
    prefixed: int = 0


def refuse_unfolding(
    file: pq.ParquetFile, path: str, names: Sequence[str], unfolding: Unfolding
) -> None:
    """Refuse a file before it is read.

    Parameters
    ----------
    file, path:
        The file, and where it lies.
    names:
        The columns that will be read; what lies in a nested one is read with it.

    Raises
    ------
    InputError
        If they unfold too far.
    """
    metadata = file.metadata
    paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    columns = [
        place
        for place, found in enumerate(paths)
        if any(found == name or found.startswith(f"{name}.") for name in names)
    ]
    unfolding.count(0, rows=metadata.num_rows, cells=metadata.num_rows * len(columns))
    repeating = []
    with open(path, "rb") as raw:
        for group in range(metadata.num_row_groups):
            for column in columns:
                chunk = metadata.row_group(group).column(column)
                pages = _walk(raw, chunk)
                unfolding.count(pages.bytes, cells=max(0, pages.values - metadata.num_rows))
                kind = metadata.schema.column(column)
                if chunk.physical_type == "FIXED_LEN_BYTE_ARRAY":
                    unfolding.count(pages.values * kind.length)
                elif chunk.physical_type == "BYTE_ARRAY" and (pages.dictionary or pages.prefixed):
                    repeating.append((group, column, pages))
    longest = [pages.values * max(pages.dictionary, pages.prefixed) for *_, pages in repeating]
    if sum(longest) <= unfolding.left:
        return
    texts = _Texts(path, file, paths, unfolding)
    known = [texts.most(group, column, pages) for group, column, pages in repeating]
    if sum(known) <= unfolding.left:
        return
    for group, column, pages in repeating:
        texts.count(group, column, pages)


class _Texts:
    """The texts of columns, read without repeating them."""

    def __init__(
        self, path: str, file: pq.ParquetFile, names: list[str], unfolding: Unfolding
    ) -> None:
        self._names = names
        self._coded = pq.ParquetFile(path, read_dictionary=names, pre_buffer=False)
        self._plain = file
        self._unfolding = unfolding

    def most(self, group: int, column: int, pages: _Pages) -> int:
        """The bytes of the texts, if each were as long as the longest in the dictionary."""
        if pages.prefixed:
            return pages.values * max(pages.dictionary, pages.prefixed)
        for cells in self._cells(self._coded, group, column, 1):
            return pages.values * int(_lengths(cells.dictionary).max(initial=0))
        return 0

    def count(self, group: int, column: int, pages: _Pages) -> None:
        """Count the bytes of the texts, cell by cell."""
        if pages.prefixed:
            # However long its texts are, no batch can take more memory than is left.
            size = max(1, min(_BATCH_ROWS, self._unfolding.left // (4 * pages.prefixed)))
            for cells in self._cells(self._plain, group, column, size):
                if pa.types.is_dictionary(cells.type):
                    cells = cells.dictionary_decode()
                self._unfolding.count(int(_lengths(cells).sum()))
            return
        for cells in self._cells(self._coded, group, column, _BATCH_ROWS):
            lengths = _lengths(cells.dictionary)
            places = cells.indices.drop_null().to_numpy(zero_copy_only=False)
            self._unfolding.count(int(lengths[places].sum()))

    def _cells(self, file: pq.ParquetFile, group: int, column: int, size: int) -> Any:
        name = self._names[column]
        for batch in file.iter_batches(size, row_groups=[group], columns=[name]):
            cells = batch.column(0)
            while pa.types.is_struct(cells.type):
                cells = cells.field(0)
            while pa.types.is_list(cells.type) or pa.types.is_large_list(cells.type):
                cells = cells.flatten()
            if file is self._coded and not pa.types.is_dictionary(cells.type):
                cells = cells.dictionary_encode()
            yield cells


def _lengths(texts: pa.Array) -> Any:
    return pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False).astype(np.int64)


def _walk(raw: BinaryIO, chunk: Any) -> _Pages:
    """Read the headers of all pages of a column."""
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < (chunk.dictionary_page_offset or 0) < at:
        at = chunk.dictionary_page_offset
    end = at + chunk.total_compressed_size
    pages = _Pages(chunk.num_values, 0)
    values = 0
    while at < end:
        header, length = _header(raw, at)
        size, packed = header.get(2, 0), header.get(3, 0)
        if size < 0 or packed < 0:
            raise pa.ArrowInvalid("a page of negative size")
        at += length + packed
        pages.bytes += size
        if header.get(1) == _DICTIONARY_PAGE:
            pages.dictionary = max(pages.dictionary, size)
            continue
        about = header.get(5) or header.get(8) or {}
        values += about.get(1, 0)
        if about.get(2 if 5 in header else 4) == _PREFIXES:
            pages.prefixed = max(pages.prefixed, size)
    pages.values = max(pages.values, values)
    return pages


def _header(raw: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    size = _HEADER_BYTES
    while True:
        raw.seek(at)
        compact = _Compact(raw.read(size))
        try:
            return compact.struct(), compact.at
        except (IndexError, RecursionError):
            if len(compact.data) < size or size > _LONGEST_HEADER:
                raise pa.ArrowInvalid("the header of a page is cut off") from None
            size *= 16


class _Compact:
    """Thrift's compact protocol, as far as the header of a page needs it.

    Source: "Thrift Compact protocol encoding", and parquet.thrift.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def struct(self) -> dict[int, Any]:
        """The fields by their numbers."""
        fields: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._integer()
            fields[number] = self._value(kind & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 7:
            return self._skip(8)
        if kind == 8:
            return self._skip(self._unsigned())
        if kind == 12:
            return self.struct()
        raise pa.ArrowInvalid("the header of a page has a field of an unknown kind")

    def _byte(self) -> int:
        byte = self.data[self.at]
        self.at += 1
        return byte

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self.data):
            raise IndexError

    def _unsigned(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
            if shift > 63:
                raise pa.ArrowInvalid("the header of a page has a number that is none")

    def _integer(self) -> int:
        number = self._unsigned()
        return (number >> 1) ^ -(number & 1)
