"""Records in columns: what intake makes of the files and everything later reads.

A record is one row that could be split into cells. Its number is its position here: file by file,
row by row. An event is a record that was neither quarantined nor a duplicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, overload

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec.structs import replace

from engine.columns import arrow, kernels
from engine.columns.kernels import position
from engine.columns.texts import combined
from engine.dialects import shipped
from engine.dialects.dialect import Classified, Dialect, RowFault
from engine.errors import UnknownLearnerError

__all__ = [
    "NO_ACTION",
    "ROW_CODES",
    "Quarantine",
    "Quarantined",
    "Records",
    "RowFinding",
    "content_codes",
    "quarantine_findings",
    "source_findings",
    "unknown_learner",
]

NO_ACTION: Final = 255

ROW_CODES: Final = (None, *(fault.code for fault in RowFault))
"""The code of each :class:`RowFault`; 0 is none."""

Codes = npt.NDArray[np.int32]


class Quarantined(msgspec.Struct, frozen=True):
    """A row that became no event, and its raw text (semantics.md §7).

    ``detail`` is what the code alone does not say: what is wrong with a record that is none,
    the fields that are missing, or the cell that nothing fits.
    """

    file: str
    row: int
    code: str
    detail: str
    raw: str


class Quarantine(Sequence[Quarantined]):
    """The rows that became no events, in columns: a bad report may have millions.

    As a sequence it makes a row when asked for it. Arrays have shape (rows,). The rows that are
    no records come first; within both kinds they stand by file and row.

    Attributes
    ----------
    file, row:
        Where each stands: position in ``files``, and the row as a spreadsheet shows it.
    code:
        Position in :data:`ROW_CODES`.
    record:
        The record's number, −1 for a row that is no record.
    detail:
        Position in ``details``; see :class:`Quarantined`.
    """

    def __init__(
        self,
        files: list[str],
        file: npt.NDArray[np.integer],
        row: npt.NDArray[np.integer],
        code: npt.NDArray[np.uint8],
        record: npt.NDArray[np.int64],
        detail: npt.NDArray[np.int32],
        details: pa.StringArray,
        raw: Callable[[npt.NDArray[np.int64]], list[str]],
    ) -> None:
        self.files = files
        self.file = file
        self.row = row
        self.code = code
        self.record = record
        self.detail = detail
        self.details = details
        self.raw = raw

    @classmethod
    def none(cls) -> Quarantine:
        """Return a quarantine without rows."""
        nothing = np.empty(0, np.int64)
        codes = nothing.astype(np.int32)
        return cls(
            [],
            codes,
            nothing,
            nothing.astype(np.uint8),
            nothing,
            codes,
            arrow.texts([]),
            _no_texts,
        )

    def __len__(self) -> int:
        return len(self.row)

    @overload
    def __getitem__(self, index: int) -> Quarantined: ...
    @overload
    def __getitem__(self, index: slice) -> list[Quarantined]: ...
    def __getitem__(self, index: int | slice) -> Quarantined | list[Quarantined]:
        if isinstance(index, slice):
            return self._made(np.arange(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError("no such row")
        return self._made(np.array([index % len(self)], np.int64))[0]

    def __iter__(self) -> Iterator[Quarantined]:
        for low in range(0, len(self), _ROWS_AT_A_TIME):
            yield from self[low : low + _ROWS_AT_A_TIME]

    def _made(self, rows: npt.NDArray[np.int64]) -> list[Quarantined]:
        details = kernels.take(self.details, arrow.int64(self.detail[rows])).to_pylist()
        files = [self.files[file] for file in self.file[rows].tolist()]
        codes = [str(ROW_CODES[code]) for code in self.code[rows].tolist()]
        numbers = self.row[rows].tolist()
        return list(map(Quarantined, files, numbers, codes, details, self.raw(rows)))

    @property
    def unread(self) -> int:
        """How many of the rows are no records."""
        return int(np.count_nonzero(self.record < 0))

    def row_of_record(self, records: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the positions here of records that are in quarantine."""
        unread = self.unread
        return unread + np.searchsorted(self.record[unread:], records)


def _no_texts(rows: npt.NDArray[np.int64]) -> list[str]:
    return []


_ROWS_AT_A_TIME: Final = 1 << 14


class RowFinding(msgspec.Struct, frozen=True):
    """A finding on rows (R codes) in columns: record numbers and what they have in common."""

    code: str
    records: npt.NDArray[np.int64]


def quarantine_findings(faults: npt.NDArray[np.uint8]) -> list[RowFinding]:
    """Return the findings on records in quarantine; ``faults`` has one of each record, or 0."""
    return [
        RowFinding(fault.code, np.flatnonzero(faults == fault))
        for fault in (RowFault.MISSING_FIELD, RowFault.UNKNOWN_TYPE, RowFault.INVALID_TIMESTAMP)
    ]


def source_findings(
    pairs: Sequence[Classified], pair: Codes, kept: npt.NDArray[np.bool_]
) -> list[RowFinding]:
    """Return the findings on records that are kept though their source is not documented.

    ``pair`` has the position in ``pairs`` of each record.
    """
    codes = np.array([known.code or "" for known in pairs], "U4")
    return [
        RowFinding(fault.code, np.flatnonzero(kept & (codes == fault.code)[pair]))
        for fault in (RowFault.UNKNOWN_SOURCE, RowFault.SOURCE_OF_ANOTHER_TYPE)
        if (codes == fault.code).any()
    ]


_COLUMNS: Final = (
    "file",
    "row",
    "at",
    "learner",
    "panorama",
    "content_type",
    "content_title",
    "content",
    "pair",
    "kept",
)


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
        Rows that are no records, and the records that were quarantined.
    row_findings:
        On records; which of them repeat others is found when events are put in order.
    timezone:
        That of the audit: of dates in the call, and of timestamps that carry none in reports.
    dialect:
        How the rows were read (semantics.md §13).
    ignored:
        Kind → how many rows of it are none of a record's business; they are among the records,
        not kept, and in no quarantine.
    imported_in:
        Of a store the zones that such timestamps were read in, each once; None for reports.
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
    rejects: Quarantine
    row_findings: list[RowFinding]
    timezone: str
    notes: list[str]
    dialect: Dialect = msgspec.field(default_factory=shipped)
    ignored: dict[str, int] = {}
    imported_in: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.at)

    def names_learner(self, learner: str) -> bool:
        """Tell whether some row, or an import of the store, is of this learner.

        ``learner`` is normalised as semantics.md §1 says.
        """
        code = position(self.learners, learner)
        # A table may have names that no row uses, a store none.
        return code >= 0 and (self.imported_in is not None or bool((self.learner == code).any()))

    def taken(self, rows: npt.NDArray[np.int64]) -> Records:
        """Return these records alone, in this order; nothing is said of rows as such."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return replace(
            self,
            **columns,
            event_id=None if self.event_id is None else self.event_id[rows],
            content_id=None if self.content_id is None else self.content_id[rows],
            rejects=Quarantine.none(),
            row_findings=[],
        )

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


def unknown_learner(learner: str, learners: pa.StringArray) -> UnknownLearnerError:
    """Return the fault of asking for somebody who is not among the learners."""
    from engine.columns.nearest import nearest

    return UnknownLearnerError(
        f"no learner {learner!r} occurs in the report; {nearest(learner, learners)}"
    )
