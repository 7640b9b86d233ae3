"""``learner-engine diagram``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

import click

from engine.cli.destination import Destination
from engine.errors import UsageError
from engine.report.diagram.arrows import Arrow, arrows
from engine.report.diagram.svg import svg
from engine.report.diagram.text import dot, mermaid

__all__ = ["command"]

_FORMS: Final[dict[str, Callable[[Sequence[Arrow]], str]]] = {
    "mermaid": mermaid,
    "dot": dot,
    "svg": svg,
}
_ENDINGS: Final = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
}


@click.command("diagram")
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(_FORMS)),
    help="Default: what the ending of -o names, else mermaid.",
)
@click.option("--findings", is_flag=True, help="Also what carries a warning or an error.")
@click.option("--loops", is_flag=True, help="Also what leaves the status as it is.")
@click.option("-o", "--output", metavar="FILE", help="Write there; its ending names the format.")
def command(form: str | None, findings: bool, loops: bool, output: str | None) -> int:
    """Draw the machine: six statuses, and the rows that lead from one to another."""
    chosen = form or _form_of(output)
    with Destination(chosen, output, forms=tuple(_FORMS)).open() as out:
        out.write(_FORMS[chosen](arrows(findings=findings, loops=loops)).encode())
    return 0


def _form_of(output: str | None) -> str:
    if output in (None, "-"):
        return "mermaid"
    ending = os.path.splitext(str(output))[1].lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"{output}: its ending names no kind of picture; use .svg, .mmd or .dot, or give "
            "--format."
        )
    return _ENDINGS[ending]
