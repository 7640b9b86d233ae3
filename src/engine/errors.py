"""Faults that a user can mend: each says what is wrong, where, and what to do."""

from __future__ import annotations

__all__ = ["InputError", "UnknownLearnerError", "UsageError", "UserError"]


class UserError(Exception):
    """Base of every fault whose message is meant for the user, in one line.

    The message leaves out the middle where it repeats a very long value.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_in_short(message, _LONGEST_MESSAGE))


class UsageError(UserError):
    """The call is wrong: an option's value, or a combination of options."""


class UnknownLearnerError(UsageError):
    """The source does not name the learner who was asked for; the message has the nearest ones."""


class InputError(UserError):
    """A file is wrong.

    Parameters
    ----------
    file:
        The name as the user gave it; the message leaves out the middle of a very long one.
    problem:
        What is wrong, one clause, no full stop.
    remedy:
        What to do about it, one clause, no full stop.
    row:
        The row as a spreadsheet shows it (the header is row 1), where one row is to blame.
    """

    def __init__(self, file: str, problem: str, remedy: str, *, row: int | None = None) -> None:
        name = "standard input" if file == "-" else _in_short(file, _LONGEST_NAME)
        where = name if row is None else f"{name}, row {row}"
        super().__init__(f"{where}: {problem}; {remedy}.")
        self.file = file
        self.problem = problem
        self.remedy = remedy
        self.row = row


_LONGEST_NAME = 300
"""Characters. A longer name would bury what is wrong with it."""

_LONGEST_MESSAGE = 2000


def _in_short(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}…{text[-half:]}"
