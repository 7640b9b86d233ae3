"""``learner-engine rules``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from engine.cli.destination import Destination
from engine.cli.options import output_options
from engine.columns.frame import Frame, text_column
from engine.dialects.usual import PAIRS
from engine.errors import UsageError
from engine.report.emit import Output
from engine.report.pages.rules import (
    overview_page,
    pair_object,
    pairs_page,
    rule_object,
    rule_page,
)
from engine.rules.catalogue import CATALOGUE, rule
from engine.rules.rule import Rule

__all__ = ["command"]


@click.command("rules")
@click.argument("code", required=False)
@click.option("--pairs", is_flag=True, help="The documented types and sources instead.")
@output_options
def command(code: str | None, pairs: bool, place: Destination) -> int:
    """Explain every finding, or one CODE with its example and the nearest case without it."""
    if code is not None and pairs:
        raise UsageError("rules explains a CODE or lists the --pairs, not both.")
    chosen = None if code is None else rule(code)
    if pairs:
        output = Output(page=pairs_page, table=_pairs, objects=_pairs_told)
    elif chosen is not None:
        output = Output(
            page=lambda: rule_page(chosen),
            table=lambda: _rules([chosen]),
            objects=lambda: rule_object(chosen),
        )
    else:
        every = list(CATALOGUE.values())
        output = Output(
            page=overview_page,
            table=lambda: _rules(every),
            objects=lambda: [rule_object(each) for each in every],
        )
    place.emit(output)
    return 0


def _pairs_told() -> list[dict[str, str]]:
    return [pair_object(position) for position in range(len(PAIRS))]


def _pairs() -> Frame:
    return _frame(_pairs_told())


def _rules(rules: Sequence[Rule]) -> Frame:
    """The texts of the rules; their examples are for JSON, which has lists in lists."""
    names = "code", "name", "severity", "what", "why", "false_alarm"
    return _frame([{name: str(getattr(each, name)) for name in names} for each in rules])


def _frame(rows: Sequence[Mapping[str, str]]) -> Frame:
    names = rows[0]
    return Frame({name: text_column([row[name] for row in rows]) for name in names}, len(rows))
