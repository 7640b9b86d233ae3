"""The command group, and the one place where faults become a line and an exit status."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from engine.errors import UserError
from engine.report.plain import plain_line

__all__ = ["cli", "main", "prepare"]

_COMMANDS: Final = {
    "audit": "What cannot be true in a report, and a summary of it.",
    "status": "Each record's status, now or at any instant.",
    "summary": "How many records of each content are in which status.",
    "timeline": "When a learner had which status.",
    "explain": "Why a learner's record cannot be true.",
    "repairs": "The smallest set of corrections that would make the records possible.",
    "compare": "Whether two reports agree on the time that both cover.",
    "reconcile": "Whether a report agrees with the platform's list of statuses.",
    "shrink": "The smallest anonymous report that has a finding.",
    "import": "Add reports to a store.",
    "imports": "What was imported into a store, and its head digest.",
    "verify": "Whether anybody edited a store.",
    "rebuild": "Make a store's read models again.",
    "dialects": "Whose logs can be read, and what becomes of each kind of row.",
    "rules": "What each finding means.",
    "diagram": "A picture of what can happen to a record.",
    "generate": "A synthetic report to try things on.",
    "check-sql": "The smallest report that your own SQL gets wrong.",
}
"""Command → its line in the overview. Each lives in the module of its name, imported when used."""

_MUCH: Final = 1 << 28
"""Bytes of input from which on memory is asked for in small pages. Huge ones are taken from what
the host of a virtual machine may have taken back: each is dear to touch for the first time, and two
gigabytes of them can take longer than all the work. Below, there is too little to gain."""

_MODULES: Final = {"import": "import_report"}
"""Where a module cannot have the name."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = import_module(f"engine.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="learner-engine", prog_name="learner-engine")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Audit and reconstruct learning records from content actions reports.

    Exit status: 0 fine; 1 something at or above --fail-on was found; 2 the input or the call is
    wrong.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def prepare(arguments: list[str]) -> None:
    """Tell libraries that are not loaded yet how this call wants them; what the user set stands."""
    # Nothing here multiplies matrices: without this, importing numpy starts a pool of threads for
    # it, which takes longer than the audit of a small report.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if _bytes_of_files(arguments) > _MUCH:
        os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
        os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
        # What reading leaves is soon wanted for numbers (columns.arrow.room), and the system would
        # clear each page of it again. What nobody has taken after these milliseconds is given back.
        os.environ.setdefault("MIMALLOC_PURGE_DELAY", "400")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command, and end the process with its exit status."""
    prepare(sys.argv[1:] if arguments is None else arguments)
    _occupy_closed_streams()
    # What a command keeps, it keeps to its end: to look for garbage again and again, as Python does
    # by default, costs a fifth of a long search and finds none.
    gc.freeze()
    gc.set_threshold(1_000_000)
    status = run(arguments)
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    # All files are closed by now. To take the interpreter and its libraries apart piece by piece
    # would be a sixth of the time that a small report takes.
    os._exit(status)


def _occupy_closed_streams() -> None:
    """Let no file get the number of a standard stream that is closed, and be written by mistake."""
    while True:
        number = os.open(os.devnull, os.O_RDWR)
        if number > 2:
            os.close(number)
            return


def _bytes_of_files(words: list[str]) -> int:
    """How long the files are, together, that these words of a call name, or the folders hold."""
    total = 0
    for word in words:
        files = [word]
        with suppress(OSError, ValueError):
            files = [os.path.join(word, name) for name in os.listdir(word)]
        for file in files:
            # A link in a folder may lead nowhere; the other files count all the same.
            with suppress(OSError, ValueError):
                total += os.stat(file).st_size
    return total


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status; a fault is one line on standard error."""
    try:
        result: Any = cli.main(arguments, prog_name="learner-engine", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fault("interrupted.", 130)
    except click.UsageError as error:
        help_of = error.ctx.command_path if error.ctx is not None else "learner-engine"
        return _fault(f"{error.format_message()} See '{help_of} --help'.", 2)
    except click.ClickException as error:
        return _fault(error.format_message(), 2)
    except UserError as error:
        return _fault(str(error), 2)
    except BrokenPipeError:
        # The reader has gone (``| head``): nothing is left to say, also not at exit.
        _abandon_output()
        return 0
    except MemoryError:
        _abandon_output()
        return _fault("there is not enough memory for this; split the report by date.", 2)
    except OSError as error:
        _abandon_output()
        return _fault(f"{error.filename or 'standard output'}: {error.strerror or error}.", 2)


def _abandon_output() -> None:
    """Let what is still buffered go nowhere, so that the end of the process cannot fail on it."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fault(message: str, status: int) -> int:
    # Where nothing can be said the exit status still says it.
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(f"learner-engine: {plain_line(message)}", file=sys.stderr, flush=True)
    return status
