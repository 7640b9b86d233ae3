"""The options that commands share. Source: interface.md, "Words shared by all commands"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

import click

from engine.cli.destination import Destination
from engine.errors import UsageError
from engine.records import Records
from engine.report.call import Call
from engine.report.write import FORMATS, FORMATS_OF_FINDINGS
from engine.report.zones import Zones
from engine.rules.catalogue import CATALOGUE, TYPICAL, Severity

__all__ = [
    "across_options",
    "call_of",
    "chosen",
    "fails",
    "finding_options",
    "finding_output_options",
    "given",
    "output_options",
    "policy_option",
    "reading_options",
    "replay_options",
    "source_options",
    "split_choices",
    "split_codes",
    "time_options",
    "zones_of",
]

F = TypeVar("F", bound=Callable[..., Any])

_REPLAY: Final = (
    click.option(
        "--history",
        type=click.Choice(["complete", "partial"]),
        show_default="complete",
        help="Whether the report holds every event, or only a window of them.",
    ),
    click.option(
        "--tolerance",
        type=float,
        metavar="SECONDS",
        show_default="0",
        help="Events no further apart than this count as simultaneous.",
    ),
    click.option(
        "--key",
        type=click.Choice(["email,content", "email,panorama,content"]),
        show_default="email,content",
        help="What tells one record from another.",
    ),
)

_KNOWN: Final = (
    click.option(
        "--known-on",
        metavar="TIME",
        help="Of a store only what was recorded by then; a date means its end.  "
        "[default: everything]",
    ),
)

_TIMES: Final = (
    click.option(
        "--timezone",
        metavar="ZONE",
        show_default="UTC",
        help="Time zone of times that carry none, such as Europe/Paris.",
    ),
    click.option(
        "--date-order",
        type=click.Choice(["dmy", "mdy"]),
        help="Whether 3/4/2024 is 3 April (dmy) or 4 March (mdy).",
    ),
    click.option("--timestamp-format", metavar="FORMAT", help="The timestamps' strptime format."),
    click.option(
        "--dialect",
        metavar="NAME|FILE",
        help="Whose log it is: a name that 'dialects' lists, or a .toml file.  "
        "[default: what the columns tell]",
    ),
)

_FINDING: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help=f"Only these codes or prefixes (S2,{TYPICAL}); may be repeated.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="CODES",
        help="Not these codes or prefixes; may be repeated.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(("error", "warning", "info", "never")),
        default="error",
        show_default=True,
        help="Exit with status 1 if a selected finding is at least this severe.",
    ),
)


def source_options(function: F) -> F:
    """Add SOURCE… and how it is read and replayed; they arrive as ``source`` and ``reading``."""
    function = reading_options(function)
    return click.argument("source", nargs=-1, required=True, metavar="SOURCE...")(function)


def reading_options(function: F) -> F:
    """Add how reports are read and replayed; what is given arrives as ``reading``.

    An option that was not given arrives as None: the defaults are :class:`engine.Options`'.
    """
    for option in reversed((*_REPLAY, *_KNOWN, *_TIMES)):
        function = option(function)
    return function


def finding_options(function: F) -> F:
    """Add ``--select``, ``--ignore`` and ``--fail-on``."""
    for option in reversed(_FINDING):
        function = option(function)
    return function


def across_options(by_default: str) -> Callable[[F], F]:
    """Add what is looked for across records; it arrives as ``across`` and ``reschedule_window``.

    ``by_default`` says what is listed unless one of the flags is given.
    """
    decorators = (
        click.option(
            "--across/--no-across",
            default=None,
            help="List every finding that only several records together show (X codes), or none; "
            f"default: {by_default}.",
        ),
        click.option(
            "--reschedule-window",
            type=float,
            metavar="HOURS",
            show_default="24",
            help="How far apart the two halves of a move to another session may be (X201).",
        ),
    )

    def add(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def policy_option(function: F) -> F:
    """Add ``--policy``."""
    return click.option(
        "--policy",
        metavar="FILE",
        help="How long certificates are valid (TOML); adds which still are.",
    )(function)


def split_choices(flag: str, value: str | None, allowed: Sequence[str]) -> list[str]:
    """Return the words of a list with commas; none if it is not given.

    Raises
    ------
    UsageError
        If one of them is not allowed.
    """
    words = [] if value is None else [word.strip().lower() for word in value.split(",")]
    for word in words:
        if word not in allowed:
            raise UsageError(f"{flag}: {word!r} is none of {', '.join(allowed)}.")
    return words


def replay_options(function: F) -> F:
    """Add how events are replayed; they arrive as ``reading``."""
    for option in reversed(_REPLAY):
        function = option(function)
    return function


def time_options(function: F) -> F:
    """Add how times are read; they arrive as ``reading``."""
    for option in reversed(_TIMES):
        function = option(function)
    return function


def output_options(function: F) -> F:
    """Add ``--format``, ``-o`` and ``-q``; they arrive as one destination, ``place``."""
    return _writing(function, FORMATS)


def finding_output_options(function: F) -> F:
    """Add the same, with the formats that a table of findings has beside."""
    return _writing(function, FORMATS_OF_FINDINGS)


def _writing(function: F, forms: Sequence[str]) -> F:
    @wraps(function)
    def call(*, form: str | None, output: str | None, quiet: bool, **rest: Any) -> Any:
        return function(place=Destination(form, output, quiet=quiet, forms=forms), **rest)

    decorators = (
        click.option(
            "--format",
            "form",
            type=click.Choice(forms),
            help="Default: what the ending of -o names, else text.",
        ),
        click.option(
            "-o", "--output", metavar="FILE", help="Write there; its ending names the format."
        ),
        click.option("-q", "--quiet", is_flag=True, help="No notes and no progress."),
    )
    decorated: Any = call
    for decorator in reversed(decorators):
        decorated = decorator(decorated)
    return cast(F, decorated)


def given(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of reading that the user gave."""
    return {name: value for name, value in reading.items() if value is not None}


def call_of(
    source: Sequence[str],
    reading: Mapping[str, Any],
    zones: Zones,
    across: Mapping[str, Any] = MappingProxyType({}),
) -> Call:
    """Return the call as the user made it, to write the next one from."""
    return Call(tuple(source), tuple(_flags(reading)), tuple(_flags(across)), zones)


def zones_of(reading: Mapping[str, Any], *read: Records) -> Zones:
    """Return the time zones that timestamps without one were read in."""
    stored = [records.imported_in for records in read if records.imported_in is not None]
    zones = tuple(dict.fromkeys(zone for each in stored for zone in each))
    return Zones(reading.get("timezone"), zones if stored else None, len(stored) < len(read))


def _flags(options: Mapping[str, Any]) -> Iterator[str]:
    """The options that were given, as on the command line."""
    for name, value in sorted(given(options).items()):
        word = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{word}" if value else f"--no-{word}"
        else:
            yield f"--{word}"
            yield f"{value:g}" if isinstance(value, float) else value


def chosen(learner: str | None, content: str | None) -> list[str]:
    """Return the options that chose these records."""
    named = (("--learner", learner), ("--content", content))
    return [word for name, value in named if value is not None for word in (name, value)]


def split_codes(values: Sequence[str]) -> list[str]:
    """Return codes given one by one or as a list with commas."""
    return [code for value in values for code in value.split(",")]


def fails(codes: Iterable[str], fail_on: str) -> bool:
    """Tell whether one of these codes is at least as severe as ``--fail-on`` says."""
    if fail_on == "never":
        return False
    least = Severity(fail_on).rank
    return any(CATALOGUE[code].severity.rank >= least for code in codes)
