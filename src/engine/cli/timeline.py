"""``learner-engine timeline``."""

from __future__ import annotations

from typing import Any

import click

from engine.audit import audit
from engine.cli.options import destination, output_options, source_options
from engine.output.write import write_frame

__all__ = ["command"]


@click.command("timeline")
@source_options
@output_options
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option("--all", "everybody", is_flag=True, help="The intervals of every record.")
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    learner: str | None,
    content: str | None,
    everybody: bool,
    **reading: Any,
) -> int:
    """Tell when a learner had which status."""
    result = audit(source, **reading)
    with destination(form, output) as (chosen, out):
        write_frame(result.timeline(learner, content), chosen, out)
    return 0
