"""``learner-engine summary``."""

from __future__ import annotations

from typing import Any, get_args

import click

from engine.cli.destination import Destination
from engine.cli.options import (
    call_of,
    given,
    output_options,
    policy_option,
    source_options,
    zones_of,
)
from engine.options import By
from engine.projection.policy import read_policy
from engine.report.emit import Output
from engine.report.pages.summary import summary_page
from engine.sources import audit

__all__ = ["command"]


@click.command("summary")
@source_options
@output_options
@click.option(
    "--by",
    type=click.Choice(get_args(By)),
    default="content",
    show_default=True,
    help="What a row is: a content, a client, a type, or all records at the end of a month.",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="After every event up to then; a date means its end.  [default: after every event]",
)
@policy_option
def command(
    source: tuple[str, ...],
    place: Destination,
    by: By,
    as_of: str | None,
    policy: str | None,
    **reading: Any,
) -> int:
    """Count the records of each content, client, type or month by status."""
    rules = None if policy is None else read_policy(policy)
    with place:
        result = audit(source, progress=place.stage, **given(reading))
        place.spare([*source, *result.records.files, *([policy] if policy else [])])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        frame = result.summary_by(by, as_of=as_of, policy=rules)
        call = call_of(source, reading, zones)
        again = ["--by", by] if by != "content" else []
        for flag, value in (("--as-of", as_of), ("--policy", policy)):
            again += [flag, value] if value is not None else []
        place.emit(
            Output(page=lambda: summary_page(frame, call, by, as_of, again), table=lambda: frame)
        )
    place.tell(result.notes, zones)
    return 0
