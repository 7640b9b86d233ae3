"""The part that pages on two files share: each code with its count and one example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.columns.frame import Coded, Frame
from engine.findings.catalogue import CATALOGUE, Severity
from engine.output.paragraphs import Paragraphs
from engine.output.words import STYLES, counted, number

__all__ = ["print_codes", "print_next", "worst_first"]


def worst_first(counts: dict[str, int]) -> list[str]:
    """Return the codes, the most severe first, then the most frequent."""
    return sorted(counts, key=lambda code: (-CATALOGUE[code].severity.rank, -counts[code], code))


def print_codes(
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
    widest = max(len(CATALOGUE[code].name) for code in counts)
    digits = max(len(number(count)) for count in roots.values())
    examples = {}
    for code in worst_first(roots):
        rule, follow = CATALOGUE[code], counts[code] - roots[code]
        known = [n for n, name in enumerate(names) if name == code]
        of_code = np.isin(codes.codes, known)
        which = np.flatnonzero(of_code & ~follows if roots[code] else of_code)[:1]
        (example,) = frame.take(which).rows()
        examples[code] = example
        page.gap()
        page.line(
            (f"{code} {rule.severity.value:<7}", STYLES[rule.severity]),
            (f"  {rule.name:<{widest}}", "bold"),
            (f"  {number(roots[code]):>{digits}}", ""),
            (f" + {counted(follow, 'consequence')}" if follow else "", ""),
        )
        page.line((f"      {place(example)}", "dim"))
        page.prose(example["message"], indent=6)
    return examples


def print_next(page: Paragraphs, steps: list[tuple[str, str]]) -> None:
    """Print the commands that lead on, each with its purpose."""
    page.heading("What to do next")
    for command, purpose in steps:
        page.line((f"  {command}", "bold"))
        page.line((f"      {purpose}", "dim"))
