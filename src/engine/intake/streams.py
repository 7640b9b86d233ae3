"""Byte streams between a file and its reader: decompression, transcoding, text."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, Final, Protocol

import pyarrow as pa

from engine.errors import InputError
from engine.intake.unfolding import Unfolding
from engine.intake.wanted import refuse_unless_content

__all__ = [
    "Bytes",
    "Inflated",
    "Transcoded",
    "as_text",
    "beyond",
    "buffered",
    "decode_head",
    "unbuffered",
]

_BAD: Final = "learner-engine.mark"
"""Codec error handler: an undecodable unit becomes one lone surrogate, as ``surrogateescape``
makes of a byte, but also in UTF-16, where that one raises."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return "".join(chr(0xDC00 + b) for b in error.object[error.start : error.end]), error.end
    raise error


codecs.register_error(_BAD, _mark)


class Bytes(Protocol):
    """What a reader needs of a stream."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...

    def close(self) -> None:
        """Let the file go."""
        ...


class Inflated:
    """The decompressed bytes of a gzip or zstd file.

    Reading raises `InputError` if the file is truncated, damaged, or unfolds too far.
    """

    def __init__(self, raw: BinaryIO, codec: str, file: str, unfolding: Unfolding) -> None:
        """Decompress `raw`, which the user calls `file`; `codec` is ``gzip`` or ``zstd``."""
        self._raw = raw
        self._file = file
        self._unfolding = unfolding
        self._stream = pa.CompressedInputStream(raw, codec)

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        try:
            data: bytes = self._stream.read(size)
        except (OSError, pa.ArrowException) as error:
            refuse_unless_content(error)
            raise InputError(
                self._file,
                "the compressed data is truncated or damaged",
                "copy or download the file again",
            ) from error
        self._unfolding.count(len(data), rows=max(data.count(b"\n"), data.count(b"\r")))
        return data

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()
        self._raw.close()


def beyond(stream: Bytes, skip: int) -> Bytes:
    """The stream, its first `skip` bytes (a byte order mark) read over."""
    while skip > 0 and (data := stream.read(skip)):
        skip -= len(data)
    return stream


class Transcoded:
    """A stream in some encoding, as UTF-8; reading raises `UnicodeDecodeError`."""

    def __init__(self, inner: Bytes, encoding: str) -> None:
        """Take `encoding` for the codec of `inner`."""
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes (but 3 at least); none only at the end."""
        # No unit of UTF-16 or Windows-1252 becomes more than 3 bytes; the caller's buffer
        # holds `size`. What the decoder holds back (half a unit) makes one more unit.
        while data := self._inner.read(max(1, size // 3 - 4)):
            if text := self._decoder.decode(data):
                return text.encode()
        return self._decoder.decode(b"", final=True).encode()

    def close(self) -> None:
        """Let the file go."""
        self._inner.close()


class _Raw(io.RawIOBase):
    def __init__(self, inner: Bytes) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def unbuffered(stream: Bytes) -> io.RawIOBase:
    """`stream` as a file to read into memory that is there already."""
    return stream if isinstance(stream, io.RawIOBase) else _Raw(stream)


def buffered(stream: Bytes) -> io.BufferedReader:
    """`stream` as a file to read lines from."""
    return io.BufferedReader(unbuffered(stream), 1 << 18)


def as_text(stream: Bytes, encoding: str) -> io.TextIOWrapper:
    """`stream` decoded; line ends as they are, undecodable bytes as lone surrogates."""
    return io.TextIOWrapper(buffered(stream), encoding, errors=_BAD, newline="")


def decode_head(head: bytes, encoding: str) -> str:
    """The text at the beginning of a file, cut where its last character is incomplete."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)
