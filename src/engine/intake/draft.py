"""A first draft of a dialect for a log that none fits, to be completed by somebody who knows it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from engine.dialects.columns import key
from engine.errors import InputError
from engine.intake.export.columns import Columns
from engine.intake.export.table import read_table

__all__ = ["drafted"]

_MOST_KINDS: Final = 300
_MOST_EXAMPLES: Final = 3

_GUESSES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("timestamp", ("timestamp", "datetime", "emission", "createdat", "occurred", "time", "date")),
    (
        "email",
        ("email", "mail", "learner", "student", "userid", "user", "actor", "who"),
    ),
    (
        "type",
        (
            "verb",
            "eventname",
            "eventtype",
            "event",
            "action",
            "activity",
            "type",
            "kind",
            "status",
            "what",
        ),
    ),
    (
        "content_id",
        (
            "courseid",
            "coursekey",
            "contentid",
            "objectid",
            "moduleid",
            "course",
            "content",
            "object",
            "module",
            "item",
        ),
    ),
    ("content_title", ("coursename", "coursetitle", "title", "contentname", "objectname")),
    ("id", ("eventid", "statementid", "uuid", "id")),
    ("panorama", ("organisation", "organization", "org", "tenant", "client", "customer")),
    ("source", ("cause", "reason", "source", "method", "mode", "origin")),
)
"""Field → words that its column's name may have in it, the best first."""

_NEEDED: Final = ("email", "content_id", "type", "timestamp")

_ACTIONS: Final = (
    (r"un-?enrol|withdr|deactivat|revok|unregist|drop|remov", "revoke"),
    (r"enrol|regist|activat|assign", "enrol"),
    (r"certif|badge|award|earned", "certify_by_grant"),
    (r"complet|pass|finish", "complete"),
    (r"start|begin|launch|initial|attempt|open|view", "scorm_progress"),
)
"""What a kind may do whose name has such a word in it."""


class _Any(Columns):
    """A header of any names: of several readings the one with the most is right."""

    def __init__(self) -> None:
        pass

    def score(self, names: Sequence[str]) -> int:
        return len([name for name in names if name.strip()]) - 1


def drafted(file: str) -> str:
    """Return a dialect's file for a log: its columns guessed, every kind of row with its count.

    Raises
    ------
    InputError
        If the log cannot be read as a table or as records, or has too few columns.
    """
    table = read_table(file, _Any())
    names = [name for name in table.names if name.strip()]
    guessed = _guess(names)
    if len(names) < len(_NEEDED):
        raise InputError(
            file,
            f"it has {len(names)} columns, and an event needs four: learner, content, kind, time",
            "give a log with a header",
        )
    place = table.names.index(guessed["type"])
    kinds = Counter(cells[place].strip() for _, cells in table.rows)
    examples: dict[str, list[str]] = {}
    for _, cells in table.rows:
        for name, cell in zip(table.names, cells, strict=True):
            seen = examples.setdefault(name, [])
            if cell.strip() and cell not in seen and len(seen) < _MOST_EXAMPLES:
                seen.append(cell)
    name = re.sub(r"[^a-z0-9]+", "-", os.path.basename(file).split(".")[0].lower()).strip("-")
    return (
        "\n".join(
            [
                "# A draft, made by guessing from names: check every line. docs/dialects.md says",
                "# what may stand here; `learner-engine dialects --try` says what comes of it.",
                f"name = {_text(name[:50] or 'my-platform')}",
                f"title = {_text(f'A log such as {os.path.basename(file)}'[:200])}",
                'unnamed = "ignore"',
                "",
                "# Kinds that are none of a record's business; * stands for anything.",
                "ignored = []",
                "",
                "[columns]",
                *_columns(names, guessed, examples),
                "",
                "# Each kind of row, and how often it occurs. What it does is a guess where it",
                "# says so; take away the # where others do something, ignore the rest.",
                *_actions(kinds),
            ]
        )
        + "\n"
    )


def _guess(names: Sequence[str]) -> dict[str, str]:
    """Field → column, each column once; those that are needed have one, if only any."""
    guessed: dict[str, str] = {}
    for field, words in _GUESSES:
        free = [name for name in names if name not in guessed.values()]
        for word in words:
            last = [name for name in free if word in key(name.rpartition(".")[2])]
            fitting = last or [name for name in free if word in key(name).replace(".", "")]
            if fitting:
                guessed[field] = min(fitting, key=lambda name: (len(name), names.index(name)))
                break
    for field in _NEEDED:
        free = [name for name in names if name not in guessed.values()]
        if field not in guessed and (field != "content_id" or "content_title" not in guessed):
            for spare in ("source", "panorama", "id"):
                if not free and spare in guessed:
                    free = [guessed.pop(spare)]
            if free:
                guessed[field] = free[0]
    return guessed


def _columns(
    names: Sequence[str], guessed: dict[str, str], examples: dict[str, list[str]]
) -> Iterable[str]:
    for field, name in guessed.items():
        yield f"{field} = [{_text(name)}]{_such_as(examples.get(name, []))}"
    for name in names:
        if name not in guessed.values():
            yield f"# not used: {_text(name)}{_such_as(examples.get(name, []), '')}"


def _such_as(examples: list[str], mark: str = "#") -> str:
    said = ", ".join(_text(each[:40]) for each in examples)
    return f"  {mark} such as {said}" if said else f"  {mark} always empty"


def _actions(kinds: Counter[str]) -> Iterable[str]:
    for kind, count in kinds.most_common(_MOST_KINDS):
        if not kind:
            continue
        action = next((does for word, does in _ACTIONS if re.search(word, kind.lower())), None)
        yield ""
        if action is not None:
            yield f"# {count:,} of the rows; guessed"
            yield f"[actions.{_text(kind)}]"
            yield f'"*" = "{action}"'
        else:
            yield f"# {count:,} of the rows"
            yield f"# [actions.{_text(kind)}]"
            yield '# "*" = "enrol"'
    if len(kinds) > _MOST_KINDS:
        yield ""
        yield f"# and {len(kinds) - _MOST_KINDS:,} kinds more, each with fewer rows"


def _text(text: str) -> str:
    """A text as TOML writes it: as JSON does, but for what only JSON leaves as it is."""
    return json.dumps(text[:400], ensure_ascii=False).replace("\x7f", "\\u007f")
