"""Where the bytes come from: a file, standard input, or a pipe."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO, BinaryIO, Final

from engine.errors import InputError
from engine.intake.limits import HEAD_BYTES
from engine.intake.sniff import refuse_binary, refuse_foreign
from engine.intake.spool import remove, spool
from engine.intake.streams import Bytes, Inflated
from engine.intake.unfolding import Unfolding
from engine.intake.wanted import Wanted

__all__ = ["Source", "open_pipe", "open_source", "standard_input", "unchanged"]

_CODECS: Final = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_COPY_BYTES: Final = 1 << 20

_TICK_NS: Final = 10_000_000
"""The coarsest step in which systems tell a file's time; usually it is 4 ms."""

_LOOKS: Final = 5

PATIENCE: Final = 10.0
"""Seconds for which a named pipe waits for what writes to it."""


class Source:
    """The bytes of one file, to be read from the start as often as needed.

    Attributes
    ----------
    file:
        The name as the user gave it.
    head:
        The first bytes (decompressed), by which format, encoding and header are told.
    wanted:
        What the file should be.
    """

    def __init__(self, file: str, path: str, wanted: Wanted) -> None:
        """Look at the head of the regular file `path`, which the user calls `file`."""
        self.file = file
        self.wanted = wanted
        self._path = path
        self._size = os.path.getsize(path)
        with open(path, "rb", buffering=0) as raw:
            start = raw.read(4)
        self._codec = _codec(start)
        self._unpacked: str | None = None
        stream = self.open()
        try:
            self.head = _read_head(stream)
        finally:
            stream.close()

    def open(self) -> Bytes:
        """A new stream of the (decompressed) bytes from the start."""
        raw = open(self._path, "rb", buffering=0)  # noqa: SIM115 (the caller closes it)
        if self._codec is None:
            return raw
        remedy = "unpack it yourself if you trust it"
        return Inflated(raw, self._codec, self.file, self.unfolding(remedy))

    def unfolding(self, remedy: str) -> Unfolding:
        """A count of what the file unfolds to; ``remedy`` says what to do if it is too much."""
        return Unfolding(self.file, self._size, self.wanted, remedy)

    def path(self) -> str:
        """A regular file that holds the (decompressed) bytes."""
        if self._codec is None:
            return self._path
        if self._unpacked is None:
            with closing(self.open()) as stream:
                self._unpacked = spool(lambda file: _copy(stream, file))
        return self._unpacked

    def close(self) -> None:
        """Remove what was unpacked."""
        if self._unpacked is not None:
            remove(self._unpacked)


@contextmanager
def open_source(file: str, wanted: Wanted) -> Iterator[Source]:
    """The file `file`; ``-`` is standard input. Pipes are first copied to a temporary file.

    Raises
    ------
    InputError
        If it is not there, is a folder, may not be read, or its first bytes are of something else.
    """
    if file == "-":
        with _spooled(file, standard_input(wanted), wanted) as source:
            yield source
        return
    mode = _mode(file)
    if stat.S_ISDIR(mode):
        raise InputError(file, "this is a folder", f"name the {wanted.noun} in it")
    if stat.S_ISFIFO(mode):
        with open_pipe(file, wanted) as pipe, _spooled(file, pipe, wanted) as source:
            yield source
        return
    if not stat.S_ISREG(mode):
        # A device may have no end, and would be copied until the disk is full.
        what = "a socket" if stat.S_ISSOCK(mode) else "a device"
        raise InputError(file, f"this is {what}, not a {wanted.noun}", wanted.give)
    with unchanged(file) as check, _opened(file, file, wanted) as source:
        try:
            yield source
        except Exception:
            # What is torn looks damaged: that it changed says more.
            check()
            raise
        check()


def standard_input(wanted: Wanted) -> BinaryIO:
    """Return standard input, as bytes.

    Raises
    ------
    InputError
        If it is closed: whatever file was opened since may have taken its place.
    """
    if sys.stdin is None or getattr(sys.stdin, "closed", False):
        raise InputError("-", "it is closed", f"name the file of the {wanted.noun}")
    return sys.stdin.buffer


@contextmanager
def unchanged(file: str) -> Iterator[Callable[[], None]]:
    """Yield what refuses a file that was written to, or replaced, since it was first looked at.

    The file is kept open, so that another one under its name is never taken for it. Of a name that
    leads to nothing, or to what may not be read, reading itself says so.

    Raises
    ------
    InputError
        From what is yielded.
    """
    try:
        held = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        yield lambda: None
        return
    before: tuple[int, ...] = ()
    for _ in range(_LOOKS):
        before = _stamp(os.fstat(held))
        if not 0 <= time.time_ns() - before[-1] < _TICK_NS:
            break
        # Written just now: what is written within one tick of the clock shows no other time.
        time.sleep(_TICK_NS / 1e9)
    else:
        before = ()  # It is being written all the time.

    def check() -> None:
        with suppress(OSError):
            if _stamp(os.fstat(held)) == _stamp(os.stat(file)) == before:
                return
        raise InputError(
            file, "it changed while it was read", "read it again when nothing writes to it"
        )

    try:
        yield check
    finally:
        os.close(held)


def _stamp(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def open_pipe(file: str, wanted: Wanted) -> Iterator[BinaryIO]:
    """Open a named pipe that something writes to, or will within some seconds.

    Raises
    ------
    InputError
        If nothing opens it for writing: that could be waited for without end.
    """
    from concurrent.futures import ThreadPoolExecutor

    # The system lets a reader in when there is a writer, and not before.
    with ThreadPoolExecutor(1) as thread:
        opening = thread.submit(os.open, file, os.O_RDONLY)
        try:
            descriptor = opening.result(PATIENCE)
        except BaseException as error:
            # The thread waits as long as nothing writes: so for a moment we do.
            with suppress(OSError):
                os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))
            with suppress(OSError):
                os.close(opening.result())
            if not isinstance(error, TimeoutError):
                raise
            raise InputError(
                file,
                "this is a named pipe, and nothing writes to it",
                f"start what writes the {wanted.noun} to it, then this",
            ) from None
    with open(descriptor, "rb", buffering=0) as pipe:
        yield pipe


def _codec(head: bytes) -> str | None:
    return next((name for magic, name in _CODECS if head.startswith(magic)), None)


def _mode(file: str) -> int:
    try:
        return os.stat(file).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputError(
            file, "there is no such file", "check the spelling and the folder you are in"
        ) from error
    except PermissionError:
        raise
    except OSError as error:
        # A file that was never reached is not damaged: its name is too long, or links go round.
        raise InputError(
            file,
            f"it cannot be reached ({error.strerror})",
            "check its name, and the folders and links on the way",
        ) from error


@contextmanager
def _opened(file: str, path: str, wanted: Wanted) -> Iterator[Source]:
    source = Source(file, path, wanted)
    try:
        refuse_foreign(source.head, file, wanted)
        yield source
    finally:
        source.close()


@contextmanager
def _spooled(file: str, pipe: BinaryIO | IO[bytes], wanted: Wanted) -> Iterator[Source]:
    # What is not wanted is refused before all of it is copied: it may have no end.
    head = _read_head(pipe)
    if _codec(head) is None:
        refuse_foreign(head, file, wanted)
        refuse_binary(head, file, wanted)

    def fill(copy: IO[bytes]) -> None:
        copy.write(head)
        _copy(pipe, copy)

    path = spool(fill)
    try:
        with _opened(file, path, wanted) as source:
            yield source
    finally:
        remove(path)


def _read_head(stream: Bytes | IO[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (data := stream.read(HEAD_BYTES - len(head))):
        head += data
    return head


def _copy(stream: Bytes | IO[bytes], target: IO[bytes]) -> None:
    while data := stream.read(_COPY_BYTES):
        target.write(data)
    target.flush()
