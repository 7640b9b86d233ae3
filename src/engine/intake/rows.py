"""What a reader hands on: the records of one file as raw text columns, nothing interpreted."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.dialects import shipped
from engine.dialects.dialect import Dialect
from engine.intake.rejects import Rejects

__all__ = ["RawTable"]


class RawTable(msgspec.Struct):
    """The records of one file.

    Attributes
    ----------
    file:
        The name as the user gave it (for a member of a folder: folder/name; for standard
        input: ``-``).
    columns:
        Canonical field → one cell a record, all of one length. Each is a
        ``pa.ChunkedArray`` of ``dictionary<int32, string>`` or of ``string``; ``timestamp``
        is always ``string``. Typed cells (a spreadsheet's date, a JSON number, a parquet
        timestamp) are handed on as text: ISO 8601, with offset only if the cell had one.
        An absent or null cell is null or "". Cells are not trimmed.
    rows:
        int64, the row of each record as a spreadsheet shows it (header 1, first record 2; for
        formats without a header the first record is still row 2), or None for 2, 3, 4, ….
    rejects:
        Records that could not be split into cells, with their rows.
    unknown_columns:
        Header names that no field answers to, for the note to the user.
    dialect:
        How its rows are read.
    recognised:
        Whether its columns told the dialect, and the caller did not.
    """

    file: str
    columns: dict[str, pa.ChunkedArray]
    rows: npt.NDArray[np.int64] | None = None
    rejects: Rejects = msgspec.field(default_factory=Rejects.none)
    unknown_columns: list[str] = []
    dialect: Dialect = msgspec.field(default_factory=shipped)
    recognised: bool = False

    @property
    def records(self) -> int:
        """Records split into cells (rejects not among them)."""
        return len(next(iter(self.columns.values()))) if self.columns else 0
