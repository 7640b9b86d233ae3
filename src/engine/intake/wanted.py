"""What a file is wanted for, a report or a list of statuses, and the faults that name it."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from engine.dialects import shipped
from engine.dialects.columns import ColumnNames
from engine.dialects.dialect import Dialect
from engine.errors import InputError
from engine.intake.wording import plain

__all__ = ["STATUSES", "Wanted", "faults_of", "refuse_unless_content", "report_in"]


class Wanted(msgspec.Struct, frozen=True):
    """Which columns a reader picks up, and the words of faults.

    Attributes
    ----------
    columns:
        Those that are picked up of a report.
    noun:
        What the file should be.
    give, instead_of_store:
        What to give instead of another kind of file, and instead of a database.
    part:
        How to come by a smaller file.
    weight:
        What a byte of it counts for when it is read (see :mod:`engine.intake.unfolding`).
    """

    columns: ColumnNames
    noun: str
    give: str
    instead_of_store: str
    part: str
    weight: int = 1

    @property
    def again(self) -> str:
        """How to come by the file anew."""
        return f"export the {self.noun} again"


_REPORT: Final = "give the content actions report as CSV, xlsx, JSON or Parquet"
_STATUSES: Final = "give the platform's list of current statuses as CSV, xlsx, JSON or Parquet"


def report_in(dialect: Dialect) -> Wanted:
    """Return that a report in a dialect is wanted."""
    return Wanted(dialect.columns, "report", _REPORT, _REPORT, "split the report by date")


STATUSES: Final = Wanted(
    shipped().columns,
    "list of statuses",
    _STATUSES,
    f"{_STATUSES}, or hold a report against a store with 'compare'",
    "split the list",
    weight=4,
)


@contextmanager
def faults_of(file: str, wanted: Wanted) -> Iterator[None]:
    """Say in one sentence whatever goes wrong while the file is read.

    Raises
    ------
    InputError
        And nothing else, for any content.
    """
    try:
        yield
    except InputError:
        raise
    except RecursionError as error:
        raise InputError(file, "it is nested too deeply", "give a flat list of records") from error
    except MemoryError as error:
        raise InputError(file, "there is not enough memory to read it", wanted.part) from error
    except OSError as error:
        raise _of_system(error, file, wanted) from error
    except Exception as error:
        # The last resort: the libraries meet damaged files in ways that nobody lists.
        raise _unreadable(error, file, wanted) from error


def refuse_unless_content(error: BaseException) -> None:
    """Raise a fault again that says nothing about the file's content.

    The libraries raise `OSError` for damaged content as well, but without the number that the
    operating system gives each of its own faults; and their own fault for lack of memory is one of
    Arrow's too.
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno):
        raise error


def _of_system(error: OSError, file: str, wanted: Wanted) -> InputError:
    if error.errno is None:
        return _unreadable(error, file, wanted)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InputError(
            file,
            f"there is no room for a copy of it in {tempfile.gettempdir()}",
            "make room there, or name another folder in the variable TMPDIR",
        )
    if isinstance(error, PermissionError):
        return InputError(
            file, "you may not read this file", "ask for the permission, or copy the file"
        )
    return InputError(
        file,
        f"the system cannot read it ({error.strerror})",
        "look whether the disk or the network drive that it lies on is in order",
    )


def _unreadable(error: Exception, file: str, wanted: Wanted) -> InputError:
    return InputError(
        file,
        f"it cannot be read ({type(error).__name__}: {plain(str(error), 120)})",
        f"the file may be damaged: {wanted.again}",
    )
