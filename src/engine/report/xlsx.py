"""Tables as a workbook for Excel: one sheet of cells of which none is a formula or a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from engine.columns.frame import Column, Frame, Instants, Nested, Numbers
from engine.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["MOST_CHARACTERS", "MOST_ROWS", "write_workbook"]

MOST_ROWS: Final = (1 << 20) - 1
"""Rows that a sheet holds below its header."""

MOST_CHARACTERS: Final = 32_767
"""Characters that a cell holds."""

_CUT: Final = " … [cut: a cell holds no more]"

_CHUNK: Final = 1 << 12

_WIDEST: Final = 60

_MEASURED: Final = 200
"""Rows that the widths of the columns are measured on."""

_FIRST_YEAR: Final = 1900
"""Excel knows no earlier date."""


def write_workbook(frame: Frame, out: BinaryIO) -> None:
    """Write the table, with a sheet that says how to read it.

    Times are dates of Excel, which know no time zone: they are UTC, and their headers say so. One
    that Excel cannot hold is written as text. A text too long for a cell is cut, and says so.

    Raises
    ------
    UsageError
        If the table has more rows than a sheet.
    """
    if len(frame) > MOST_ROWS:
        raise UsageError(
            f"{len(frame):,} rows are more than the {MOST_ROWS:,} that a sheet of Excel holds; "
            "write .csv or .parquet instead."
        )
    from xlsxwriter import Workbook

    book = Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
        },
    )
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("table")
    headers = [_header(name, column) for name, column in frame.columns.items()]
    for place, (header, width) in enumerate(zip(headers, _widths(frame, headers), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, header, bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(headers) - 1)
    writers = [_writer(column) for column in frame.columns.values()]
    for low in range(0, len(frame), _CHUNK):
        part = frame.take(np.arange(low, min(low + _CHUNK, len(frame))))
        columns = [column.cells() for column in part.columns.values()]
        for line, cells in enumerate(zip(*columns, strict=True), low + 1):
            for place, cell in enumerate(cells):
                if cell is not None:
                    writers[place](sheet, line, place, cell)
    about = book.add_worksheet("about")
    about.set_column(0, 0, 100)
    for line, sentence in enumerate(
        (
            "Times are UTC.",
            "Lists stand in one cell, joined with |.",
            f"A text of more than {MOST_CHARACTERS:,} characters is cut; csv and parquet have it "
            "in full.",
        )
    ):
        about.write_string(line, 0, sentence)
    book.close()


def _header(name: str, column: Column) -> str:
    return f"{name} (UTC)" if isinstance(column, Instants) else name


def _widths(frame: Frame, headers: list[str]) -> list[int]:
    head = frame.take(np.arange(min(len(frame), _MEASURED)))
    widths = []
    for header, column in zip(headers, head.columns.values(), strict=True):
        longest = max((len(_text(cell)) for cell in column.cells()), default=0)
        least = 19 if isinstance(column, Instants) else 6
        widths.append(min(_WIDEST, max(least, len(header) + 3, longest) + 1))
    return widths


Writer = Callable[["Worksheet", int, int, Any], object]


def _writer(column: Column) -> Writer:
    match column:
        case Instants():
            return _write_time
        case Numbers():
            return lambda sheet, row, place, cell: sheet.write_number(row, place, cell)
        case Nested():
            return _write_text
        case _:
            return _write_cell


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    else:
        _write_text(sheet, row, place, cell)


def _write_time(sheet: Worksheet, row: int, place: int, at: datetime) -> None:
    if at.year < _FIRST_YEAR:
        sheet.write_string(row, place, at.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20))
    else:
        sheet.write_datetime(row, place, at.replace(tzinfo=None))


def _write_text(sheet: Worksheet, row: int, place: int, cell: Any) -> None:
    if text := _text(cell):
        sheet.write_string(row, place, text)


def _text(cell: Any) -> str:
    """A cell as a text: lists joined as in CSV."""
    if cell is None:
        return ""
    if isinstance(cell, list):
        texts = (
            each.get("message", f"{each.get('file')}:{each.get('row')}")
            if isinstance(each, dict)
            else str(each)
            for each in cell
        )
        cell = "|".join(texts)
    text = str(cell)
    if len(text) > MOST_CHARACTERS:
        return text[: MOST_CHARACTERS - len(_CUT)] + _CUT
    return text
