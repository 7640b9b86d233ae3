"""Two reports of the same learners: do they agree on the time that both cover?

Source: semantics.md §11. The work is done in :mod:`engine.projection.between`; here two reports,
or imports of a store, are read, and the answer is put together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from engine.auditor import Audit
from engine.columns.frame import Frame
from engine.intake.sniff import is_store
from engine.options import Options, chosen_options, refuse_times
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
from engine.rules.catalogue import selected
from engine.sources import audit
from engine.storekeeper.one_import import audit_of_import, named_import

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Comparison", "compare", "stores_of"]


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
            tolerance=options.tolerance_us,
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
        wanted = selected(BETWEEN_CODES, select, ignore)
        frame = differences_frame(self.merged, self.differences, self.statuses.as_of)
        return frame if len(wanted) == len(BETWEEN_CODES) else frame.having("code", wanted)

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
    known_on: str | date | None = None,
    **options: Any,
) -> Comparison:
    """Read two reports, the earlier one and the later one, and compare them.

    Parameters
    ----------
    old, new:
        A report file, a folder of them, or several; an import of a store, ``STORE@3``: the rows
        that it carried; or a store, which is all its reports read one after another.
    progress:
        Called with a few words as each stage begins.
    known_on:
        Of stores only what was recorded by then; see :func:`engine.audit`.
    options:
        As :class:`engine.Options`; they hold for both. How times are read, ``date_order`` and
        ``timestamp_format``, is for reports: a store was told when it was imported.

    Raises
    ------
    InputError
        If a file cannot be read as a report or a store.
    UsageError
        If an option's value is wrong, or a store has no such import.
    """
    named = [each if isinstance(each, str | os.PathLike) else list(each) for each in (old, new)]
    stored = [bool(stores_of(each)) for each in named]
    sides = []
    for each, of_store in zip(named, stored, strict=True):
        own = dict(options)
        if of_store and not all(stored):
            own = {name: own[name] for name in own if name not in _OF_REPORTS}
        moment = known_on if of_store or not any(stored) else None
        sides.append(_side(each, progress, moment, own))
    return Comparison(*sides)


_OF_REPORTS: Final = ("date_order", "timestamp_format")


def stores_of(source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    """Return the store that a side of a comparison reads, whole or one import; none of a report.

    Raises
    ------
    UsageError
        As :func:`engine.storekeeper.one_import.named_import`.
    """
    if not isinstance(source, str | os.PathLike):
        return [os.fspath(each) for each in source if is_store(os.fspath(each))]
    name = os.fspath(source)
    found = named_import(name)
    return [found[0]] if found is not None else [name] if is_store(name) else []


def _side(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    progress: Callable[[str], None] | None,
    known_on: str | date | None,
    options: dict[str, Any],
) -> Audit:
    found = named_import(os.fspath(source)) if isinstance(source, str | os.PathLike) else None
    if found is None:
        return audit(source, progress=progress, known_on=known_on, **options)
    chosen = chosen_options(options)
    refuse_times(chosen)
    if progress is not None:
        progress(f"reading {'@'.join(found)}")
    return audit_of_import(*found, chosen, known_on)
