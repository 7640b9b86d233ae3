"""``learner-engine status``."""

from __future__ import annotations

from typing import Any

import click

from engine.audit import audit
from engine.cli.options import destination, output_options, source_options
from engine.output.write import write_frame

__all__ = ["command"]


@click.command("status")
@source_options
@output_options
@click.option("--as-of", metavar="TIME", help="After every event up to then; a date: its end.")
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    as_of: str | None,
    learner: str | None,
    content: str | None,
    **reading: Any,
) -> int:
    """Tell each record's status, now or at any instant."""
    result = audit(source, **reading)
    with destination(form, output) as (chosen, out):
        write_frame(result.status(as_of, learner=learner, content=content), chosen, out)
    return 0
