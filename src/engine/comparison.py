"""Two reports of the same learners: do they agree on the time that both cover?

Source: semantics.md §11. The work is done in :mod:`engine.projection.between`; here two reports,
or imports of a store, are read, and the answer is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from msgspec.structs import replace

from engine.arguments import checked, function, instance, moment, optional, texts
from engine.auditor import Audit
from engine.columns.frame import Frame
from engine.dialects import Named, dialect_of
from engine.errors import UsageError
from engine.intake.sniff import is_store
from engine.intake.tables import NamedTable, OneOrMore, sources_of
from engine.options import DateOrder, HistoryKind, Key, Options, refuse_times, with_clock
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
from engine.records import Records
from engine.rules.catalogue import selected
from engine.sources import audit_of
from engine.storekeeper.one_import import audit_of_import, named_import

__all__ = ["Comparison", "compare", "stores_of"]


class Comparison:
    """Two reports compared; every table is computed when first asked for.

    Parameters
    ----------
    old, new:
        The earlier report and the later one, read with the same options. Their records are all
        that is looked at, so any two sets of rows that were carried together can be compared.
    """

    @checked(old=instance(Audit), new=instance(Audit))
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

    @checked(select=texts, ignore=texts)
    def findings_of(
        self, select: str | Sequence[str] = (), ignore: str | Sequence[str] = ()
    ) -> Frame:
        """Return the findings whose code some selector matches and no other excludes.

        A selector is a code or the beginning of one; one alone may be given as it is.

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


@checked(progress=optional(function), known_on=optional(moment))
def compare(
    old: OneOrMore,
    new: OneOrMore,
    *,
    name: str | Sequence[str] | None = None,
    history: HistoryKind = "complete",
    tolerance: float = 0.0,
    key: Key = "email,content",
    timezone: str = "UTC",
    date_order: DateOrder | None = None,
    timestamp_format: str | None = None,
    dialect: Named | None = None,
    across: bool | None = None,
    reschedule_window: float = 24.0,
    now: int | None = None,
    known_on: str | date | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Read two reports, the earlier one and the later one, and compare them.

    Parameters
    ----------
    old, new:
        A report file, a folder of them, a table, or several; an import of a store, ``STORE@3``:
        the rows that it carried; or a store, which is all its reports read one after another.
    name:
        What tables are called, those of ``old`` first; see :func:`engine.audit`.
    history, tolerance, key, timezone, across, reschedule_window, now:
        As for :func:`engine.audit`; they hold for both.
    date_order, timestamp_format, dialect:
        The same, but for reports alone: a store was told when it was imported.
    known_on:
        Of stores only what was recorded by then; see :func:`engine.audit`.
    progress:
        Called with a few words as each stage begins.

    Raises
    ------
    InputError
        If a file or a table cannot be read as a report, or a file not as a store.
    UsageError
        If an option's value is wrong, or a store has no such import.
    """
    options = Options(
        history=history,
        tolerance=tolerance,
        key=key,
        timezone=timezone,
        date_order=date_order,
        timestamp_format=timestamp_format,
        dialect=dialect_of(dialect),
        across=across,
        reschedule_window=reschedule_window,
        now=now,
    )
    named = sources_of("compare", [old, new], name)
    stored = [bool(_stores(side)) for side in named]
    sides = []
    for side, of_store in zip(named, stored, strict=True):
        own = options
        if of_store and not all(stored):
            own = replace(options, date_order=None, timestamp_format=None, dialect=None)
        known = known_on if of_store or not any(stored) else None
        sides.append(_side_of(side, progress, known, own))
    _refuse_two_dialects(sides[0].records, sides[1].records)
    return Comparison(*sides)


def _refuse_two_dialects(old: Records, new: Records) -> None:
    """Refuse logs of two platforms: who is who in both nobody knows (semantics.md §13)."""
    if old.dialect.digest != new.dialect.digest:
        raise UsageError(
            f"{', '.join(old.files)} is read in the dialect {old.dialect.name!r}, and "
            f"{', '.join(new.files)} in {new.dialect.name!r}; compare two logs of one platform."
        )


def stores_of(source: str) -> list[str]:
    """Return the store that a side of a comparison reads, whole or one import; none of a report.

    Raises
    ------
    UsageError
        As :func:`engine.storekeeper.one_import.named_import`.
    """
    return _stores([source])


def _stores(side: Sequence[str | NamedTable]) -> list[str]:
    if len(side) == 1 and isinstance(side[0], str):
        found = named_import(side[0])
        if found is not None:
            return [found[0]]
    return [each for each in side if isinstance(each, str) and is_store(each)]


def _side_of(
    side: Sequence[str | NamedTable],
    progress: Callable[[str], None] | None,
    known_on: str | date | None,
    options: Options,
) -> Audit:
    only = side[0]
    found = named_import(only) if len(side) == 1 and isinstance(only, str) else None
    if found is None:
        return audit_of(side, options, progress=progress, known_on=known_on)
    chosen = with_clock(options)
    refuse_times(chosen)
    if progress is not None:
        progress(f"reading {'@'.join(found)}")
    return audit_of_import(*found, chosen, known_on)
