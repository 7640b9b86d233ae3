"""Two reports of the same learners: do they agree on the time that both cover?

Source: semantics.md §11. The work is done in :mod:`engine.projection.between`; here two reports
are read, and the answer is put together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.auditor import Audit, Options, audit
from engine.columns.frame import Coded, Frame
from engine.findings.catalogue import matches
from engine.projection.between.differences import (
    BETWEEN_CODES,
    Differences,
    Window,
    find_differences,
    window_of,
)
from engine.projection.between.frame import differences_frame
from engine.projection.between.matching import Matching
from engine.projection.between.merged import Merged, merge
from engine.projection.between.statuses import Replaying, Statuses, compare_statuses
from engine.projection.between.summary import ComparisonSummary, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Comparison", "compare"]


class Comparison:
    """Two reports compared; every table is computed when first asked for.

    Parameters
    ----------
    old, new:
        The earlier report and the later one, read with the same options. Their records are all
        that is looked at, so any two sets of rows that were carried together can be compared.
    """

    def __init__(self, old: Audit, new: Audit) -> None:
        self.old = old
        self.new = new
        self.options: Options = new.options

    @cached_property
    def merged(self) -> Merged:
        """Both reports' records in one table."""
        return merge(self.old.records, self.new.records)

    @cached_property
    def _events(self) -> tuple[Matching, Differences]:
        return find_differences(self.merged)

    @property
    def matching(self) -> Matching:
        """Which event of the one report is which of the other."""
        return self._events[0]

    @cached_property
    def windows(self) -> tuple[Window, Window]:
        """What the earlier report covers, and what the later one."""
        matching = self.matching
        return window_of(self.merged, matching.old), window_of(self.merged, matching.new)

    @cached_property
    def _all(self) -> tuple[Statuses, Differences]:
        matching, found = self._events
        options = self.options
        how = Replaying(
            key=options.key,
            tolerance=round(options.tolerance * 1_000_000),
            partial=options.history == "partial",
        )
        return compare_statuses(self.merged, matching, found, *self.windows, how)

    @property
    def statuses(self) -> Statuses:
        """How many statuses were compared, and as of when."""
        return self._all[0]

    @property
    def differences(self) -> Differences:
        """All findings in columns of numbers, not yet put in words."""
        return self._all[1]

    @property
    def findings(self) -> Frame:
        """All findings, ordered by learner, content, time, code."""
        return self.findings_of()

    def findings_of(self, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Frame:
        """Return the findings whose code some selector matches and no other excludes.

        Raises
        ------
        UsageError
            If a selector fits no code.
        """
        wanted = [
            (not select or matches(code, select)) and not matches(code, ignore)
            for code in BETWEEN_CODES
        ]
        frame = differences_frame(self.merged, self.differences, self.statuses.as_of)
        if all(wanted):
            return frame
        code = frame.columns["code"]
        assert isinstance(code, Coded)
        return frame.take(np.flatnonzero(np.array(wanted)[code.codes]))

    @cached_property
    def summary(self) -> ComparisonSummary:
        """What was compared, and counts of what was found."""
        return summarise(
            (self.old.records, self.new.records),
            self.windows,
            self.merged,
            self.matching,
            self.statuses,
            self.differences,
            history=self.options.history,
        )

    @cached_property
    def hints(self) -> list[str]:
        """What the differences as a whole suggest about the two exports, a sentence or two each."""
        from engine.projection.between.hints import hints

        return hints(self.merged, self.matching, self.differences, *self.windows)

    @property
    def notes(self) -> list[str]:
        """What a reader of any answer should know of the files, a sentence each."""
        sides = (self.old.records, self.new.records)
        told = [note for records in sides for note in records.notes]
        told += [
            f"{', '.join(records.files)}: rows in quarantine take no part in this "
            f"({len(records.rejects):,}); `learner-engine audit --quarantine FILE` lists them."
            for records in sides
            if records.rejects
        ]
        return list(dict.fromkeys(told))


def compare(
    old: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    new: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    progress: Callable[[str], None] | None = None,
    **options: object,
) -> Comparison:
    """Read two reports, the earlier one and the later one, and compare them.

    Parameters
    ----------
    old, new:
        A report file, a folder of them, or several.
    progress:
        Called with a few words as each stage begins.
    options:
        As :class:`engine.Options`; they hold for both.

    Raises
    ------
    InputError
        If a file cannot be read as a report.
    UsageError
        If an option's value is wrong.
    """
    sides = [
        audit(
            each if isinstance(each, str | os.PathLike) else list(each),
            progress=progress,
            **options,
        )
        for each in (old, new)
    ]
    return Comparison(*sides)
