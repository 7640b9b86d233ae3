"""What a file is wanted for, a report or a list of statuses, and the faults that name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from engine.errors import InputError
from engine.intake.wording import plain

__all__ = ["REPORT", "STATUSES", "Wanted", "faults_of"]


class Wanted(msgspec.Struct, frozen=True):
    """The words of faults.

    Attributes
    ----------
    noun:
        What the file should be.
    give, instead_of_store:
        What to give instead of another kind of file, and instead of a database.
    part:
        How to come by a smaller file.
    """

    noun: str
    give: str
    instead_of_store: str
    part: str

    @property
    def again(self) -> str:
        """How to come by the file anew."""
        return f"export the {self.noun} again"


_REPORT: Final = "give the content actions report as CSV, xlsx, JSON or Parquet"
_STATUSES: Final = "give the platform's list of current statuses as CSV, xlsx, JSON or Parquet"

REPORT: Final = Wanted("report", _REPORT, _REPORT, "split the report by date")
STATUSES: Final = Wanted(
    "list of statuses",
    _STATUSES,
    f"{_STATUSES}, or hold a report against a store with 'compare'",
    "split the list",
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
    except PermissionError as error:
        raise InputError(
            file, "you may not read this file", "ask for the permission, or copy the file"
        ) from error
    except Exception as error:
        # The last resort: the libraries meet damaged files in ways that nobody lists.
        raise InputError(
            file,
            f"it cannot be read ({type(error).__name__}: {plain(str(error), 120)})",
            f"the file may be damaged: {wanted.again}",
        ) from error
