"""``learner-engine check-sql``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

import click

from engine.arguments import path, text
from engine.cli.progress import Progress
from engine.cli.sizes import Size
from engine.descriptors import small_file
from engine.errors import InputError, UsageError
from engine.report.plain import plain_line
from engine.report.words import counted, number

if TYPE_CHECKING:
    from engine.testing.disagreement import Disagreement
    from engine.testing.sql import SqlModel

__all__ = ["command"]

_LONGEST: Final = 10_000_000
"""Characters of SQL."""


@click.command("check-sql")
@click.argument("model", metavar="MODEL.sql")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="Reports to try.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Another seed tries other reports.",
)
@click.option(
    "--history",
    type=click.Choice(["complete", "partial"]),
    default="complete",
    show_default=True,
    help="Whether the model may take a report for every event there was.",
)
@click.option(
    "--table",
    default="report",
    show_default=True,
    metavar="NAME",
    help="What the model calls the report; may be qualified and quoted.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the model may take for one report.",
)
@click.option(
    "--memory",
    type=Size(),
    default="1GB",
    show_default=True,
    metavar="SIZE",
    help="How much memory the model may take for one report.",
)
@click.option(
    "--save",
    metavar="DIR",
    help="Keep the counter-example there, and try those kept there first.",
)
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress.")
def command(
    model: str,
    examples: int,
    seed: int,
    history: Literal["complete", "partial"],
    table: str,
    timeout: float,
    memory: int,
    save: str | None,
    quiet: bool,
) -> int:
    """Try a SQL model of learners' statuses on many reports, and show the smallest it gets wrong.

    MODEL.sql is one SELECT on the table `report` that returns learner, content_title, status.
    """
    if find_spec("hypothesis") is None:
        raise UsageError('check-sql needs Hypothesis; run: pip install "learner-engine[testing]"')
    from engine.testing.sql import SqlModel

    text(table, "--table")
    kept_in = None if save is None else Path(path(save, "--save"))
    with SqlModel(_text(model), model, table=table, seconds=timeout, memory=memory) as ask:
        return _check(ask, examples, seed, history, kept_in, quiet)


def _check(
    ask: SqlModel,
    examples: int,
    seed: int,
    history: Literal["complete", "partial"],
    save: Path | None,
    quiet: bool,
) -> int:
    # All this is loaded while the process of the model starts.
    from engine.testing.checking import refute
    from engine.testing.kept import keep
    from engine.testing.notation import history as written
    from engine.testing.report import Report

    ask.try_out(Report(written("E")))
    again = 0
    if save is not None:
        again, wrong = _try_kept(ask, save)
        if wrong is not None:
            return wrong
    with Progress(quiet=quiet) as progress, _hypothesis_elsewhere():
        found = refute(
            ask,
            examples=examples,
            history=history,
            seed=seed,
            progress=lambda tried: progress.stage(f"trying report {tried:,}"),
        )
    if found is None:
        first = f"{counted(again, 'kept report')} and " if again else ""
        _say(f"{ask.file}: right on {first}{counted(examples, 'report')} (seed {seed}).")
        return 0
    _say(_page(ask.file, found))
    if save is not None:
        _say(f"\nKept in {keep(found, save, history)}: it will be tried first.")
    return 1


@contextmanager
def _hypothesis_elsewhere() -> Iterator[None]:
    """Keep Hypothesis from leaving its folder where the user happens to be."""
    from hypothesis.configuration import set_hypothesis_home_dir

    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _text(model: str) -> str:
    """The SQL, which is read but never parsed here."""
    try:
        if model == "-":
            if sys.stdin is None or getattr(sys.stdin, "closed", False):
                raise InputError("-", "it is closed", "name a file with one SELECT")
            text = sys.stdin.read(_LONGEST + 1)
        else:
            text = small_file(model, 4 * _LONGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(model, "it is no text in UTF-8", "save it as UTF-8") from error
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise InputError(
            model, f"it cannot be read ({said})", "name a file with one SELECT"
        ) from error
    if len(text) > _LONGEST:
        raise InputError(
            model, f"it is longer than {_LONGEST:,} characters", "give one SELECT that is shorter"
        )
    return text


def _try_kept(ask: SqlModel, folder: Path) -> tuple[int, int | None]:
    """Try the kept reports; the number of them, and the exit status if the model is wrong."""
    from engine.testing.checking import judge
    from engine.testing.kept import kept
    from engine.testing.sql_process import ModelStopped

    tried = wrong = 0
    for case in kept(folder):
        tried += 1
        found = judge(ask, case.report, history=case.history, records=case.expected)
        if found is not None:
            wrong += 1
            _say(_page(f"{case.folder}", found) + "\n")
            if isinstance(found.error, ModelStopped):
                break  # Each of the others may take all its time as well.
    if wrong:
        _say(
            f"Wrong on {number(wrong)} of {counted(tried, 'kept report')}; no new ones were tried."
        )
    return tried, 1 if wrong else None


def _page(title: str, found: Disagreement) -> str:
    return f"{title}\n\n{found}"


def _say(text: str) -> None:
    for line in text.split("\n"):
        click.echo(plain_line(line))
