"""Sources to an audit: reports, folders of them, or a store, read as a caller names them.

Source: interface.md ("Words shared by all commands" and "Python").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date

from engine.arguments import checked, function, moment, optional
from engine.auditor import Audit
from engine.dialects import Named, dialect_of
from engine.errors import InputError, UsageError
from engine.intake.capacity import within_capacity
from engine.intake.encode import encode
from engine.intake.reader import expand, read
from engine.intake.sniff import is_store
from engine.intake.tables import NamedTable, OneOrMore, sources_of
from engine.options import (
    DateOrder,
    HistoryKind,
    Key,
    Options,
    instant_of,
    refuse_times,
    with_clock,
)

__all__ = ["audit", "audit_of"]


@checked(progress=optional(function), known_on=optional(moment))
def audit(
    source: OneOrMore,
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
) -> Audit:
    """Read one or more reports and return their audit.

    Parameters
    ----------
    source:
        A report file, a folder of them, or ``-`` for standard input; a table in memory: anything
        that has ``__arrow_c_stream__``, as data frames of polars and pandas, tables of pyarrow and
        relations of DuckDB do; or several of these. Or a store.
    name:
        What a table is called where its rows are named, in place of a file: ``table`` for the
        first one, ``table-2`` for the second, and so on. Of several tables a list of names.
    history:
        ``complete``: everything from the first enrolment on is there; ``partial``: the report was
        cut by date.
    tolerance:
        Seconds; events no further apart count as simultaneous.
    key:
        What tells one record from another.
    timezone:
        The zone of timestamps that carry none, and of dates in the call.
    date_order:
        Whether 3/4/2024 is 3 April (``dmy``) or 4 March (``mdy``); None: the column must tell.
    timestamp_format:
        The timestamps' strptime format; None: any that is understood without.
    dialect:
        Whose log it is: the name of a dialect that is shipped, or a file that ends in ``.toml``
        (semantics.md §13). None: a content actions report, or what the columns tell.
    across:
        What only several records together show (X codes): None counts all of it and lists the
        earliest thousand findings of each code, True lists every one, False does not look.
    reschedule_window:
        Hours; how far apart the two halves of a move to another session may be.
    now:
        The moment of the audit in microseconds since 1970: later events are in the future.
        None: the clock's.
    known_on:
        Of a store only what was recorded by then (semantics.md §9): a date (its end in the
        audit's time zone) or a date and time; None: everything.
    progress:
        Called with a few words as each stage begins.

    Raises
    ------
    InputError
        If a file or a table cannot be read as a report, or a file not as a store.
    UsageError
        If an option's value is wrong, or does not go with a report or with a store.
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
    (named,) = sources_of("audit", [source], name)
    return audit_of(named, options, known_on=known_on, progress=progress)


def audit_of(
    named: Sequence[str | NamedTable],
    options: Options,
    *,
    known_on: str | date | None = None,
    progress: Callable[[str], None] | None = None,
) -> Audit:
    """Return the audit of files and tables, or of a store; see :func:`audit`."""
    chosen = with_clock(options)
    rules = chosen.timestamps  # An unknown time zone is refused before anything is read.
    tell = progress or (lambda stage: None)
    names = [each for each in named if isinstance(each, str)]
    if any(is_store(each) for each in names):
        return _audit_of_store(named, known_on, chosen, tell)
    if known_on is not None:
        raise UsageError(
            "known_on (--known-on) needs a store: a report does not say when it was recorded."
        )
    _refuse_misnamed(names)
    given = expand(named)
    tables = []
    for number, each in enumerate(given, 1):
        called = each if isinstance(each, str) else each.name
        tell(f"reading {called}" + (f" ({number} of {len(given)})" if len(given) > 1 else ""))
        try:
            tables.append(read(each, chosen.dialect))
        except InputError as fault:
            if each in named:
                raise
            # To leave it out could leave out a month of history, and show in impossible records.
            remedy = f"{fault.remedy}; if it is no report, move it out of the folder"
            raise InputError(fault.file, fault.problem, remedy, row=fault.row) from fault
    tell("making sense of the rows")
    assert chosen.now is not None
    with within_capacity([table.file for table in tables]):
        records = encode(tables, rules, now=chosen.now)
    tables.clear()
    return Audit(records, chosen)


def _refuse_misnamed(names: list[str]) -> None:
    if names.count("-") > 1:
        raise UsageError("standard input can be read only once; give '-' once.")
    for name in names:
        store = name.rpartition("@")[0]
        if store and not os.path.exists(name) and is_store(store):
            raise UsageError(
                f"{name}: only 'compare' takes one import of a store; give {store}, with "
                "--known-on for what was known when that import was the last."
            )


def _audit_of_store(
    named: Sequence[str | NamedTable],
    known_on: str | date | None,
    options: Options,
    tell: Callable[[str], None],
) -> Audit:
    store = named[0]
    if len(named) > 1 or not isinstance(store, str):
        raise UsageError(
            "a store is a source by itself; name it alone, or import the other reports into it."
        )
    refuse_times(options)
    known = None if known_on is None else instant_of(known_on, options.timezone)
    from engine.store.database import reading
    from engine.store.reading import records_of

    tell(f"reading {store}")
    with within_capacity([store]), reading(store) as connection:
        records = records_of(connection, known, timezone=options.timezone)
    if not records.files:
        records.notes.append(f"{store}: nothing had been recorded by then.")
    return Audit(records, options, imports=True)
