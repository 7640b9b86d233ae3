"""Where a command's data goes: standard output, or a file that appears only once it is whole.

A command works within its destination, which shows meanwhile how far it is.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import BinaryIO, Final, cast

from engine.arguments import optional, path
from engine.cli.progress import Progress
from engine.descriptors import PATIENCE
from engine.errors import UsageError
from engine.report.emit import Output, emit
from engine.report.plain import Guarded, plain_line
from engine.report.write import FORMATS_OF_FINDINGS, PAGES, format_of_name
from engine.report.zones import Zones

__all__ = ["Destination", "form_of_rejects", "spare", "whole_file"]

_REJECTS: Final = ("csv", "json", "jsonl", "parquet")
"""In what the rejected rows are written."""

_STANDARD: Final = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class Destination:
    """A format and a place, checked before any work is done.

    Parameters
    ----------
    form:
        What ``--format`` says, None if it was not given.
    output:
        What ``-o`` says, None if it was not given.
    quiet:
        Whether neither notes nor progress are shown.
    forms:
        The formats that there are.

    Raises
    ------
    UsageError
        If no format can be told, or standard output cannot take it.
    """

    def __init__(
        self,
        form: str | None,
        output: str | None,
        *,
        quiet: bool = False,
        forms: Sequence[str] = FORMATS_OF_FINDINGS,
    ) -> None:
        optional(path)(output, "--output")
        self._quiet = quiet
        self._progress = Progress(quiet=quiet)
        self.file = None if output in _STANDARD else output
        chosen = form or (format_of_name(self.file) if self.file is not None else "text")
        if chosen is None:
            raise UsageError(
                f"{self.file}: no format goes with its ending; use .json, .jsonl, .csv, .parquet, "
                ".html, .md, .xlsx or .txt, or give --format."
            )
        if chosen not in forms:
            raise UsageError(
                f"{self.file}: only audit, compare and reconcile write {chosen}; name another file."
            )
        self.form: str = chosen
        if self.file is None and self.form in ("parquet", "xlsx") and _out().isatty():
            raise UsageError(
                f"{self.form} is no text for a terminal; give -o FILE.{self.form} or redirect the "
                "output."
            )

    def __enter__(self) -> Destination:
        self._progress.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def stage(self, words: str) -> None:
        """Say what begins now."""
        self._progress.stage(words)

    @property
    def for_people(self) -> bool:
        """Whether it is a page, which says itself what notes say beside data."""
        return self.form in PAGES

    def spare(self, sources: Iterable[str]) -> None:
        """Refuse to write over what was read."""
        if self.file is not None:
            spare(self.file, sources)

    def emit(self, output: Output) -> None:
        """Write what the command has to say."""
        self.stage("writing")
        if self.file is None and _out().isatty():
            self._progress.stop()
        with self.open() as out:
            emit(output, self.form, out)

    def tell(self, notes: Sequence[str], zones: Zones | None = None) -> None:
        """Print notes on standard error, one line each, with the time zone if no page says it."""
        if self._quiet or sys.stderr is None:
            return
        told = list(notes)
        if zones is not None and not self.for_people and zones.note is not None:
            told.append(zones.note)
        for note in told:
            print(f"learner-engine: note: {plain_line(note)}", file=sys.stderr)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Yield the open place."""
        if self.file is None:
            out = _out()
            # All but these is text, and a page for the terminal is harmless already.
            guarded = out.isatty() and self.form not in ("text", "parquet", "xlsx")
            json = self.form in ("json", "jsonl")
            yield cast(BinaryIO, Guarded(out, json=json)) if guarded else out
            out.flush()
        else:
            with whole_file(self.file) as file:
                yield file


def _out() -> BinaryIO:
    if sys.stdout is None:
        raise UsageError("standard output is closed; give -o FILE.")
    return sys.stdout.buffer


def form_of_rejects(file: str, output: str | None) -> str:
    """Return the format in which ``--quarantine`` writes: CSV, or as the file's ending says.

    Raises
    ------
    UsageError
        If it is a workbook, a page or compressed, which is not written, or the file of ``-o``.
    """
    path(file, "--quarantine")
    if output is not None and os.path.realpath(file) == os.path.realpath(output):
        raise UsageError(f"{file}: -o writes there already; name another file for --quarantine.")
    if file.lower().endswith(
        (".xlsx", ".xls", ".gz", ".zst", ".html", ".htm", ".md", ".sarif", ".xml")
    ):
        raise UsageError(f"{file}: --quarantine writes .csv, .json, .jsonl or .parquet.")
    form = format_of_name(file)
    return "csv" if form in (None, "text") else str(form)


def spare(file: str, sources: Iterable[str]) -> None:
    """Refuse to write over one of the sources."""
    for source in sources:
        with suppress(OSError, ValueError):
            if source == "-":
                same = os.path.samestat(os.stat(file), os.fstat(0))
            else:
                same = os.path.realpath(file) == os.path.realpath(source) or os.path.samefile(
                    file, source
                )
            if same:
                raise UsageError(f"{file}: it is the report itself; name another file to write.")


@contextmanager
def whole_file(name: str) -> Iterator[BinaryIO]:
    """Yield a file to write that takes its name at the end; after a fault nothing is left of it.

    Until then an earlier file of that name stays as it was. A device or a pipe is written as it
    is, since it cannot be replaced; a link keeps pointing where it points.
    """
    mode = _mode(path(name, "the name of the file to write"))
    replaced = mode is None or stat.S_ISREG(mode)
    # What /dev/fd/N links to has no name under which a pipe could be opened.
    target = os.path.realpath(name) if replaced else name
    folder, base = os.path.split(target)
    draft = os.path.join(folder, f".{base[:40]}.{os.getpid()}.tmp") if replaced else target
    try:
        place = _pipe(target) if mode is not None and stat.S_ISFIFO(mode) else draft
        with open(place, "xb" if replaced else "wb") as file:
            yield file
        if replaced:
            if mode is not None:
                os.chmod(draft, stat.S_IMODE(mode))
            os.replace(draft, target)
    except BaseException as fault:
        if replaced:
            with suppress(OSError):
                os.unlink(draft)
        if isinstance(fault, OSError) and not isinstance(fault, BrokenPipeError):
            raise UsageError(
                f"{name}: it cannot be written ({fault.strerror or fault}); name another place, "
                "or make room there."
            ) from fault
        raise


def _pipe(name: str) -> int:
    """Open a named pipe, and wait a while for somebody who reads it."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            pipe = os.open(name, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as fault:
            if fault.errno != errno.ENXIO:
                raise
            if time.monotonic() > until:
                raise OSError(errno.ENXIO, "nobody reads this pipe") from None
            time.sleep(0.02)
        else:
            os.set_blocking(pipe, True)
            return pipe


def _mode(target: str) -> int | None:
    try:
        return os.stat(target).st_mode
    except OSError:
        return None
