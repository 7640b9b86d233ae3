"""The read models made from the events: of the streams that an import touched, or of all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import pyarrow as pa
from msgspec.structs import replace

from engine.arguments import checked, database_file
from engine.auditor import Audit
from engine.errors import UsageError
from engine.options import Options
from engine.projection.findings import Findings
from engine.projection.fingerprint import fingerprint
from engine.projection.history import History
from engine.projection.kept import catalogue_rows, finding_rows, interval_rows, status_rows
from engine.replay.table import TransitionTable
from engine.store.database import transaction, writing
from engine.store.models import MODELS, Made, add_to_model, clear_models, made, tag
from engine.store.replaying import Meanings, imports
from engine.store.soundness import Damaged
from engine.store.stored import Events, events, some_named

if TYPE_CHECKING:
    import duckdb

__all__ = ["model_rows", "options_of", "rebuild", "rebuild_within"]

BLOCK: Final = 1_000_000
"""Events replayed at a time, at most."""

_FEW: Final = 250_000
"""Events that are not worth dividing."""


def options_of(before: Made | None) -> Options:
    """Return the options by which the read models were made, the defaults if they were not.

    Raises
    ------
    Damaged
        If there are no such options.
    """
    if before is None:
        return Options()
    said = {"history": before.history, "tolerance": before.tolerance, "key": before.key}
    try:
        return msgspec.convert(said, Options)
    except (msgspec.ValidationError, UsageError) as fault:
        raise Damaged("it was edited or is damaged: its read models name no options") from fault


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

    def replayed(block: Events) -> tuple[History, Findings]:
        audit = Audit(meanings.records(block), alone, table=compiled)
        return audit.history, audit.found()

    waiting: dict[str, list[pa.Table]] = {model: [] for model in MODELS}
    with ThreadPoolExecutor(1) as ahead:
        # Several blocks even of a small report: some are written while others are replayed.
        size = min(BLOCK, max(_FEW, -(-len(stored) // 4)))
        blocks = [stored[part] for part in stored.blocks(size)]
        following = ahead.submit(replayed, blocks[0]) if blocks else None
        for number, block in enumerate(blocks, 1):
            assert following is not None
            history, found = following.result()
            # What was compiled is shared, so that one block is replayed at a time.
            following = ahead.submit(replayed, blocks[number]) if number < len(blocks) else None
            for model, rows in _rows_of(block, history, found):
                waiting[model].append(rows)
                # The more rows at a time, the more threads of the database have some to write.
                if following is None or sum(map(len, waiting[model])) > size * 3 // 4:
                    yield model, pa.concat_tables(waiting[model])
                    waiting[model].clear()


def _rows_of(block: Events, history: History, found: Findings) -> Iterator[tuple[str, pa.Table]]:
    last = block.last_import()
    # Few rows with long texts are work for one thread: others are made meanwhile.
    yield "findings", finding_rows(history, found, block.event, last)
    yield "intervals", interval_rows(history, block.event, block.label, last)
    yield "records", status_rows(history, found, block.event, last)


@checked(store=database_file)
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
    clear_models(connection)
    for model, rows in model_rows(
        Meanings(connection, recorded), everything.by_stream(), options, table
    ):
        add_to_model(connection, model, rows)
    number = recorded[-1].number
    how = Made(fingerprint(), options.history, options.tolerance, options.key, number)
    tag(connection, how, catalogue_rows())
    return len(everything)
