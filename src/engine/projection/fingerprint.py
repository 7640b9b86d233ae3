"""What the read models depend on besides the events: the rules, as one number."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

__all__ = ["fingerprint"]

_RULES: Final = ("dialects", "lifecycle", "replay", "rules", "projection")
"""Where it is decided what an event does, what is found and how that is put in words."""


@cache
def fingerprint() -> str:
    """Return the SHA-256 of the rules, in hexadecimal.

    It is taken of their source, so that no change of a rule can be forgotten. A change that
    alters no result costs one rebuild.
    """
    covered = hashlib.sha256()
    for name in _RULES:
        for file, text in _sources(files("engine").joinpath(name), name):
            covered.update(f"{file}\n{len(text)}\n".encode() + text)
    return covered.hexdigest()


def _sources(place: Traversable, name: str) -> list[tuple[str, bytes]]:
    if place.is_file():
        return [(name, place.read_bytes())]
    found = []
    for each in sorted(place.iterdir(), key=lambda each: each.name):
        inner = f"{name}/{each.name}"
        if each.is_dir() and each.name != "__pycache__":
            found += _sources(each, inner)
        elif each.name.endswith((".py", ".toml")):
            found.append((inner, each.read_bytes()))
    return found
