"""A status export → its rows as text by field, every one accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from engine.columns.formulas import without_mark
from engine.columns.texts import fold_case_text, tidy_text
from engine.dialects.dialect import RowFault
from engine.errors import InputError
from engine.intake.export.columns import Columns
from engine.intake.export.table import read_table
from engine.intake.tables import NamedTable
from engine.records import Quarantined

__all__ = ["StatusExport", "read_statuses"]


class StatusExport(msgspec.Struct):
    """What a status export says, not yet interpreted.

    Attributes
    ----------
    columns:
        Field → the name of the column that it was read from.
    unknown:
        Columns that no field answers to.
    row:
        The row of each entry as a spreadsheet shows it.
    cells:
        Field → text of each entry; learner, content and Panorama as semantics.md §1 says.
    rejects:
        Rows that say of nobody or of nothing, or could not be split into cells.
    """

    file: str
    columns: dict[str, str]
    unknown: list[str]
    row: npt.NDArray[np.int64]
    cells: dict[str, list[str]]
    rejects: list[Quarantined]

    def __len__(self) -> int:
        return len(self.row)

    def only(self, keep: Sequence[int]) -> StatusExport:
        """Return these entries alone."""
        if len(keep) == len(self):
            return self
        return StatusExport(
            self.file,
            self.columns,
            self.unknown,
            self.row[np.array(keep, np.int64)],
            {field: [cells[n] for n in keep] for field, cells in self.cells.items()},
            self.rejects,
        )

    def reject(self, number: int, detail: str) -> None:
        """Put an entry among the rejects, with what is wrong with it."""
        raw = ",".join(cells[number] for cells in self.cells.values())
        self.rejects.append(
            Quarantined(self.file, int(self.row[number]), RowFault.MALFORMED_ROW.code, detail, raw)
        )


def read_statuses(given: str | NamedTable, mapping: Mapping[str, str]) -> StatusExport:
    """Read a status export.

    Parameters
    ----------
    given:
        CSV, TSV, xlsx, JSON, JSON Lines or Parquet, also compressed; ``-`` is standard input. Or
        a table.
    mapping:
        Field → column, where the header's own names do not tell.

    Raises
    ------
    InputError
        If it cannot be read, or a necessary column is missing.
    UsageError
        If the mapping names a field that is none.
    """
    columns = Columns(mapping)
    table = read_table(given, columns)
    file = table.file
    found = columns.require(table.names, file)
    cells = {
        field: [_tidied(field, row[index]) for _, row in table.rows]
        for field, index in found.items()
    }
    export = StatusExport(
        file,
        {field: table.names[index] for field, index in found.items()},
        [
            name
            for index, name in enumerate(table.names)
            if index not in found.values() and name.strip()
        ],
        np.array([row for row, _ in table.rows], np.int64),
        cells,
        table.rejects,
    )
    keep = []
    blank = [""] * len(export)
    titles, ids = cells.get("content_title", blank), cells.get("content_id", blank)
    for number in range(len(export)):
        missing = [
            name
            for name, cell in (
                ("learner", cells["learner"][number]),
                ("content", titles[number] or ids[number]),
                ("status", cells["status"][number]),
            )
            if not cell
        ]
        if missing:
            export.reject(number, f"has no {' and no '.join(missing)}")
        else:
            keep.append(number)
    if not keep:
        raise InputError(
            file,
            "no row has a learner, a content and a status",
            "export the list again, or name its columns with --map FIELD=COLUMN",
        )
    return export if len(keep) == len(export) else export.only(keep)


def _tidied(field: str, cell: str) -> str:
    cell = without_mark(cell)  # Of a CSV that no spreadsheet is to take for formulas.
    return fold_case_text(cell) if field == "learner" else tidy_text(cell)
