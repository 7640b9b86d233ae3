"""TOML files that users write: parsed, and what is wrong with them said by line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from engine.errors import InputError

__all__ = ["Path", "fault_at", "in_plain_words", "parsed"]

Path = Sequence[str | int]
"""The keys down to a place; a number is a position in a list of tables."""


def parsed(text: str, file: str, see: str) -> dict[str, Any]:
    """Return what a TOML text holds; ``see`` names the page that describes such files.

    Raises
    ------
    InputError
        Naming the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)$", str(error))
        problem = str(error)[: found.start()].strip() if found else str(error)
        line = int(found[1]) if found else text.count("\n") + 1
        raise InputError(
            f"{file}, line {line}", f"this is no TOML: {problem}", f"see {see}"
        ) from None
    except RecursionError:
        raise InputError(file, "it is nested too deeply", f"see {see}") from None


_AT: Final = re.compile(r"^(?P<problem>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def in_plain_words(text: str) -> tuple[str, list[str]]:
    """Return the message of a failed check by msgspec in plain words, and the keys to the place."""
    found = _AT.match(text)
    assert found is not None
    problem = found["problem"]
    path = [key for key, _ in _STEP.findall(found["path"] or "") if key]
    for pattern, words in _WORDS:
        problem = re.sub(pattern, words, problem)
    return problem.rstrip("."), path


_WORDS: Final = (
    (r"Object contains unknown field `([^`]*)`", r"there is no key '\1' here"),
    (r"Object missing required field `([^`]*)`", r"the key '\1' is missing"),
    (r"Invalid enum value '?(.*?)'?$", r"'\1' is not allowed here"),
    (r"Expected `([^`]*)`, got `([^`]*)`", r"this must be \1, and is \2"),
    (r"\bobject\b", "a table"),
    (r"\barray\b", "a list"),
    (r"\bstr\b", "a text"),
    (r"\bint\b", "a number"),
    (r"\bbool\b", "true or false"),
    (r" \| ", " or "),
)


def fault_at(text: str, file: str, path: Path, problem: str, remedy: str) -> InputError:
    """Return a fault that names the line at which a key of the text stands, and the key."""
    key = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
    said = f"{key}: {problem}" if key else problem
    return InputError(f"{file}, line {_line_of(text, path)}", said, remedy)


def _line_of(text: str, path: Path) -> int:
    """The line of the key, or of the one above it that is nearest; 1 if none is there."""
    wanted = list(path)
    table: list[str | int] = []
    seen: dict[tuple[str, ...], int] = {}
    best, line = 0, 1
    for number, content in enumerate(text.split("\n"), 1):
        stripped = content.strip()
        here: list[str | int] = []
        if stripped.startswith("["):
            heading = stripped.partition("#")[0].strip()
            keys = _keys(heading.strip("[]") + " = 0") if heading.endswith("]") else None
            if keys:
                here = [*keys]
                if heading.startswith("[["):
                    seen[tuple(keys)] = seen.get(tuple(keys), -1) + 1
                    here.append(seen[tuple(keys)])
                table = here
        else:
            keys = _keys(stripped.partition("=")[0] + " = 0") if "=" in stripped else None
            here = [*table, *keys] if keys else []
        shared = len(here) if here == wanted[: len(here)] else 0
        if shared > best:
            best, line = shared, number
    return line


def _keys(assignment: str) -> list[str] | None:
    """The keys of ``a."b.c" = 0``, None if it is no assignment."""
    try:
        found: Any = tomllib.loads(assignment)
    except tomllib.TOMLDecodeError:
        return None
    keys = []
    while isinstance(found, dict):
        ((name, found),) = found.items()
        keys.append(name)
    return keys
