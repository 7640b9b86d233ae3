"""Amounts of memory as options take them: ``500MB``, ``1GB``, ``2GiB``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import click

__all__ = ["Size"]

_WRITTEN: Final = re.compile(
    r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([kmgt]i?)?b?\s*", re.IGNORECASE | re.ASCII
)

_POWER: Final = {"k": 1, "m": 2, "g": 3, "t": 4}


class Size(click.ParamType[int]):
    """A number of bytes: decimal units (kB, MB, GB, TB) or binary ones (KiB, MiB, GiB, TiB).

    Parameters
    ----------
    least, most:
        The bounds, in bytes.
    """

    name = "size"

    def __init__(self, least: int = 50_000_000, most: int = 10**15) -> None:
        self.least = least
        self.most = most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the bytes; a text that is no size, or one out of bounds, ends the call."""
        found = _WRITTEN.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no size; write it as 500MB, 1GB or 2GiB.", param, ctx)
        unit = (found[2] or "").lower()
        base = 1024 if unit.endswith("i") else 1000
        size = int(Fraction(found[1]) * base ** _POWER.get(unit[:1], 0))
        if not self.least <= size <= self.most:
            self.fail(
                f"{value!r} is out of bounds; write a size from {self.least // 10**6:,} MB to "
                f"{self.most // 10**12:,} TB, such as 1GB.",
                param,
                ctx,
            )
        return size
