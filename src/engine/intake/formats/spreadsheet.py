"""An .xlsx workbook → the records of the first sheet that holds a report."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

import python_calamine

from engine.dialects.columns import Header
from engine.errors import InputError
from engine.intake.fields import require
from engine.intake.formats.builder import Builder
from engine.intake.formats.workbook_guard import guard_workbook
from engine.intake.rows import RawTable
from engine.intake.source import Source
from engine.intake.unfolding import Unfolding
from engine.intake.wanted import refuse_unless_content

__all__ = ["read_sheets", "read_xlsx"]

_HEADER_ROWS: Final = 50
"""A title and notes may stand above the header; beyond this nobody looks for it."""

_REMEDY: Final = "save the sheet as CSV if you trust it"

Cells = Sequence[Any]


def read_xlsx(source: Source) -> RawTable:
    """Read the first sheet with a report's header; its row numbers are the sheet's.

    Raises
    ------
    InputError
        If the workbook is damaged or too large, or no sheet has such a header.
    """
    with _opened(source) as book:
        return _read(book, source)


def read_sheets(source: Source) -> Iterator[list[list[str]]]:
    """Read the cells of each sheet that has some, row by row, as text.

    Raises
    ------
    InputError
        If the workbook is damaged or unfolds too far.
    """
    with _opened(source) as book:
        for sheet in _sheets(book, source.unfolding(_REMEDY)):
            yield list(_rows(sheet))


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    path = source.path()
    guard_workbook(path, source.file, source.wanted, source.unfolding(_REMEDY))
    try:
        with _unheard():
            book = python_calamine.CalamineWorkbook.from_path(path)
        yield book
    except (InputError, MemoryError):
        raise
    except Exception as error:
        refuse_unless_content(error)
        raise _damaged(source.file) from error
    except BaseException as error:
        # A panic of the Rust library is no Exception, and has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(source.file) from error


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep from standard error what the Rust library says of a panic there.

    What else is written there meanwhile appears afterwards, unless there is a fault.
    """
    try:
        kept = os.dup(2)
    except OSError:  # It is closed.
        yield
        return
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        heard.seek(0)
        if said := heard.read():
            os.write(2, said)


def _damaged(file: str) -> InputError:
    return InputError(
        file, "the workbook is damaged", "open it in a spreadsheet and save it again, or as CSV"
    )


def _read(book: Any, source: Source) -> RawTable:
    file, wanted = source.file, source.wanted.columns
    closest: list[str] = []
    for sheet in _sheets(book, source.unfolding(_REMEDY)):
        for row, names in enumerate(islice(_rows(sheet), _HEADER_ROWS), 1):
            header = wanted.recognise(names)
            if not wanted.missing(header.columns):
                return _records(sheet, row, header, file)
            if len(header.columns) > len(wanted.recognise(closest).columns) or not closest:
                closest = [name for name in names if name]
    require(wanted, wanted.recognise(closest).columns, closest, file)
    raise _damaged(file)


def _sheets(book: Any, unfolding: Unfolding) -> Iterator[Any]:
    for index in range(len(book.sheet_names)):
        try:
            with _unheard():
                sheet = book.get_sheet_by_index(index)
        except python_calamine.WorksheetNotFound:
            continue  # A chart has a sheet of its own, without cells.
        if sheet.height:
            # Several names may stand for one sheet.
            unfolding.count(0, rows=sheet.height, cells=sheet.height * sheet.width)
            yield sheet


def _rows(sheet: Any) -> Iterator[list[str]]:
    for cells in sheet.iter_rows():
        yield [_text(cell) for cell in cells]


def _records(sheet: Any, header_row: int, header: Header, file: str) -> RawTable:
    builder = Builder(file, list(header.columns))
    indices = list(header.columns.values())
    rows: Iterable[tuple[int, Cells]] = enumerate(sheet.iter_rows(), 1)
    for row, cells in islice(rows, header_row, None):
        texts = [_text(cells[index]) for index in indices]
        if any(texts) or any(cell != "" for cell in cells):
            builder.add(row, texts, sum(map(len, texts)))
    return builder.finish(header.unknown)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)
