"""``learner-engine shrink``."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from engine.arguments import optional, path
from engine.cases.expected import outcome_of, text_of
from engine.cases.shrink import Case, shrink
from engine.cli.destination import Destination, spare, whole_file
from engine.cli.lookup import require
from engine.cli.options import given, source_options
from engine.errors import UsageError
from engine.report.plain import plain_line
from engine.rules.catalogue import rule
from engine.sources import audit

__all__ = ["command"]


@click.command("shrink")
@source_options
@click.option("--code", required=True, metavar="CODE", help="The finding to keep, such as S103.")
@click.option("--learner", metavar="EMAIL", help="Only findings on this learner's rows.")
@click.option("--content", metavar="TITLE", help="Only findings on this content.")
@click.option(
    "--keep-gaps", is_flag=True, help="Keep the distances in time, not only order and ties."
)
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to write the report, a .csv."
)
@click.option(
    "--expected", metavar="FILE", help="Also write what the report comes to, as fixtures have it."
)
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress.")
def command(
    source: tuple[str, ...],
    code: str,
    learner: str | None,
    content: str | None,
    keep_gaps: bool,
    output: str,
    expected: str | None,
    quiet: bool,
    **reading: Any,
) -> int:
    """Write the smallest anonymous report that has a finding of this code.

    Names, titles, panoramas and ids are replaced by plain ones, times are moved to 2024; nothing
    of the original text is left but the published words of Type, Source and content type.
    """
    code = rule(code).code
    if not output.lower().endswith(".csv"):
        raise UsageError(f"{output}: shrink writes CSV only; name a file that ends in .csv.")
    optional(path)(expected, "--expected")
    path(output, "--output")
    if expected is not None and os.path.realpath(expected) == os.path.realpath(output):
        raise UsageError(f"{expected}: it is the report itself; name another file for --expected.")
    place = Destination("csv", output, quiet=quiet)
    with place:
        across: dict[str, Any] = {"across": True} if code.startswith("X") else {}
        result = audit(source, progress=place.stage, **given(reading), **across)
        for file in (output, expected):
            if file is not None:
                spare(file, result.records.files)
        place.stage("replaying")
        if learner is not None or content is not None:
            require(result, learner, content)
        place.stage("shrinking")
        case = shrink(result, code, learner=learner, content=content, keep_gaps=keep_gaps)
        with whole_file(output) as out:
            out.write(case.report)
        if expected is not None:
            with whole_file(expected) as out:
                out.write(text_of(outcome_of(output, **case.options)).encode())
    _summary(case, code, output, expected, len(result.records))
    place.tell(_notes(case, keep_gaps))
    return 0


def _summary(case: Case, code: str, output: str, expected: str | None, rows: int) -> None:
    if sys.stderr is None:
        return
    counted = "1 row" if case.rows == 1 else f"{case.rows} rows"
    written = "" if expected is None else f"; what it comes to is in {expected}"
    said = f"{output}: {counted} of {rows:,}, with {code}{written}"
    print(plain_line(said), file=sys.stderr)


def _notes(case: Case, keep_gaps: bool) -> list[str]:
    notes = []
    flags = " ".join(
        f"--{name.replace('_', '-')}" + ("" if value is True else f" {value}")
        for name, value in case.options.items()
    )
    if flags:
        notes.append(f"the finding shows with {flags}, as here.")
    if case.kept_gaps and not keep_gaps:
        notes.append(
            "the finding is about distances in time, so these are as in the original; look whether "
            "they may be passed on."
        )
    return notes
