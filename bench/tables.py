"""Tables in Markdown, and the places of a page that they are written to."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from cores import available

NOTHING = "–"


def table(head: Sequence[str], lines: Sequence[Sequence[str]], numbers: int) -> list[str]:
    """Return a table; the last ``numbers`` columns stand flush right."""
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    texts = len(head) - numbers

    def row(cells: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = [
        "-" * width if column < texts else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    return [row(head), row(rule), *map(row, lines)]


def size(rows: int) -> str:
    """Return a number of rows as the options and the tables spell it."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if rows % unit == 0:
            return f"{rows // unit} {name}"
    return str(rows)


def seconds(value: float | None) -> str:
    """Return seconds with three figures or so."""
    if value is None:
        return NOTHING
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def mebibytes(value: int | None) -> str:
    """Return bytes as MiB."""
    return NOTHING if value is None else f"{value / 2**20:,.0f}"


def ratio(found: Sequence[float]) -> str:
    """Return the median of some ratios, with their range if there are several."""
    if not found:
        return NOTHING
    if len(found) == 1:
        return f"{found[0]:.2f}"
    return f"{median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def machine(rounds: int) -> list[str]:
    """Return what it was measured on."""
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, cores: {available()}, memory: {_memory()}, "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; rounds: {rounds}."
    ]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    named = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return named[1] if named else platform.processor() or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def rewrite(page: Path, sections: Mapping[str, Sequence[str]]) -> None:
    """Write sections between their markers, ``<!-- bench: NAME -->`` and ``<!-- end -->``.

    Raises
    ------
    ValueError
        If the page has no such place.
    """
    text = page.read_text(encoding="utf-8")
    for name, lines in sections.items():
        place = re.compile(rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        body = "\n".join(lines)
        text, found = place.subn(lambda match, body=body: f"{match[1]}\n{body}\n\n{match[2]}", text)
        if found != 1:
            raise ValueError(f"{page} has {found} places for {name!r}")
    page.write_text(text, encoding="utf-8")
