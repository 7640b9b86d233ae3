"""Instants → ISO 8601 text in UTC: one (the slow obvious twin) or a column of them.

The fraction is left out when zero, else three digits if whole milliseconds, else six.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.instants.text import EPOCH, FIRST_INSTANT, LAST_INSTANT

__all__ = ["format_utc", "format_utc_column"]

Bytes = npt.NDArray[np.uint8]

_DAY: Final = 86_400
_BLOCK: Final = 65_536
_WIDTH: Final = len("2024-03-01T10:11:12Z")
_MOST: Final = len("2024-03-01T10:11:12.345678Z")
_ZERO: Final = ord("0")


def format_utc(us: int) -> str:
    """Return microseconds since 1970 UTC as text; `ValueError` outside the years 1–9999."""
    if not FIRST_INSTANT <= us <= LAST_INSTANT:
        raise ValueError(f"{us} µs lies outside the years 1 to 9999")
    time = EPOCH + timedelta(microseconds=us)
    return time.isoformat(timespec=_precision(time.microsecond)) + "Z"


def _precision(fraction: int) -> str:
    if not fraction:
        return "seconds"
    return "microseconds" if fraction % 1000 else "milliseconds"


def format_utc_column(
    us: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return a string array of `format_utc` of each value, null where not `valid`.

    Offsets are 32 bits: at most 79 million values (an `OverflowError` beyond).

    Raises
    ------
    ValueError
        A valid value lies outside the years 1–9999.
    """
    if len(us) * _MOST > np.iinfo(np.int32).max:
        raise OverflowError(f"{len(us)} texts do not fit one string array; give parts of it")
    us = us if valid is None else us * valid
    if len(us) and not (us.min() >= FIRST_INSTANT and us.max() <= LAST_INSTANT):
        raise ValueError("an instant lies outside the years 1 to 9999")
    widths: list[npt.NDArray[np.int32]] = [np.zeros(1, np.int32)]
    texts: list[Bytes] = []
    for start in range(0, len(us), _BLOCK):
        width, text = _format_block(us[start : start + _BLOCK])
        widths.append(width)
        texts.append(text)
    offsets = np.cumsum(np.concatenate(widths), dtype=np.int32)
    data = np.concatenate(texts) if texts else np.empty(0, np.uint8)
    mask, nulls = None, 0
    if valid is not None:
        mask, nulls = pa.array(valid).buffers()[1], len(valid) - int(np.count_nonzero(valid))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(us), buffers, null_count=nulls)


def _format_block(us: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Return each text's width and the texts' bytes one after another."""
    seconds = us // 1_000_000
    fraction = us - seconds * 1_000_000
    whole = not fraction.any()
    matrix = np.empty((len(us), _WIDTH if whole else _MOST), np.uint8)
    day = seconds // _DAY
    _put_dates(matrix, day)
    _field(matrix, 11, 8)[:] = _clock().take(seconds - day * _DAY)
    matrix[:, 19] = ord("Z")
    if whole:
        return np.full(len(us), _WIDTH, np.int32), matrix.reshape(-1)
    exact = fraction % 1000 == 0
    width = np.where(fraction == 0, 20, np.where(exact, 24, 27)).astype(np.int32)
    matrix[fraction != 0, 19] = ord(".")
    _put_digits(matrix, 20, 6, fraction)
    matrix[exact, 23] = ord("Z")
    matrix[:, 26] = ord("Z")
    return width, matrix[np.arange(_MOST) < width[:, None]]


def _field(matrix: Bytes, start: int, width: int) -> npt.NDArray[Any]:
    """Return a view on `width` (4 or 8) bytes of every row as one integer each."""
    count, stride = matrix.shape
    return np.ndarray((count,), f"=u{width}", matrix.data, offset=start, strides=(stride,))


def _put_digits(matrix: Bytes, start: int, width: int, number: npt.NDArray[np.int64]) -> None:
    for place in range(start + width - 1, start - 1, -1):
        tens = number // 10
        matrix[:, place] = number - tens * 10 + _ZERO
        number = tens


def _put_dates(matrix: Bytes, day: npt.NDArray[np.int64]) -> None:
    """Write ``YYYY-MM-DDT`` and one byte that the clock overwrites."""
    low = int(day.min())
    span = int(day.max()) - low + 1
    if span > len(day):
        _write_dates(matrix, day)
        return
    # A block's days are few: write each once, then copy them as two integers a row.
    table = np.zeros((span, 12), np.uint8)
    _write_dates(table, np.arange(low, low + span))
    relative = day - low
    _field(matrix, 0, 8)[:] = _field(table, 0, 8).take(relative)
    _field(matrix, 8, 4)[:] = _field(table, 8, 4).take(relative)


def _write_dates(matrix: Bytes, day: npt.NDArray[np.int64]) -> None:
    days = day.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) + 1970 * 12
    _put_digits(matrix, 0, 4, month // 12)
    _put_digits(matrix, 5, 2, month % 12 + 1)
    _put_digits(matrix, 8, 2, (days - months.astype("datetime64[D]")).astype(np.int64) + 1)
    matrix[:, [4, 7]] = ord("-")
    matrix[:, 10] = ord("T")


@lru_cache(maxsize=1)
def _clock() -> npt.NDArray[np.uint64]:
    """Return second of the day → the eight bytes of ``hh:mm:ss``, in the machine's order."""
    matrix = np.full((_DAY, 8), ord(":"), np.uint8)
    second = np.arange(_DAY, dtype=np.int64)
    _put_digits(matrix, 0, 2, second // 3600)
    _put_digits(matrix, 3, 2, second // 60 % 60)
    _put_digits(matrix, 6, 2, second % 60)
    return matrix.reshape(-1).view(np.uint64)
