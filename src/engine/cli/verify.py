"""``learner-engine verify``."""

from __future__ import annotations

import re

import click

from engine.cli.destination import Destination
from engine.cli.options import output_options
from engine.cli.progress import Progress
from engine.errors import UsageError
from engine.output.terminal import page
from engine.output.write import write_frame
from engine.storekeeper.verifying import faults_frame, verify

__all__ = ["command"]


@click.command("verify")
@click.argument("store", metavar="STORE")
@click.option(
    "--head",
    metavar="DIGEST",
    help="A head digest written down earlier: also finds a chain that was rewritten as a whole.",
)
@output_options
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="With never the exit status is 0 whatever was found; all that is found is an error.",
)
def command(
    store: str, head: str | None, form: str | None, output: str | None, quiet: bool, fail_on: str
) -> int:
    """Tell whether anybody edited a store, and which import and event do not fit.

    The chain of digests, the seals of events, the schema and the read models are all computed
    again. Exit status 1 if something does not fit.
    """
    place = Destination(form, output)
    place.spare([store])
    if head is not None and not re.fullmatch(r"\s*[0-9A-Fa-f]{64}\s*", head):
        raise UsageError(
            f"--head is {head!r}; a digest has 64 digits, 0 to 9 and a to f, as 'imports' shows it."
        )
    with Progress(quiet=quiet) as progress:
        found = verify(store, head, tell=progress.stage)
    with place.open() as out:
        if place.form == "text":
            from engine.output.store_text import print_verified

            with page(out) as console:
                print_verified(console, store, found, with_head=head is not None)
        else:
            write_frame(faults_frame(found.faults), place.form, out)
    return int(bool(found.faults) and fail_on != "never")
