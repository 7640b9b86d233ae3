"""Which column of a file is which column of a dialect.

Names are compared without case, blanks, ``_``, ``-`` and byte order mark. A name with dots is a
path into nested JSON, or a member of a struct in Parquet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

__all__ = ["ColumnNames", "Header", "key"]

_IGNORED: Final = re.compile(r"[\s_\-\ufeff]+")


def key(name: str) -> str:
    """Return a name without what matching ignores: case, blanks, ``_``, ``-`` and BOM."""
    return _IGNORED.sub("", name).casefold()


class Header(msgspec.Struct, frozen=True):
    """Where the columns are.

    Attributes
    ----------
    columns:
        Column of the dialect → index of the column in the file.
    unknown:
        Names that no column answers to, or that lost it to a better name.
    """

    columns: dict[str, int]
    unknown: list[str]


class ColumnNames(msgspec.Struct, frozen=True, dict=True, eq=False):
    """The columns of a dialect, and under which names they may stand in a file.

    Attributes
    ----------
    names:
        Column → its names, the best first.
    needed:
        Groups of columns; of each group a file must have at least one.
    """

    names: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]

    @cached_property
    def _ranks(self) -> dict[str, tuple[str, int]]:
        return {
            key(name): (column, position)
            for column, names in self.names.items()
            for position, name in enumerate(names)
        }

    def rank(self, name: str) -> tuple[str, int] | None:
        """Return the column that a name stands for and how good a name it is (0: best), if any."""
        exact = self._ranks.get(key(name))
        if exact is not None or not self.inner:
            return exact
        return self._ranks.get(key(name.rpartition(".")[0]) + ".*")

    @cached_property
    def inner(self) -> frozenset[str]:
        """The paths, as :func:`key` has them, of what a column lies in: objects, or JSON in a text.

        A last step ``*`` stands for any member of the object.
        """
        paths: set[str] = set()
        for names in self.names.values():
            for name in names:
                steps = key(name).split(".")[:-1]
                paths.update(".".join(steps[:depth]) for depth in range(1, len(steps) + 1))
        return frozenset(paths)

    def recognise(self, names: Sequence[str]) -> Header:
        """Match every name to its column; the best name wins, the first among equals."""
        best: dict[str, tuple[int, int]] = {}
        for index, name in enumerate(names):
            match = self.rank(name)
            if match is not None:
                column, position = match
                best[column] = min(best.get(column, (position, index)), (position, index))
        columns = {column: index for column, (_, index) in best.items()}
        taken = set(columns.values())
        unknown = [name for i, name in enumerate(names) if i not in taken and name.strip()]
        return Header(columns, unknown)

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return what a file with these columns lacks, as its names should stand in the header."""
        present = set(columns)
        return [
            self.names[group[0]][0]
            + "".join(f" (or {self.names[other][0]})" for other in group[1:])
            for group in self.needed
            if not present & set(group)
        ]
