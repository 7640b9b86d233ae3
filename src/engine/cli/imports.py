"""``learner-engine imports``."""

from __future__ import annotations

import click

from engine.cli.destination import Destination
from engine.cli.options import output_options
from engine.output.terminal import page
from engine.output.write import write_frame
from engine.storekeeper.store import Store

__all__ = ["command"]


@click.command("imports")
@click.argument("store", metavar="STORE")
@output_options
def command(store: str, form: str | None, output: str | None, quiet: bool) -> int:
    """List what was imported into a store, with the head of its chain of digests.

    Write the head down elsewhere: 'verify --head' proves with it that nothing was edited since.
    """
    del quiet  # Nothing is told.
    place = Destination(form, output)
    place.spare([store])
    with Store(store) as opened:
        frame = opened.imports()
    with place.open() as out:
        if place.form == "text":
            from engine.output.store_text import print_imports

            with page(out) as console:
                print_imports(console, store, frame)
        else:
            write_frame(frame, place.form, out)
    return 0
