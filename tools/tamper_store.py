"""Edit a store in random ways with a plain database client: ``verify`` must find every edit.

    python tools/tamper_store.py [--edits 1000] [--seed 1]

Each edit is made on a copy of a store with imports that overlap, repeat and rewrite events and
have rejected rows. It is first tried as anybody would, then, where the store's triggers refuse
it, as the owner of the file can: triggers away, edit, triggers back. What no client can do because
a constraint refuses it counts as refused. Every tenth edit is also made good as far as that goes
(seals, digests, chain, read models written anew): then only ``verify --head`` can find it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import duckdb
from tamper_cover import cover_up
from tamper_edits import EDITS, NothingToEdit
from tamper_sample import make_store

import engine
from engine.store.models import MODELS, shown

NOTHING = "nothing was changed"


class Outcome(NamedTuple):
    """What became of an edit: refused, found, missed or no edit at all, and what verify says."""

    number: int
    kind: str
    what: str
    refused_at_first: bool
    result: str
    said: str


Contents = dict[str, object]


def contents(client: duckdb.DuckDBPyConnection) -> Contents:
    """Return everything that the store holds and defines, rows as a set with repetitions.

    Rows of read models that were made anew since, and that nobody is shown, are none of it. What
    an edit defines must not change what is asked here either: no function, no operator.
    """
    listed = "SELECT schema_name, table_name FROM system.main.duckdb_tables()"
    tables = [f"{schema}.{table}" for schema, table in client.execute(listed).fetchall()]
    found: Contents = {
        table: Counter(map(repr, client.execute(f"SELECT * FROM {table}").fetchall()))
        for table in tables
    }
    for model in MODELS:
        with suppress(duckdb.Error):  # It may have been renamed.
            found[f"model.{model}"] = Counter(map(repr, client.execute(shown(model)).fetchall()))
    for kind in ("schemas", "tables", "views", "columns", "triggers", "indexes", "sequences"):
        found[f"all {kind}"] = _listed(client, kind)
    for kind in ("types", "functions"):
        found[f"all {kind}"] = _listed(client, kind, "AND NOT internal")
    return found


def _listed(client: duckdb.DuckDBPyConnection, kind: str, rest: str = "") -> Counter[str]:
    asked = client.execute(
        f"FROM system.main.duckdb_{kind}() WHERE database_name <> 'system' {rest}"
    )
    # What is counted anew, and what depends on whether somebody asked a view by now.
    passing = ("oid", "estimated_size", "column_count", "is_bound")
    fixed = [not name[0].endswith(passing) for name in asked.description]
    return Counter(str([*compress(row, fixed)]) for row in asked.fetchall())


def edit_copy(store: Path, kind: str, seed: str, *, owner: bool) -> tuple[str, bool]:
    """Make one edit; return what was done, and whether the store is another than before.

    Raises
    ------
    duckdb.Error
        If the database refuses it.
    NothingToEdit
        If there is no row of the sort.
    """
    with duckdb.connect(store) as client:
        client.execute("SET threads = 1")
        before = contents(client)
        triggers = []
        if owner:
            triggers = client.execute(
                "SELECT trigger_name, schema_name || '.' || table_name, sql FROM duckdb_triggers()"
            ).fetchall()
            for name, table, _ in triggers:
                client.execute(f"DROP TRIGGER {name} ON {table}")
        what = EDITS[kind](client, random.Random(seed))
        for _, _, sql in triggers:
            with suppress(duckdb.CatalogException, duckdb.BinderException):
                client.execute(sql)  # The table may be gone, or a view by now.
        return what, contents(client) != before


def kind_of(number: int, seed: int) -> str:
    """Return what sort of edit is the ``number``-th of a seed."""
    return random.Random(f"{seed} kind {number}").choice(list(EDITS))


def attempt(number: int, seed: int, store: Path, copy: Path, *, ask: bool = True) -> Outcome:
    """Make edit ``number`` of a seed on a copy, and ask ``verify``.

    Parameters
    ----------
    ask:
        Whether other commands are tried on it too.
    """
    kind = kind_of(number, seed)
    refused = False
    for owner in (False, True):
        shutil.copy(store, copy)
        try:
            what, changed = edit_copy(copy, kind, f"{seed} {number}", owner=owner)
            break
        except NothingToEdit as fault:
            return Outcome(number, kind, str(fault), refused, "nothing to edit", "")
        except (duckdb.ParserException, duckdb.BinderException):
            raise  # The edit itself is at fault.
        except duckdb.Error as fault:
            said = " ".join(str(fault).split())
            if "only added to" in said and not owner:
                refused = True
                continue
            return Outcome(number, kind, "", refused, "refused", said[:120])
    found, named, said = verdict(copy)
    loud = disorder(copy, importing=number % 5 == 0) if ask else ""
    result = "found" if found else "missed" if changed else NOTHING
    if found and not named and kind.startswith("event"):
        result = "found, event not named"
    if loud:
        result, said = "missed", f"traceback: {loud}"
    return Outcome(number, kind, what, refused, result, said)


def disorder(store: Path, *, importing: bool) -> str:
    """Ask an edited store; return the fault that is no clear sentence, if one comes."""
    opened = engine.Store(store)
    asked = [
        lambda: opened.audit().summary,
        lambda: opened.audit(known_on="2030-01-01").timeline(),
        lambda: opened.timeline("amara.bakker@fabrikam.example"),
        *(
            [opened.rebuild, lambda: opened.import_reports(store.with_name("second.csv"))]
            * importing
        ),
    ]
    for question in asked:
        try:
            question()
        except (engine.InputError, engine.UnknownLearnerError):
            continue  # The learner may have gone with the import that was dropped.
        except Exception as fault:
            return repr(fault)
        finally:
            opened.close()
    return ""


def verdict(store: Path, head: str | None = None) -> tuple[bool, bool, str]:
    """Return whether verify finds something, whether it names an import and an event, its words."""
    try:
        faults = engine.Store(store).verify(head).faults
    except engine.InputError as fault:
        return True, True, f"(exit 2) {fault}"
    except Exception as fault:
        return False, False, f"traceback: {fault!r}"
    if not faults:
        return False, False, ""
    first = faults[0]
    return True, first.number is not None and first.event is not None, first.problem


def attempt_covered(number: int, seed: int, store: Path, copy: Path, head: str) -> Outcome | None:
    """Make an edit of an event and write all digests anew; None if the edit cannot be made."""
    shutil.copy(store, copy)
    try:
        what, _ = edit_copy(copy, "event cell", f"{seed} {number}", owner=True)
        if cover_up(copy) == head:
            return None  # A seal was edited, and written anew.
    except (duckdb.Error, engine.InputError, NothingToEdit):
        return None
    plain, _, said = verdict(copy)
    if plain:
        return Outcome(number, "covered up", what, False, "found without the head", said)
    found, _, said = verdict(copy, head)
    result = "found by --head alone" if found else "missed"
    return Outcome(number, "covered up", what, False, result, said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the edits and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="this edit alone")
    parser.add_argument("--verbose", action="store_true", help="a line for each edit")
    given = parser.parse_args(arguments)
    numbers = range(given.edits) if given.only is None else [given.only]
    results: Counter[tuple[str, str]] = Counter()
    at_first = 0
    with tempfile.TemporaryDirectory(prefix="tamper-store-") as name:
        folder = Path(name)
        store, copy = make_store(folder), folder / "copy.duckdb"
        head = engine.Store(store).verify().head
        for number in numbers:
            done = [attempt(number, given.seed, store, copy)]
            if number % 10 == 0:
                covered = attempt_covered(number, given.seed, store, copy, head)
                done += [covered] if covered is not None else []
            for outcome in done:
                at_first += outcome.refused_at_first
                results[outcome.kind, outcome.result] += 1
                if given.verbose or outcome.result in ("missed", "found, event not named"):
                    print(*outcome, sep=" | ", flush=True)
    for (kind, result), times in sorted(results.items()):
        print(f"{times:5}  {kind:22} {result}")
    total: Counter[str] = Counter()
    for (_, result), times in results.items():
        total[result] += times
    print(f"{at_first:5}  of them refused by the store's triggers, before these were taken away")
    print(*(f"{times} {result}" for result, times in total.items()), sep=", ")
    return int(bool(total["missed"]))


if __name__ == "__main__":
    sys.exit(main())
