"""Records that are none, in columns: a damaged report may have as many as it has rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns import arrow
from engine.intake.limits import BATCH_CHARS, BATCH_ROWS

__all__ = ["Reject", "RejectBuilder", "Rejects"]


class Reject(msgspec.Struct, frozen=True):
    """A record that could not be split into cells, as it stood in the file (semantics.md §7)."""

    row: int
    reason: str
    raw: str


class Rejects(Sequence[Reject]):
    """The rejects of one file, in the order in which a reader met them.

    Attributes
    ----------
    row:
        Rows as a spreadsheet shows them; int64.
    reason, reasons:
        For each reject the position of its reason in ``reasons``; few reasons are common.
    raw:
        The text of each, as ``large_string``: together they may be longer than 2 GiB.
    """

    def __init__(
        self,
        row: npt.NDArray[np.int64],
        reason: npt.NDArray[np.int32],
        reasons: list[str],
        raw: pa.ChunkedArray,
    ) -> None:
        self.row = row
        self.reason = reason
        self.reasons = reasons
        self.raw = raw

    @classmethod
    def none(cls) -> Rejects:
        """Return no rejects."""
        return RejectBuilder().finish()

    @classmethod
    def joined(cls, parts: Sequence[tuple[int, Rejects]]) -> Rejects:
        """Return the rejects of all parts; each comes with what its rows are counted from."""
        if not parts:
            return cls.none()
        numbers: dict[str, int] = {}
        codes = []
        for _, part in parts:
            numbered = [numbers.setdefault(reason, len(numbers)) for reason in part.reasons]
            codes.append(np.array(numbered, np.int32)[part.reason])
        return cls(
            np.concatenate([part.row + start for start, part in parts]),
            np.concatenate(codes),
            list(numbers),
            pa.chunked_array([c for _, part in parts for c in part.raw.chunks], pa.large_string()),
        )

    def __len__(self) -> int:
        return len(self.row)

    @overload
    def __getitem__(self, index: int) -> Reject: ...
    @overload
    def __getitem__(self, index: slice) -> list[Reject]: ...
    def __getitem__(self, index: int | slice) -> Reject | list[Reject]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError("no such reject")
        at = index % len(self)
        return Reject(int(self.row[at]), self.reasons[self.reason[at]], self.raw[at].as_py())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class RejectBuilder:
    """Gathers rejects; no more than a batch of them are Python objects at a time."""

    def __init__(self) -> None:
        self._rows: list[npt.NDArray[np.int64]] = []
        self._codes: list[npt.NDArray[np.int32]] = []
        self._raw: list[pa.Array] = []
        self._reasons: dict[str, int] = {}
        self._pending: list[tuple[int, int, str]] = []
        self._chars = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: int, reason: str, raw: str) -> None:
        """Take one."""
        code = self._reasons.setdefault(reason, len(self._reasons))
        self._pending.append((row, code, raw))
        self._count += 1
        self._chars += len(raw)
        if len(self._pending) >= BATCH_ROWS or self._chars >= BATCH_CHARS:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        rows, codes, raws = zip(*self._pending, strict=True)
        self._rows.append(np.array(rows, np.int64))
        self._codes.append(np.array(codes, np.int32))
        self._raw.append(arrow.long_texts(raws))
        self._pending.clear()
        self._chars = 0

    def finish(self) -> Rejects:
        """Return all that were added."""
        self._flush()
        return Rejects(
            np.concatenate(self._rows or [np.empty(0, np.int64)]),
            np.concatenate(self._codes or [np.empty(0, np.int32)]),
            list(self._reasons),
            pa.chunked_array(self._raw, pa.large_string()),
        )
