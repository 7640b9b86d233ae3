"""What a stranger may put where a value is expected, on the command line and in Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\0",
    "a\0b",
    "a\0b.csv",
    "\n",
    "a\nb",
    "a\r\nb.csv",
    "\t",
    "\udcff",
    "r\udce9sum\udce9.csv",
    "\ud800",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "infinity",
    "-1",
    "0",
    "-0.0",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "9223372036854775808",
    "1" + "0" * 400,
    "-" + "9" * 5000,
    "١٢",
    "1_000",
    "0x10",
    "1,5",
    "٢٠٢٤-٠٣-٠١",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2024-02-30",
    "3/4/2024",
    "999999999999",
    "-",
    "--",
    "-x",
    ".",
    "..",
    "/",
    "/dev/null",
    "/dev/full",
    "/dev/full.csv",
    "/proc/self/mem",
    "report.csv",
    "report.csv/below.csv",
    "no/such/folder/x.csv",
    "x" * 300 + ".csv",
    "store.duckdb@",
    "store.duckdb@0",
    "store.duckdb@-1",
    "store.duckdb@" + "9" * 30,
    "=1+1",
    "=",
    "email=",
    "x=y",
    "learner=learner,learner=email",
    ",",
    ",,S1,",
    "S1",
    "x1",
    "true",
    "null",
    "'",
    '"',
    '"a".b',
    "%",
    "%Y",
    "%Y-%m-%d%",
    "%Q%Y-%m-%d",
    "%s",
    "(" * 500,
    "[",
    "{}",
    "$(true)",
    "\x1b[2J",
    "\u202e",
    "\u200b",
    "\ufeff",
    "e\u0301" * 200,
    "😀",
    "İ",
    "x" * 100_000,
    "Europe",
    "../../etc/passwd",
    "/etc/passwd",
    "UTC\0",
    "Europe/Paris\n",
)
"""On the command line; those that no command line can hold come by Python."""


class Treacherous:
    """An object whose every question to it fails."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __fspath__ = __iter__ = __len__ = __bool__ = __float__ = __int__ = __str__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __lt__ = __gt__ = __le__ = __ge__ = __eq__

    def __hash__(self) -> int:
        raise RuntimeError("no hash")


class _PathLike:
    def __init__(self, path: object) -> None:
        self._path = path

    def __fspath__(self) -> object:
        return self._path


def objects() -> list[object]:
    """Return values of other types; new ones at each call, since some are used up."""
    return [
        None,
        True,
        False,
        0,
        5,
        -1,
        10**400,
        -(10**400),
        2**63,
        0.0,
        -0.5,
        float("nan"),
        float("inf"),
        float("-inf"),
        1e308,
        5e-324,
        1j,
        Decimal("NaN"),
        Decimal("1e999"),
        Fraction(1, 3),
        b"x",
        b"\xff\0",
        bytearray(b"report.csv"),
        memoryview(b"x"),
        [],
        [None],
        [5],
        [b"x"],
        ["\0"],
        [[]],
        ["S1", 5],
        (),
        ("a", "b"),
        {},
        {"a": 1},
        {5: None},
        set(),
        {"S1"},
        range(3),
        iter(()),
        iter(["S1"]),
        (each for each in (1, 2)),
        object(),
        object,
        str,
        len,
        lambda *given, **named: None,
        lambda: None,
        Ellipsis,
        NotImplemented,
        ValueError("x"),
        Path("no/such"),
        Path("a\0b"),
        Path("\udcff"),
        Path(),
        _PathLike("no/such"),
        _PathLike(b"no/such"),
        _PathLike(5),
        datetime(2024, 3, 1),
        datetime(2024, 3, 1, tzinfo=UTC),
        datetime.min,
        datetime.max,
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
        datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=1, seconds=1, microseconds=7))),
        date.min,
        date.max,
        date(2024, 3, 1),
        datetime(2024, 3, 1).time(),
        timedelta(1),
        UTC,
        np.float64("nan"),
        np.float32(1.5),
        np.int64(-1),
        np.uint8(255),
        np.bool_(True),
        np.datetime64("NaT"),
        np.datetime64("2024-03-01"),
        np.array([]),
        np.array([1, 2]),
        np.array(["S1"]),
        np.array(None),
        Treacherous(),
        [Treacherous()],
    ]
