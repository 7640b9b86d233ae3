"""``learner-engine verify``."""

from __future__ import annotations

import re

import click

from engine.cli.destination import Destination
from engine.cli.options import output_options
from engine.errors import UsageError
from engine.report.emit import Output
from engine.report.pages.store import verified_page
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
def command(store: str, head: str | None, place: Destination, fail_on: str) -> int:
    """Tell whether anybody edited a store, and which import and event do not fit.

    The chain of digests, the seals of events, the schema and the read models are all computed
    again. Exit status 1 if something does not fit.
    """
    place.spare([store])
    if head is not None and not re.fullmatch(r"\s*[0-9A-Fa-f]{64}\s*", head):
        raise UsageError(
            f"--head is {head!r}; a digest has 64 digits, 0 to 9 and a to f, as 'imports' shows it."
        )
    with place:
        found = verify(store, head, tell=place.stage)
        place.emit(
            Output(
                page=lambda: verified_page(store, found, with_head=head is not None),
                table=lambda: faults_frame(found.faults),
            )
        )
    return int(bool(found.faults) and fail_on != "never")
