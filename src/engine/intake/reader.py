"""One report of any format → its records, and a folder → its reports."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final

from msgspec.structs import replace

from engine.dialects import shipped, shipped_names
from engine.dialects.dialect import Dialect
from engine.errors import InputError
from engine.intake.fields import MissingColumnsError
from engine.intake.formats.csv_layout import detect_encoding
from engine.intake.rows import RawTable
from engine.intake.sniff import Kind, kind_of
from engine.intake.source import Source, open_source
from engine.intake.streams import decode_head
from engine.intake.tables import NamedTable, read_table
from engine.intake.wanted import faults_of, report_in

__all__ = ["REPORT_ENDINGS", "expand", "read"]

_TEXT_ENDINGS: Final = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx")

REPORT_ENDINGS: Final = tuple(
    ending + packed for ending in _TEXT_ENDINGS for packed in ("", ".gz", ".zst")
)
"""By these a folder's reports are told from its other files."""

_READERS: Final[dict[Kind, tuple[str, str]]] = {
    "delimited": ("delimited", "read_delimited"),
    "json": ("json_records", "read_json"),
    "jsonl": ("json_records", "read_json_lines"),
    "xlsx": ("spreadsheet", "read_xlsx"),
    "parquet": ("parquet", "read_parquet"),
}
"""Module and function; imported when needed, since some are slow to import."""


def read(source: str | NamedTable, dialect: Dialect | None = None) -> RawTable:
    """Read one report.

    Parameters
    ----------
    source:
        A file, or ``-`` for standard input. Its format, compression and encoding are told by
        its content. Or a table.
    dialect:
        How its rows are read; None: as a content actions report, or where its columns are not
        there and those of exactly one other shipped dialect are, in that one (semantics.md §13).

    Raises
    ------
    InputError
        Whatever is wrong with the file. Nothing else is raised for any content.
    """
    if isinstance(source, NamedTable):
        return read_table(source, dialect)
    wanted = report_in(dialect or shipped())
    with faults_of(source, wanted), open_source(source, wanted) as opened:
        table = _in_any(opened) if dialect is None else _in(opened, dialect)
    if not table.records and not table.rejects:
        raise InputError(
            source, "it has a header but no records", "export the report for a longer period"
        )
    return table


def _in(source: Source, dialect: Dialect, *, told: bool = True) -> RawTable:
    """Read a file in a dialect; if nobody ``told``, it must have all by which that is known."""
    wanted = report_in(dialect)
    source.wanted = wanted if told else replace(wanted, columns=dialect.recognising)
    table = _reader(source)(source)
    if dialect.fields:
        from engine.intake.translation import translated

        table.columns = translated(table.columns, dialect, table.records)
    table.dialect = dialect
    return table


def _in_any(source: Source) -> RawTable:
    """Read a file in the dialect that its columns fit: the default one, or else a single other."""
    if _kind(source) in ("json", "jsonl"):
        # Where the columns are is known at the end, and the others would be tried on all of it.
        from engine.intake.formats.json_head import dialect_of_head

        told = dialect_of_head(source)
        table = _in(source, shipped(told))
        table.recognised = table.dialect is not shipped()
        return table
    try:
        return _in(source, shipped())
    except MissingColumnsError:
        found = []
        for name in shipped_names()[1:]:
            with suppress(MissingColumnsError):
                found.append(_in(source, shipped(name), told=False))
        if len(found) != 1:
            raise
        found[0].recognised = True
        return found[0]


def _kind(source: Source) -> Kind:
    encoding = detect_encoding(source.head)
    text = decode_head(source.head[encoding.mark :], encoding.name)
    return kind_of(source.head, text, source.file, source.wanted.columns)


def _reader(source: Source) -> Callable[[Source], RawTable]:
    module, function = _READERS[_kind(source)]
    reader: Callable[[Source], RawTable] = getattr(
        import_module(f"engine.intake.formats.{module}"), function
    )
    return reader


def expand(sources: Sequence[str | NamedTable]) -> list[str | NamedTable]:
    """`sources` with every folder replaced by the reports that lie in it, sorted by name.

    Hidden files, folders within it, and files of other endings are left out.

    Raises
    ------
    InputError
        If a folder holds no report or may not be read.
    """
    files: list[str | NamedTable] = []
    for source in sources:
        if isinstance(source, str) and source != "-" and _is_folder(source):
            files.extend(_reports(source))
        else:
            files.append(source)
    return files


def _is_folder(source: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(source).st_mode)
    except (OSError, ValueError):
        return False  # `read` says what is wrong with it.


def _reports(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise InputError(
            folder, f"the folder cannot be read ({error.strerror})", "ask for the permission"
        ) from error
    found = [
        path
        for name in names
        if not name.startswith(".")
        and name.lower().endswith(REPORT_ENDINGS)
        and os.path.isfile(path := os.path.join(folder, name))
    ]
    if not found:
        raise InputError(
            folder,
            "the folder holds no report",
            f"name a folder with {', '.join(_TEXT_ENDINGS[:-1])} or {_TEXT_ENDINGS[-1]} files",
        )
    return found
