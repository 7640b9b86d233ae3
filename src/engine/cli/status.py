"""``learner-engine status``."""

from __future__ import annotations

from typing import Any, Final

import click
import numpy as np

from engine.cli.destination import Destination
from engine.cli.lookup import require
from engine.cli.one_learner import audit_of_learner
from engine.cli.options import (
    call_of,
    chosen,
    given,
    output_options,
    policy_option,
    source_options,
    split_choices,
    zones_of,
)
from engine.errors import UsageError
from engine.projection.history import STATUS_LABELS
from engine.projection.policy import read_policy
from engine.projection.validity import VALIDITIES
from engine.report.emit import Output
from engine.report.pages.status import status_page
from engine.sources import audit

__all__ = ["command"]

STATUSES: Final[list[str]] = STATUS_LABELS.to_pylist()


@click.command("status")
@source_options
@output_options
@click.option(
    "--as-of",
    metavar="TIME",
    help="After every event up to then; a date means its end.  [default: after every event]",
)
@click.option("--learner", metavar="EMAIL", help="Only this learner.")
@click.option("--content", metavar="TITLE", help="Only this content.")
@click.option(
    "--status", "statuses", metavar="LIST", help="Only these, such as certified,completed."
)
@click.option(
    "--holding-certificate",
    is_flag=True,
    help="Only who was ever granted a certificate, whatever the status is since.",
)
@policy_option
@click.option("--validity", metavar="LIST", help="With --policy only these: expiring,expired.")
def command(
    source: tuple[str, ...],
    place: Destination,
    as_of: str | None,
    learner: str | None,
    content: str | None,
    statuses: str | None,
    holding_certificate: bool,
    policy: str | None,
    validity: str | None,
    **reading: Any,
) -> int:
    """Tell each record's status, now or at any instant."""
    kept = {
        "status": split_choices("--status", statuses, STATUSES),
        "validity": split_choices("--validity", validity, VALIDITIES),
    }
    if validity is not None and policy is None:
        raise UsageError("--validity needs --policy FILE, which says how long what is valid.")
    rules = None if policy is None else read_policy(policy)
    with place:
        result = audit_of_learner(source, learner, content, given(reading), place.stage) or audit(
            source, progress=place.stage, **given(reading)
        )
        place.spare([*source, *result.records.files, *([policy] if policy else [])])
        zones = zones_of(reading, result.records)
        place.stage("replaying")
        require(result, learner, content)
        frame = result.status(as_of, learner=learner, content=content, policy=rules)
        for column, wanted in kept.items():
            if wanted:
                frame = frame.having(column, wanted)
        if holding_certificate:
            frame = frame.take(np.flatnonzero(frame.known("certified_at")))
        call = call_of(source, reading, zones)
        again = chosen(learner, content)
        for flag, value in (
            ("--status", statuses),
            ("--policy", policy),
            ("--validity", validity),
        ):
            again += [flag, value] if value is not None else []
        again += ["--holding-certificate"] if holding_certificate else []
        place.emit(
            Output(
                page=lambda: status_page(frame, call, as_of, again),
                table=lambda: frame,
            )
        )
    place.tell(result.notes, zones)
    return 0
