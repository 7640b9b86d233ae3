"""What a caller hands over, taken as what it is meant to be, or refused in one sentence.

A function that users call says of each of its arguments what kind of value it is::

    @checked(learner=optional(text), as_of=optional(moment))
    def status(self, as_of=None, *, learner=None): ...

A kind is a function: value and name of the argument → the value to work with.
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import wraps
from itertools import chain, repeat
from numbers import Integral, Real
from typing import Any, Final, ParamSpec, TypeVar, cast

from engine.errors import UsageError

__all__ = [
    "Kind",
    "as_mapping",
    "as_pair",
    "checked",
    "choice",
    "database_file",
    "flag",
    "function",
    "instance",
    "many",
    "moment",
    "number",
    "optional",
    "path",
    "refused",
    "several_items",
    "shown",
    "text",
    "texts",
    "time_of_event",
    "whole",
]

P = ParamSpec("P")
R = TypeVar("R")

Kind = Callable[[Any, str], Any]

_LONGEST_SHOWN: Final = 80
"""Characters of a value that a message repeats."""


def checked(**kinds: Kind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check these arguments before the function is called; defaults are taken as they are.

    An argument that stands for several (``*reports``) is checked one by one.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        by_place: list[str] = []
        several = ""
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                several = name
            elif parameter.kind is not parameter.KEYWORD_ONLY:
                by_place.append(name)

        def take(name: str, value: Any) -> Any:
            kind = kinds.get(name)
            return value if kind is None else kind(value, name)

        @wraps(function)
        def call(*given: P.args, **named: P.kwargs) -> R:
            names = chain(by_place, repeat(several))
            values: Any = map(take, names, given)
            return function(*values, **{name: take(name, named[name]) for name in named})

        return call

    return decorate


def shown(value: object) -> str:
    """Return a value as a message repeats it: a plain one in short, of others the type."""
    if type(value) in (str, int, float, bool, type(None), date, datetime):
        try:
            said = repr(value)
        except (ValueError, OverflowError):  # Python writes no number of thousands of digits.
            return "a number of very many digits"
        if len(said) > _LONGEST_SHOWN:
            half = _LONGEST_SHOWN // 2
            said = f"{said[:half]}…{said[-half:]}"
        return said
    return f"of type {type(value).__name__}"


def refused(value: object, name: str, wanted: str) -> UsageError:
    """Return the fault that a value is not what is wanted."""
    return UsageError(f"{name} is {shown(value)}; it must be {wanted}.")


def text(value: Any, name: str) -> str:
    """Take a text; a lone surrogate, which no file can hold, makes it none."""
    if not isinstance(value, str):
        raise refused(value, name, "text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise refused(value, name, "text that UTF-8 can hold") from None
    return value


def choice(*choices: str) -> Kind:
    """Make a kind: one of these words."""

    def kind(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise refused(value, name, " or ".join(choices))
        return value

    return kind


def flag(value: Any, name: str) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise refused(value, name, "True or False")
    return value


def number(low: float, below: float, unit: str) -> Kind:
    """Make a kind: a number of a unit, at least ``low`` and below ``below``; NaN is none."""

    def kind(value: Any, name: str) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise refused(value, name, f"a number of {unit}")
        # An integer that no float can hold is compared as it is.
        if (isinstance(value, float) and math.isnan(value)) or not low <= cast(
            float, value
        ) < below:
            raise refused(value, name, f"{low:g} {unit} or more, and below {below:,.0f}")
        return float(value)

    return kind


def whole(low: int, high: int) -> Kind:
    """Make a kind: a whole number from ``low`` to ``high``."""

    def kind(value: Any, name: str) -> int:
        if (
            isinstance(value, bool)
            or not isinstance(value, Integral)
            or not low <= int(value) <= high
        ):
            raise refused(value, name, f"a whole number from {low:,} to {high:,}")
        return int(value)

    return kind


def moment(value: Any, name: str) -> str | date:
    """Take a date, or a date and time, as text or as Python's; which it is, its reader tells."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return text(value, name)
    raise refused(value, name, "a date or a time, such as '2024-03-01' or a datetime")


def time_of_event(value: Any, name: str) -> datetime:
    """Take a date and time that UTC can tell too."""
    if not isinstance(value, datetime):
        raise refused(value, name, "a datetime")
    if value.tzinfo is not None and value.year in (1, 9999):
        try:
            value.astimezone(UTC)
        except OverflowError:
            raise refused(value, name, "within the years 1 to 9999 in UTC") from None
    return value


def path(value: Any, name: str) -> str:
    """Take the name of a file, a text or a path."""
    found = value
    if not isinstance(value, str):
        try:
            found = os.fspath(value)
        except Exception:  # It has none, or whoever wrote it lets it raise anything.
            found = None
    if not isinstance(found, str):
        raise refused(value, name, "the name of a file, text or a path")
    if "\0" in found:
        raise UsageError(f"{name} is {shown(found)}; no name of a file has a NUL in it.")
    try:
        os.fsencode(found)
    except UnicodeEncodeError:
        raise refused(found, name, "a name that the system can write") from None
    return found


def database_file(value: Any, name: str) -> str:
    """Take the name of a store, which the database wants in UTF-8."""
    return text(path(value, name), name)


def texts(value: Any, name: str) -> list[str]:
    """Take texts; a single one is a list of one."""
    if isinstance(value, str):
        return [text(value, name)]
    return [text(each, f"an item of {name}") for each in several_items(value, name, "texts")]


def many(kind: Kind, what: str) -> Kind:
    """Make a kind: several values of another, which messages call ``what``."""

    def several(value: Any, name: str) -> list[Any]:
        return [kind(each, f"an item of {name}") for each in several_items(value, name, what)]

    return several


def several_items(value: Any, name: str, what: str) -> list[Any]:
    """Return what a list or another iterable holds."""
    try:
        return list(value)
    except Exception:  # Whatever somebody's object raises while it hands out what it holds.
        raise refused(value, name, f"a list of {what}") from None


def as_mapping(value: Any, name: str) -> dict[str, str]:
    """Take a mapping of texts to texts."""
    if not isinstance(value, Mapping):
        raise refused(value, name, "a dictionary of texts")
    return {
        text(key, f"a key of {name}"): text(cell, f"a value of {name}")
        for key, cell in value.items()
    }


def as_pair(value: Any, name: str) -> tuple[str, str]:
    """Take two texts."""
    found = () if isinstance(value, str) else tuple(texts(value, name))
    if len(found) != 2:
        raise refused(value, name, "a pair of texts")
    return found


def function(value: Any, name: str) -> Any:
    """Take what can be called."""
    if not callable(value):
        raise refused(value, name, "a function")
    return value


def instance(*classes: type) -> Kind:
    """Make a kind: an object of one of these classes."""

    def kind(value: Any, name: str) -> Any:
        if not isinstance(value, classes):
            raise refused(value, name, " or ".join(f"of type {each.__name__}" for each in classes))
        return value

    return kind


def optional(kind: Kind) -> Kind:
    """Make a kind: another one, or None."""

    def either(value: Any, name: str) -> Any:
        return None if value is None else kind(value, name)

    return either
