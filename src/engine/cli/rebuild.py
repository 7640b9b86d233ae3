"""``learner-engine rebuild``."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.options import given, replay_options
from engine.cli.progress import Progress
from engine.report.words import counted
from engine.storekeeper.remaking import rebuild

__all__ = ["command"]


@click.command("rebuild")
@click.argument("store", metavar="STORE")
@replay_options
@click.option("-q", "--quiet", is_flag=True, help="No progress, and nothing said at the end.")
def command(store: str, quiet: bool, **reading: Any) -> int:
    """Make a store's read models again: the views records, intervals and findings.

    Imports keep them current. This is for other options of replaying, which later imports then
    keep to, and for a store of an older version of this program.
    """
    with Progress(quiet=quiet) as progress:
        progress.stage("replaying everything")
        events = rebuild(store, **given(reading))
    if not quiet:
        click.echo(f"{store}: rebuilt from {counted(events, 'event')}", err=True)
    return 0
