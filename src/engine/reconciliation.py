"""A report against the platform's own list of current statuses.

Source: semantics.md §12. The work is done in :mod:`engine.projection.against`; here the report and
the list are read, and the answer is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property

from engine.arguments import (
    as_mapping,
    checked,
    function,
    instance,
    moment,
    optional,
    text,
    texts,
)
from engine.auditor import Audit
from engine.columns.frame import Frame
from engine.columns.texts import fold_case_text, tidy_text
from engine.dialects import Named, dialect_of
from engine.errors import UsageError
from engine.instants import TimestampRules
from engine.intake.export.statuses import StatusExport, read_statuses
from engine.intake.tables import One, OneOrMore, sources_of
from engine.options import DateOrder, HistoryKind, Key, Options, as_written
from engine.projection.against.differences import AGAINST_CODES, Differences, differ
from engine.projection.against.entries import Entries, understand
from engine.projection.against.frame import findings_frame
from engine.projection.against.pairing import folded
from engine.projection.against.summary import ReconciliationSummary, hints, summarise
from engine.projection.against.words import extended
from engine.projection.history import History
from engine.records import Quarantined
from engine.rules.catalogue import selected
from engine.sources import audit_of

__all__ = ["Reconciliation", "reconcile"]


class Reconciliation:
    """A replay compared with a status export; tables are computed when first asked for.

    Parameters
    ----------
    audit:
        The report, read.
    export:
        The list of statuses, read.
    as_of:
        Until when the report's events count, as :meth:`engine.Audit.status` takes it.
    words:
        A word of the export → the status it stands for, beside those that are known.
    learner, content:
        Only this learner's address, only this content title.

    Raises
    ------
    InputError
        If no row of the export has a status that is known, or its dates could be day-first or
        month-first.
    UsageError
        If ``as_of`` is no time, or a word is to mean no status.
    """

    @checked(
        audit=instance(Audit),
        export=instance(StatusExport),
        as_of=optional(moment),
        words=optional(as_mapping),
        learner=optional(text),
        content=optional(text),
    )
    def __init__(
        self,
        audit: Audit,
        export: StatusExport,
        *,
        as_of: str | date | None = None,
        words: Mapping[str, str] | None = None,
        learner: str | None = None,
        content: str | None = None,
    ) -> None:
        self.audit = audit
        self.as_of = None if as_of is None else as_written(as_of)
        options = audit.options
        rules = TimestampRules(timezone=options.timezone, date_order=options.date_order)
        known = extended(words or {})
        self.history: History = audit.history_of(learner, content, self.as_of)
        self.entries: Entries = understand(_chosen(export, learner, content), known, rules)

    @cached_property
    def differences(self) -> Differences:
        """Which entry is about which record, and where they disagree."""
        by_panorama = self.audit.options.key == "email,panorama,content"
        return differ(self.history, self.entries, by_panorama=by_panorama)

    @property
    def findings(self) -> Frame:
        """All findings, ordered by learner, content, code, field."""
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
        wanted = selected(AGAINST_CODES, select, ignore)
        frame = findings_frame(self.history, self.entries, self.differences)
        return frame if len(wanted) == len(AGAINST_CODES) else frame.having("code", wanted)

    @cached_property
    def summary(self) -> ReconciliationSummary:
        """What was compared, and counts of what was found."""
        return summarise(self.history, self.entries, self.differences, self.as_of)

    @property
    def unread(self) -> list[Quarantined]:
        """The rows of the export that were compared with nothing, and why; in their order."""
        return sorted(self.entries.export.rejects, key=lambda each: each.row)

    @cached_property
    def hints(self) -> list[str]:
        """What the findings as a whole suggest, a sentence or two each."""
        return hints(self.history, self.entries, self.differences, self.summary)

    @property
    def notes(self) -> list[str]:
        """What a reader of any answer should know of the files, a sentence each."""
        export = self.entries.export
        told = list(self.audit.notes)
        if export.unknown:
            told.append(f"{export.file}: columns not used: " + ", ".join(export.unknown))
        return told


def _chosen(export: StatusExport, learner: str | None, content: str | None) -> StatusExport:
    """The entries of this learner and content."""
    keep = list(range(len(export)))
    if learner is not None:
        wanted = fold_case_text(learner)
        keep = [n for n in keep if export.cells["learner"][n] == wanted]
    if content is not None:
        if "content_title" not in export.cells:
            raise UsageError(
                f"{export.file} has no content titles to choose by; leave --content out."
            )
        title = folded(tidy_text(content))
        keep = [n for n in keep if folded(export.cells["content_title"][n]) == title]
    return export if len(keep) == len(export) else export.only(keep)


@checked(
    as_of=optional(moment),
    columns=optional(as_mapping),
    words=optional(as_mapping),
    learner=optional(text),
    content=optional(text),
    progress=optional(function),
)
def reconcile(
    source: OneOrMore,
    *,
    against: One,
    name: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    columns: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    learner: str | None = None,
    content: str | None = None,
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
) -> Reconciliation:
    """Read a report and a status export, and compare what the one comes to with the other.

    Parameters
    ----------
    source:
        A report file, a folder of them, a table, or several; or a store.
    against:
        The platform's list of current statuses: CSV, TSV, xlsx, JSON, JSON Lines, Parquet, or a
        table.
    name:
        What tables are called, that of the list last; see :func:`engine.audit`.
    as_of:
        When the export was made: a date (its end in the audit's time zone) or a date and time.
        None: after every event.
    columns:
        Field → column of the export, where its header does not tell.
    words:
        A word of the export → the status it stands for.
    learner, content:
        Only this learner's address, only this content title.
    history, tolerance, key, timestamp_format, dialect, across, reschedule_window, now, known_on:
        As for :func:`engine.audit`.
    timezone, date_order:
        The same; they hold for the export too.
    progress:
        Called with a few words as each stage begins.

    Raises
    ------
    InputError
        If a file or a table cannot be read, or the export lacks a column.
    UsageError
        If an option's value is wrong.
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
    report, exports = sources_of("reconcile", [source, against], name)
    if len(exports) != 1:
        raise UsageError("reconcile() needs one list of statuses as against; several were given.")
    (listed,) = exports
    result = audit_of(report, options, known_on=known_on, progress=progress)
    if progress is not None:
        progress(f"reading {listed if isinstance(listed, str) else listed.name}")
    export = read_statuses(listed, columns or {})
    if progress is not None:
        progress("comparing")
    return Reconciliation(
        result, export, as_of=as_of, words=words, learner=learner, content=content
    )
