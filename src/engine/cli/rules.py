"""``learner-engine rules``."""

from __future__ import annotations

from typing import Any, BinaryIO

import click
import msgspec

from engine.cli.destination import Destination
from engine.errors import UsageError
from engine.output.rules_text import (
    pair_object,
    print_overview,
    print_pairs,
    print_rule,
    rule_object,
)
from engine.output.terminal import page
from engine.rules.catalogue import CATALOGUE, rule
from engine.vocabulary import PAIRS

__all__ = ["command"]


@click.command("rules")
@click.argument("code", required=False)
@click.option("--pairs", is_flag=True, help="The documented types and sources instead.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    help="Default: what the ending of -o names, else text.",
)
@click.option("-o", "--output", metavar="FILE", help="Write there; its ending names the format.")
def command(code: str | None, pairs: bool, form: str | None, output: str | None) -> int:
    """Explain every finding, or one CODE with its example and the nearest case without it."""
    if code is not None and pairs:
        raise UsageError("rules explains a CODE or lists the --pairs, not both.")
    place = Destination(form, output)
    if place.form not in ("text", "json"):
        raise UsageError(f"rules has no {place.form} output; use .json or .txt.")
    chosen = None if code is None else rule(code)
    with place.open() as out:
        if place.form == "json":
            _write_json(chosen.code if chosen else None, pairs, out)
        else:
            with page(out) as console:
                if pairs:
                    print_pairs(console)
                elif chosen is not None:
                    print_rule(console, chosen)
                else:
                    print_overview(console)
    return 0


def _write_json(code: str | None, pairs: bool, out: BinaryIO) -> None:
    told: Any
    if pairs:
        told = [pair_object(position) for position in range(len(PAIRS))]
    elif code is not None:
        told = rule_object(CATALOGUE[code])
    else:
        told = [rule_object(each) for each in CATALOGUE.values()]
    out.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
