"""``learner-engine generate``."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import click

from engine.cli.destination import whole_file
from engine.errors import UsageError
from engine.report.plain import plain_line
from engine.synthesis.report import Plan, synthesise
from engine.synthesis.write import ENDINGS, write

__all__ = ["command"]


class _Rate(click.FloatRange):
    """A share from 0 to 1; NaN, which is neither above nor below, is none."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        rate = super().convert(value, param, ctx)
        if math.isnan(rate):
            self.fail(f"{value!r} is no number from 0 to 1.", param, ctx)
        return float(rate)


_RATE: Final = _Rate(0, 1)

_MOST: Final = 100_000_000
"""Histories, or rows: what is generated is held in memory."""


@click.command("generate")
@click.option(
    "--streams",
    type=click.IntRange(1, _MOST),
    metavar="N",
    help="Histories to write, each one learner's of one content; about 4 rows each.",
)
@click.option(
    "--rows",
    type=click.IntRange(1, _MOST),
    metavar="N",
    help="Instead of --streams: exactly so many rows.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    metavar="S",
    help="The same seed gives the same bytes, on any machine.",
)
@click.option(
    "--errors",
    type=_RATE,
    default=0.03,
    show_default=True,
    metavar="RATE",
    help="Share of histories damaged: a row lost, moved, repeated later or a day off, a "
    "certificate without cause. With 0 an audit finds no error and no warning.",
)
@click.option(
    "--ties",
    type=_RATE,
    default=0.0,
    show_default=True,
    metavar="RATE",
    help="Share of rows at the very instant of the row before.",
)
@click.option(
    "--dirty",
    type=_RATE,
    default=0.0,
    show_default=True,
    metavar="RATE",
    help="Share of rows with a bad timestamp, an unknown source or a missing cell.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help=f"Where to write; its ending names the format ({', '.join(ENDINGS)}), - is CSV to "
    "standard output.",
)
def command(
    streams: int | None,
    rows: int | None,
    seed: int,
    errors: float,
    ties: float,
    dirty: float,
    output: str,
) -> int:
    """Write a realistic synthetic report, newest row first.

    Histories are walked through the same lifecycle that an audit replays, so those not damaged
    are legal. All learners, portals and titles are invented.
    """
    if (streams is None) == (rows is None):
        raise UsageError("generate needs --streams N or --rows N, and not both.")
    ending = _ending(output)
    plan = Plan(streams=streams, rows=rows, seed=seed, errors=errors, ties=ties, dirty=dirty)
    report = synthesise(plan)
    with _place(output) as out, _progress(len(report.at)) as step:
        write(report, ending, out, step)
    if sys.stderr is not None:
        said = (
            f"{output}: {len(report.at):,} rows, {report.streams:,} histories, "
            f"{report.damaged:,} of them damaged; seed {seed}"
        )
        print(plain_line(said), file=sys.stderr)
    return 0


def _ending(output: str) -> str:
    if output == "-":
        return ".csv"
    # The longest first: .csv.gz also ends a name that .gz does.
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if output.lower().endswith(ending):
            return ending
    raise UsageError(f"{output}: no format goes with its ending; use one of {', '.join(ENDINGS)}.")


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], object]]:
    """Yield what to call with the number of rows written; it shows on a terminal only."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda rows: None
        return
    with click.progressbar(length=rows, label="writing", file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def _place(output: str) -> Iterator[BinaryIO]:
    if output == "-":
        if sys.stdout is None:
            raise UsageError("standard output is closed; give -o FILE.")
        yield sys.stdout.buffer
        return
    with whole_file(output) as out:
        yield out
