"""``learner-engine imports``."""

from __future__ import annotations

import click

from engine.cli.destination import Destination
from engine.cli.options import output_options
from engine.report.emit import Output
from engine.report.pages.store import imports_page
from engine.storekeeper.store import Store

__all__ = ["command"]


@click.command("imports")
@click.argument("store", metavar="STORE")
@output_options
def command(store: str, place: Destination) -> int:
    """List what was imported into a store, with the head of its chain of digests.

    Write the head down elsewhere: 'verify --head' proves with it that nothing was edited since.
    """
    place.spare([store])
    with Store(store) as opened:
        frame = opened.imports()
    place.emit(Output(page=lambda: imports_page(store, frame), table=lambda: frame))
    return 0
