"""The read models made from the events: of the streams that an import touched, or of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import pyarrow as pa
from msgspec.structs import replace

from engine.auditor import Audit
from engine.options import Options
from engine.projection.fingerprint import fingerprint
from engine.projection.kept import catalogue_rows, finding_rows, interval_rows, status_rows
from engine.replay.table import TransitionTable
from engine.store.database import transaction, writing
from engine.store.models import MODELS, Made, add_to_model, clear_model, made, tag
from engine.store.replaying import Meanings, imports
from engine.store.stored import Events, events, some_named

if TYPE_CHECKING:
    import duckdb

__all__ = ["model_rows", "options_of", "rebuild", "rebuild_within"]

BLOCK: Final = 1_000_000
"""Events replayed at a time."""


def options_of(before: Made | None) -> Options:
    """Return the options by which the read models were made, the defaults if they were not."""
    if before is None:
        return Options()
    return msgspec.convert(
        {"history": before.history, "tolerance": before.tolerance, "key": before.key}, Options
    )


def model_rows(
    meanings: Meanings, stored: Events, options: Options, table: TransitionTable | None = None
) -> Iterator[tuple[str, pa.Table]]:
    """Yield the name of a read model and rows of it for these events, again and again.

    ``stored`` are whole streams, in their order. They are taken a block at a time: the memory of
    one block serves the next, which costs less than new memory for everything at once.
    """
    compiled = TransitionTable() if table is None else table
    # What several records show together, no import could bring up to date by its own streams.
    alone = replace(options, across=False)
    for part in stored.blocks(BLOCK):
        block = stored[part]
        audit = Audit(meanings.records(block), alone, table=compiled)
        history = audit.history
        yield "intervals", interval_rows(history, block.event, block.label)
        found = audit.found()
        yield "records", status_rows(history, found, block.event)
        yield "findings", finding_rows(history, found, block.event)


def rebuild(
    store: str,
    *,
    history: Literal["complete", "partial"] | None = None,
    tolerance: float | None = None,
    key: Literal["email,content", "email,panorama,content"] | None = None,
) -> int:
    """Make all read models again, and return the number of events they follow from.

    Options that are not given stay as they were at the last rebuild.
    """
    given = {"history": history, "tolerance": tolerance, "key": key}
    with (
        writing(store, create=False) as connection,
        transaction(connection, store, create=False),
    ):
        before = msgspec.structs.asdict(options_of(made(connection)))
        chosen = before | {name: value for name, value in given.items() if value is not None}
        return rebuild_within(connection, Options(**chosen))


def rebuild_within(
    connection: duckdb.DuckDBPyConnection, options: Options, table: TransitionTable | None = None
) -> int:
    """Make all read models again, within the caller's transaction."""
    recorded = imports(connection, None)
    everything = events(connection, "ORDER BY event", named=some_named(connection))
    for model in MODELS:
        clear_model(connection, model, None)
    for model, rows in model_rows(
        Meanings(connection, recorded), everything.by_stream(), options, table
    ):
        add_to_model(connection, model, rows)
    number = recorded[-1].number
    how = Made(fingerprint(), options.history, options.tolerance, options.key, number)
    tag(connection, how, catalogue_rows())
    return len(everything)
