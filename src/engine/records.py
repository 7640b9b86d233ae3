"""Records in columns: what intake makes of the files and everything later reads.

A record is one row that could be split into cells. Its number is its position here: file by file,
row by row. An event is a record that was neither quarantined nor a duplicate.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.kernels import position
from engine.columns.texts import combined
from engine.vocabulary import Classified

__all__ = ["NO_ACTION", "ROW_CODES", "Quarantined", "Records", "RowFinding", "content_codes"]

NO_ACTION: Final = 255

ROW_CODES: Final = (None, *(f"R00{digit}" for digit in range(1, 9)))
"""What a row code's number stands for; 0 is none."""

Codes = npt.NDArray[np.int32]


class Quarantined(msgspec.Struct, frozen=True):
    """A row that became no event, and its raw text (semantics.md §7).

    ``detail`` is what the code alone does not say: what is wrong with the record (R001), the
    fields that are missing (R002), or the cell that nothing fits (R003, R005).
    """

    file: str
    row: int
    code: str
    detail: str
    raw: str


class RowFinding(msgspec.Struct, frozen=True):
    """A finding on rows (R codes) in columns: record numbers and what they have in common."""

    code: str
    records: npt.NDArray[np.int64]


class Records(msgspec.Struct):
    """All records of the given files.

    Arrays have shape (records,). Codes are positions in the texts of the same name, which are
    normalised as semantics.md §1 says.

    Attributes
    ----------
    files:
        Names as the user gave them.
    file, row:
        Where each record stands: position in ``files``, and the row as a spreadsheet shows it.
    at:
        Microseconds since 1970-01-01T00:00:00Z; meaningless for quarantined records.
    pair:
        Position in ``pairs``: the classified (Type, Source).
    content:
        What the content is identified by: the content id, else (type, title); dense.
    kept:
        False for quarantined records.
    rejects:
        Rows that are no records (R001).
    row_findings:
        R002–R006 and R008; R007 is found when events are put in order.
    """

    files: list[str]
    file: npt.NDArray[np.int32]
    row: npt.NDArray[np.integer]
    at: npt.NDArray[np.int64]
    learner: Codes
    learners: pa.StringArray
    panorama: Codes
    panoramas: pa.StringArray
    content_type: Codes
    content_types: pa.StringArray
    content_title: Codes
    content_titles: pa.StringArray
    content: Codes
    contents: int
    pair: Codes
    pairs: list[Classified]
    event_id: Codes | None
    event_ids: pa.StringArray
    content_id: Codes | None
    content_ids: pa.StringArray
    kept: npt.NDArray[np.bool_]
    rejects: list[Quarantined]
    row_findings: list[RowFinding]
    timezone: str
    notes: list[str]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def pair_actions(self) -> npt.NDArray[np.uint8]:
        """The action of each pair, :data:`NO_ACTION` for an unknown type; shape (pairs,)."""
        actions = [NO_ACTION if pair.action is None else int(pair.action) for pair in self.pairs]
        return np.array(actions, np.uint8)


def content_codes(
    types: Codes,
    type_texts: pa.StringArray,
    titles: Codes,
    title_texts: pa.StringArray,
    ids: Codes | None = None,
    id_texts: pa.StringArray | None = None,
) -> tuple[Codes, int]:
    """Number the contents: by content id where a record has one, else by (type, title) (§1).

    Returns the dense code of each record, and how many contents there are.
    """
    codes, keys = combined(types, max(1, len(type_texts)), titles, max(1, len(title_texts)))
    if ids is None:
        return codes, len(keys)
    named = ids != position(id_texts, "")
    codes, keys = combined(
        named.astype(np.int32),
        2,
        np.where(named, ids, codes),
        max(len(keys), int(ids.max(initial=-1)) + 1),
    )
    return codes, len(keys)
