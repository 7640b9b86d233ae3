"""What pages on findings share: hints, each code with a count and an example, the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.columns.frame import Coded, Frame
from engine.report.page import Block, Finding, Findings, Heading, Prose, Span, Steps
from engine.report.words import NOT_SHOWN, counted
from engine.rules.catalogue import CATALOGUE

__all__ = [
    "examples_of",
    "finding",
    "hint_blocks",
    "next_steps",
    "not_shown",
    "verdict_of",
    "worst_first",
]

Row = dict[str, Any]


def worst_first(counts: dict[str, int]) -> list[str]:
    """Return the codes, the most severe first, then the most frequent, then by the catalogue."""
    codes = [code for code in CATALOGUE if code in counts]
    return sorted(codes, key=lambda code: (-CATALOGUE[code].severity.rank, -counts[code]))


def hint_blocks(hints: Sequence[str]) -> Iterator[Block]:
    """Yield what the findings as a whole suggest, if anything."""
    if hints:
        yield Heading("Before you read the findings one by one", "warning")
    yield from (Prose(hint, mark="• ") for hint in hints)


def next_steps(steps: Sequence[tuple[str, str]]) -> Iterator[Block]:
    """Yield the commands that lead on, each with its purpose, if there are any."""
    if steps:
        yield Heading("What to do next")
        yield Steps(tuple(steps))


def verdict_of(counts: Mapping[str, int]) -> Span:
    """Return in a sentence whether two sources agree, by what was found between them."""
    found: Counter[str] = Counter()
    for code, count in counts.items():
        found[CATALOGUE[code].severity.value] += count
    if found["error"]:
        return Span(f"They disagree: {counted(found['error'], 'error')}.", "error")
    if found["warning"]:
        return Span(f"Nothing contradicts, but {counted(found['warning'], 'warning')}.", "warning")
    return Span("No disagreement was found in what could be compared.", "good")


def not_shown(left_out: int) -> Iterator[Block]:
    """Say how many findings --select and --ignore leave out, if any."""
    if left_out:
        yield Prose(f"{counted(left_out, 'finding')} {NOT_SHOWN}", "quiet")


def finding(code: str, roots: int, follows: int, place: str, said: str, **more: Any) -> Finding:
    """Return a code as a page shows it, in the words of its rule."""
    rule = CATALOGUE[code]
    return Finding(
        code,
        rule.name,
        rule.severity,
        roots,
        follows,
        place,
        said,
        what=rule.what,
        why=rule.why,
        false_alarm=rule.false_alarm,
        **more,
    )


def examples_of(frame: Frame, place: Callable[[Row], str]) -> tuple[dict[str, Row], list[Block]]:
    """Return an example of each code of a table of findings, and the blocks that show them.

    ``place`` tells in a line where an example stands. A consequence is no example if there is a
    root.
    """
    counts = frame.counts("code")
    by_severity = Counter({"error": 0, "warning": 0})
    for code, count in counts.items():
        by_severity[CATALOGUE[code].severity.value] += count
    totals = [counted(by_severity[severity], severity) for severity in ("error", "warning")]
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
        found.append(finding(code, roots[code], follow, place(example), example["message"]))
    return examples, [Prose(f"{', '.join(totals)}."), Findings(tuple(found))]
