"""Reports that are too much: what numpy and pyarrow then raise, as a fault of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from engine.dialects import shipped
from engine.errors import InputError
from engine.intake.wanted import report_in

__all__ = ["within_capacity"]

_SHOWN = 3


@contextmanager
def within_capacity(files: Sequence[str]) -> Iterator[None]:
    """Say in one sentence that the reports are more than memory, or a column of text, can hold.

    The distinct texts of a column lie in one array of at most 2 GiB: that is 50 million ids of 36
    characters each. Arrow calls a longer one over capacity, or an overflow of its offsets.

    Raises
    ------
    InputError
        Naming the files; it takes the place of those faults, and of no others.
    """
    try:
        yield
    except MemoryError as error:
        raise _too_much(files, "there is not enough memory for it") from error
    except (pa.ArrowCapacityError, pa.ArrowInvalid) as error:
        if isinstance(error, pa.ArrowInvalid) and "overflow" not in str(error):
            raise
        raise _too_much(files, "a column holds more than 2 GiB of different texts") from error


def _too_much(files: Sequence[str], problem: str) -> InputError:
    rest = len(files) - _SHOWN
    named = ", ".join(files[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    return InputError(named, problem, report_in(shipped()).part)
