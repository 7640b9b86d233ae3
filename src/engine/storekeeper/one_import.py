"""One import of a store as a source of its own: ``STORE@3``."""

from __future__ import annotations

import os
from datetime import date

from engine.auditor import Audit
from engine.errors import UsageError
from engine.intake.sniff import is_store
from engine.options import Options, instant_of

__all__ = ["audit_of_import", "named_import"]

_LISTED = 6


def named_import(source: str) -> tuple[str, str] | None:
    """Return the store and the import that ``STORE@3`` names; None if this names a file.

    A file that has that name is the file. What stands before the last ``@`` has to be there: the
    name of a report that is missing may hold one too.

    Raises
    ------
    UsageError
        If a number is asked of a file that is no store.
    """
    store, at, number = source.rpartition("@")
    if not at or os.path.exists(source) or not os.path.exists(store):
        return None
    if is_store(store):
        return store, number
    if not number.isdecimal():
        return None
    raise UsageError(
        f"{source}: {store} is no store, so it has no imports; name the report alone, or a store "
        "that 'import' made."
    )


def audit_of_import(
    store: str, number: str, options: Options, known_on: str | date | None = None
) -> Audit:
    """Return the audit of the rows that one import carried.

    Parameters
    ----------
    number:
        The import's number, as the user gave it.
    known_on:
        Only imports recorded by then are known; see :func:`engine.audit`.

    Raises
    ------
    InputError
        If the store cannot be read.
    UsageError
        If it has no such import; the message lists those that it has.
    """
    moment = None if known_on is None else instant_of(known_on, options.timezone)
    from engine.store.carried import carried
    from engine.store.database import reading
    from engine.store.replaying import Import, imports

    with reading(store) as connection:
        recorded = imports(connection, moment)
        wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
        if wanted not in [each.number for each in recorded]:
            known = [(each.number, each.file) for each in recorded]
            raise UsageError(_no_such_import(store, number, known, known_on))
        upto: list[Import] = [each for each in recorded if each.number <= wanted]
        return Audit(carried(connection, upto, wanted, timezone=options.timezone), options)


def _no_such_import(
    store: str, number: str, known: list[tuple[int, str]], known_on: str | date | None
) -> str:
    if not known:
        return f"{store}@{number}: the store had no import by {known_on}; name a later known_on."
    by_then = "" if known_on is None else f" recorded by {known_on}"
    listed = ", ".join(f"{each} ({file})" for each, file in known[:_LISTED])
    if len(known) > _LISTED:
        listed += f" and so on up to {known[-1][0]} ({known[-1][1]})"
    return (
        f"{store}@{number}: the store has no import {number or 'without a number'}{by_then}; "
        f"it has {listed}."
    )
