"""A table as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

__all__ = ["html_table"]


def html_table(names: Sequence[str], rows: Iterable[Iterable[Any]], length: int) -> str:
    """Return rows as an HTML table, and below it how many there are in all; text is escaped."""
    shown = [
        "<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    ]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    counted = f"{length:,} row{'' if length == 1 else 's'}"
    if len(shown) < length:
        counted = f"the first {len(shown):,} of {counted}"
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(shown)}</tbody></table>"
        f"<p>{counted}</p>"
    )


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, list) and all(isinstance(each, str) for each in cell):
        return ", ".join(cell)
    return str(cell)
