"""What pages on findings share: hints, each code with a count and an example, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from engine.columns.frame import Coded, Frame
from engine.output.paragraphs import Paragraphs
from engine.output.words import STYLES, counted, number
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = [
    "CodeFound",
    "print_codes",
    "print_examples",
    "print_hints",
    "print_next",
    "worst_first",
]


class CodeFound(msgspec.Struct, frozen=True):
    """A code as a page shows it.

    Attributes
    ----------
    roots, follows:
        How many of its findings are roots, how many are consequences of others.
    place:
        In a line, where the example stands.
    said:
        What there is to say of the example.
    reach:
        How much of the report the code touches.
    edits:
        What would put the example right.
    """

    code: str
    roots: int
    follows: int
    place: str
    said: str
    reach: str = ""
    edits: Sequence[str] = ()


def worst_first(counts: dict[str, int]) -> list[str]:
    """Return the codes, the most severe first, then the most frequent, then by the catalogue."""
    codes = [code for code in CATALOGUE if code in counts]
    return sorted(codes, key=lambda code: (-CATALOGUE[code].severity.rank, -counts[code]))


def print_hints(page: Paragraphs, hints: Sequence[str]) -> None:
    """Print what the findings as a whole suggest, if anything."""
    if hints:
        page.heading("Before you read the findings one by one", style="bold yellow")
    for hint in hints:
        page.prose(hint, mark="• ")


def print_codes(page: Paragraphs, found: Sequence[CodeFound]) -> None:
    """Print each code with its counts and its example, their names and counts in columns."""
    widest = max(len(CATALOGUE[each.code].name) for each in found)
    digits = max(len(number(each.roots)) for each in found)
    for each in found:
        rule = CATALOGUE[each.code]
        page.gap()
        page.line(
            (f"{each.code} {rule.severity.value:<7}", STYLES[rule.severity]),
            (f"  {rule.name:<{widest}}", "bold"),
            (f"  {number(each.roots):>{digits}}", ""),
            (f" + {counted(each.follows, 'consequence')}" if each.follows else "", ""),
            (f"  {each.reach}" if each.reach else "", "dim"),
        )
        # Not wrapped: an address or a path cut in two cannot be searched for.
        page.line((f"      {each.place}", "dim"))
        page.prose(each.said, indent=6)
        for edit in each.edits:
            page.prose(edit, indent=6, mark="→ ", style="green")


def print_examples(
    page: Paragraphs, frame: Frame, place: Callable[[dict[str, Any]], str]
) -> dict[str, dict[str, Any]]:
    """Print the totals and each code with one example, and return the examples.

    ``place`` tells in a line where an example stands. A consequence is no example if there is a
    root.
    """
    counts = frame.counts("code")
    by_severity = {
        severity: sum(n for code, n in counts.items() if CATALOGUE[code].severity is severity)
        for severity in (Severity.ERROR, Severity.WARNING)
    }
    page.prose(
        f"{counted(by_severity[Severity.ERROR], 'error')}, "
        f"{counted(by_severity[Severity.WARNING], 'warning')}."
    )
    codes = frame.columns["code"]
    assert isinstance(codes, Coded)
    follows = np.zeros(len(frame), np.bool_)
    if isinstance(root := frame.columns.get("root"), Coded):
        follows = root.codes == root.values.to_pylist().index(False)
    roots = dict.fromkeys(counts, 0) | frame.take(np.flatnonzero(~follows)).counts("code")
    names = codes.values.to_pylist()
    examples, found = {}, []
    for code in worst_first(roots):
        known = [n for n, name in enumerate(names) if name == code]
        of_code = np.isin(codes.codes, known)
        which = np.flatnonzero(of_code & ~follows if roots[code] else of_code)[:1]
        (example,) = frame.take(which).rows()
        examples[code] = example
        follow = counts[code] - roots[code]
        found.append(CodeFound(code, roots[code], follow, place(example), example["message"]))
    print_codes(page, found)
    return examples


def print_next(page: Paragraphs, steps: list[tuple[str, str]]) -> None:
    """Print the commands that lead on, each with its purpose."""
    page.heading("What to do next")
    for command, purpose in steps:
        page.line((f"  {command}", "bold"))
        page.line((f"      {purpose}", "dim"))
