"""The few shapes that every page is made of: titles, prose, facts, columns.

Every text given here is treated as data: made fit for a terminal, and never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from engine.output.terminal import PROSE, plain_line, short

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Paragraphs", "cell"]


def cell(text: object, style: str = "") -> Text:
    """Return a text of which nothing is interpreted, neither by rich nor by the terminal."""
    return Text(plain_line(str(text)), style=style)


class Paragraphs:
    """Prints in shapes; everything under a heading is indented by two."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def gap(self) -> None:
        """An empty line."""
        self.console.print()

    def title(self, text: str) -> None:
        """What the page is about."""
        self.console.print(cell(text, "bold"), soft_wrap=True)
        self.gap()

    def heading(self, text: str, style: str = "bold") -> None:
        """What the next part is about."""
        self.gap()
        self.console.print(cell(text, style), soft_wrap=True)

    def prose(self, text: str, *, indent: int = 2, mark: str = "", style: str = "") -> None:
        """Running text, wrapped."""
        width = min(self.console.width, PROSE) - indent - len(mark)
        lines = cell(text, style).wrap(self.console, max(width, 20))
        for number, line in enumerate(lines):
            lead = mark if number == 0 else " " * len(mark)
            self.console.print(Text(" " * indent + lead) + line, soft_wrap=True)

    def line(self, *parts: tuple[str, str]) -> None:
        """One line of differently styled parts; a terminal may break it, nobody else."""
        self.console.print(Text().join(cell(text, style) for text, style in parts), soft_wrap=True)

    def facts(self, facts: Mapping[str, str]) -> None:
        """Names and what they are, one a line."""
        self.columns([(name, cell(fact)) for name, fact in facts.items()], styles={0: "dim"})

    def columns(
        self,
        rows: Iterable[Sequence[object]],
        *,
        header: Sequence[str] = (),
        right: Sequence[int] = (),
        styles: Mapping[int, str] | None = None,
        indent: int = 2,
    ) -> None:
        """Cells below each other, long ones in short; ``right`` are the columns of numbers."""
        listed = list(rows)
        table = Table(
            box=None,
            show_header=bool(header),
            header_style="bold",
            pad_edge=False,
            padding=(0, 2, 0, 0),
        )
        for position in range(len(listed[0]) if listed else len(header)):
            table.add_column(
                cell(header[position]) if header else "",
                justify="right" if position in right else "left",
                style=(styles or {}).get(position, ""),
                overflow="fold",
                no_wrap=False,
            )
        for row in listed:
            table.add_row(
                *(each if isinstance(each, Text) else cell(short(str(each))) for each in row)
            )
        self.console.print(Padding(table, (0, 0, 0, indent), expand=False))

    def bar(self, length: int) -> str:
        """A bar of a chart, of characters that the page's encoding has."""
        return ("█" if self.console.encoding.startswith("utf") else "#") * length
