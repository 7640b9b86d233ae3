"""Sources to an audit: reports, folders of them, or a store, read as a caller names them.

Source: interface.md ("Words shared by all commands" and "Python").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from engine.auditor import Audit
from engine.errors import InputError, UsageError
from engine.intake.capacity import within_capacity
from engine.intake.encode import encode
from engine.intake.reader import expand, read
from engine.intake.sniff import is_store
from engine.options import Options, chosen_options, instant_of, refuse_times

__all__ = ["audit"]


def audit(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    progress: Callable[[str], None] | None = None,
    known_on: str | date | None = None,
    **options: Any,
) -> Audit:
    """Read one or more reports and return their audit.

    Parameters
    ----------
    source:
        A report file, a folder of them, or several; ``-`` is standard input. Or a store.
    progress:
        Called with a few words as each stage begins.
    known_on:
        Of a store only what was recorded by then (semantics.md §9): a date (its end in the
        audit's time zone) or a date and time; None: everything.
    options:
        As :class:`Options`: ``history``, ``tolerance``, ``key``, ``timezone``, ``date_order``,
        ``timestamp_format``, ``across``, ``reschedule_window``, ``now``.

    Raises
    ------
    InputError
        If a file cannot be read as a report or a store.
    UsageError
        If an option's value is wrong, or does not go with a report or with a store.
    """
    named = [source] if isinstance(source, str | os.PathLike) else list(source)
    if not named or not all(isinstance(each, str | os.PathLike) for each in named):
        raise UsageError("audit() needs the name of a report, or a list of names.")
    chosen = chosen_options(options)
    rules = chosen.timestamps  # An unknown time zone is refused before anything is read.
    tell = progress or (lambda stage: None)
    names = [os.fspath(each) for each in named]
    if any(is_store(name) for name in names):
        return _audit_of_store(names, known_on, chosen, tell)
    if known_on is not None:
        raise UsageError(
            "known_on (--known-on) needs a store: a report does not say when it was recorded."
        )
    _refuse_misnamed(names)
    files = expand(names)
    tables = []
    for number, file in enumerate(files, 1):
        tell(f"reading {file}" + (f" ({number} of {len(files)})" if len(files) > 1 else ""))
        try:
            tables.append(read(file))
        except InputError as fault:
            if file in names:
                raise
            # To leave it out could leave out a month of history, and show in impossible records.
            remedy = f"{fault.remedy}; if it is no report, move it out of the folder"
            raise InputError(fault.file, fault.problem, remedy, row=fault.row) from fault
    tell("making sense of the rows")
    assert chosen.now is not None
    with within_capacity(files):
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
    named: list[str], known_on: str | date | None, options: Options, tell: Callable[[str], None]
) -> Audit:
    if len(named) > 1:
        raise UsageError(
            "a store is a source by itself; name it alone, or import the other reports into it."
        )
    refuse_times(options)
    moment = None if known_on is None else instant_of(known_on, options.timezone)
    from engine.store.database import reading
    from engine.store.reading import records_of

    tell(f"reading {named[0]}")
    with within_capacity(named), reading(named[0]) as connection:
        records = records_of(connection, moment, timezone=options.timezone)
    if not records.files:
        records.notes.append(f"{named[0]}: nothing had been recorded by then.")
    return Audit(records, options, imports=True)
