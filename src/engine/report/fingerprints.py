"""What a finding is, as a short text that stays the same when rows, files and row numbers move.

Two reports that overlap have the same finding in other rows: a pipeline that fails only on what is
new must know it again. So a fingerprint is made of the code, whose record it is about, and the
event, not of where it stands. Equal findings at one instant are told apart by a number.

Distinct cells are hashed once, and their hashes are mixed in columns: a million findings take a
tenth of a second. The numbers are 128 bits wide, in two lanes.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import int32
from engine.columns.frame import Coded, Column, Frame, Instants
from engine.columns.kernels import take

__all__ = ["fingerprints", "with_fingerprints"]

Lanes = npt.NDArray[np.uint64]
"""Two numbers a row; shape (rows, 2)."""

_IDENTITY: Final = (
    *("code", "learner", "panorama", "content_type", "content_title", "type", "source", "at"),
    *("changed", "old_status", "new_status"),
    *("field", "ours", "theirs"),
)
"""The columns that say what a finding is; a table has those of its command. Never change the order
of what is there: fingerprints are kept in files."""

_TOLD: Final = ("message", "before", "after")
"""In the order of what these say equal findings are numbered."""

_SALTS: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)

_HEX: Final = np.array([list(f"{byte:02x}".encode()) for byte in range(256)], np.uint8)


def fingerprints(frame: Frame) -> pa.StringArray:
    """Return the fingerprint of each finding of a table: 32 hexadecimal digits."""
    lanes = np.tile(_SALTS, (len(frame), 1))
    for name in _IDENTITY:
        if name in frame.columns:
            lanes = _mixed(lanes ^ _hashes(frame.columns[name]))
    lanes = _mixed(lanes ^ _mixed(_ordinals(lanes, frame)[:, None] + _SALTS))
    letters = _HEX[lanes.astype(">u8").view(np.uint8).reshape(len(frame), 16)]
    offsets = int32(np.arange(len(frame) + 1) * 32)
    return pa.StringArray.from_buffers(
        len(frame), offsets.buffers()[1], pa.py_buffer(np.ascontiguousarray(letters))
    )


def with_fingerprints(frame: Frame) -> Frame:
    """Return the table with a column ``fingerprint`` at its end."""
    column = Coded(np.arange(len(frame), dtype=np.int32), fingerprints(frame))
    return Frame({**frame.columns, "fingerprint": column}, len(frame))


def _mixed(lanes: Lanes) -> Lanes:
    """Spread each bit over the whole number (the finaliser of splitmix64); one to one."""
    lanes = (lanes ^ (lanes >> np.uint64(30))) * _FIRST
    lanes = (lanes ^ (lanes >> np.uint64(27))) * _SECOND
    return lanes ^ (lanes >> np.uint64(31))


def _hashes(column: Column) -> Lanes:
    if isinstance(column, Instants):
        at = column.at if column.known is None else np.where(column.known, column.at, -1)
        return _mixed(at.astype(np.uint64)[:, None] + _SALTS)
    assert isinstance(column, Coded)
    codes, values = column.codes, column.values
    if len(values) > len(codes):
        used, codes = np.unique(codes, return_inverse=True)
        values = take(values, int32(used))
    encode = msgspec.json.encode
    digests = b"".join(
        blake2b(encode(value), digest_size=16).digest() for value in values.to_pylist()
    )
    found: Lanes = np.frombuffer(digests, "<u8").reshape(-1, 2)[codes]
    return found


def _ordinals(lanes: Lanes, frame: Frame) -> npt.NDArray[np.uint64]:
    """Number the rows that are equal; nearly all are the only ones of their kind."""
    numbers = np.zeros(len(lanes), np.uint64)
    rows = _repeated(lanes[:, 0])
    if not len(rows):
        return numbers
    lanes, frame = lanes[rows], frame.take(rows)
    # Two that are equal may be told otherwise, such as in another spelling.
    told = [frame.columns[name].cells() for name in _TOLD if name in frame.columns]
    said = np.unique([repr(row) for row in zip(*told, strict=True)], return_inverse=True)[1]
    order = np.lexsort((said, *lanes.T))
    ordered = lanes[order]
    begins = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)])
    sizes = np.diff(np.r_[begins, len(ordered)])
    numbers[rows[order]] = np.arange(len(ordered)) - np.repeat(begins, sizes)
    return numbers


def _repeated(lane: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return the rows whose number another row has too."""
    ordered = np.sort(lane)
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return np.arange(0)
    order = np.argsort(lane)
    return np.sort(order[np.r_[False, same] | np.r_[same, False]])
