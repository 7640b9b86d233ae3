"""``learner-engine audit``."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from engine.audit import audit
from engine.cli.options import destination, output_options, source_options
from engine.output.write import write_frame, write_json_object

__all__ = ["command"]


@click.command("audit")
@source_options
@output_options
@click.option("--select", multiple=True, metavar="CODES", help="Only these codes or prefixes.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these codes or prefixes.")
@click.option("--quarantine", metavar="FILE", help="Write the rejected rows there, as CSV.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="Exit with status 1 if something this severe was found.",
)
def command(
    source: tuple[str, ...],
    form: str | None,
    output: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quarantine: str | None,
    fail_on: str,
    **reading: Any,
) -> int:
    """Say what cannot be true in the reports, and sum them up."""
    result = audit(source, **reading)
    findings = result.findings_of(select, ignore)
    with destination(form, output) as (chosen, out):
        if chosen == "json":
            write_json_object(
                {"summary": msgspec.to_builtins(result.summary)}, "findings", findings, out
            )
        else:
            write_frame(findings, chosen, out)
    return 0
