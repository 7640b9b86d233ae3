"""One way out for every command: a page for people, or its table for programs.

Both are given as functions, so that nothing is computed for a format that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import msgspec

from engine.columns.frame import Frame
from engine.columns.slices import beside
from engine.report.page import Page
from engine.report.write import write_frame, write_json_object

__all__ = ["Output", "emit"]


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What a command has to say.

    Attributes
    ----------
    page:
        What people read.
    table:
        What programs read.
    name, head:
        In JSON, under which name the rows of the table stand, and what stands before them. None:
        the rows are all there is.
    objects:
        What JSON has instead of the rows of the table, where it says more than a table can.
    fail_on:
        Of a table of findings the severity from which on a finding is a failure, or ``never``.
    """

    page: Callable[[], Page]
    table: Callable[[], Frame]
    name: str = "findings"
    head: Callable[[], dict[str, Any]] | None = None
    objects: Callable[[], Sequence[object] | dict[str, Any]] | None = None
    fail_on: str = "never"


def emit(output: Output, form: str, out: BinaryIO) -> None:
    """Write a command's output in one of :data:`engine.report.write.FORMATS_OF_FINDINGS`."""
    if form == "text":
        from engine.report.terminal import write_page

        write_page(output.page(), out)
    elif form == "html":
        from engine.report import html

        out.write(html.render(output.page()).encode())
    elif form == "md":
        from engine.report import markdown

        out.write(markdown.render(output.page()).encode())
    elif form in ("sarif", "junit", "github"):
        from engine.report.pipelines import write_findings

        write_findings(output.table(), form, out, output.fail_on)
    elif form == "json" and output.objects is not None:
        out.write(msgspec.json.format(msgspec.json.encode(output.objects()), indent=2) + b"\n")
    elif form == "jsonl" and output.objects is not None:
        objects = output.objects()
        listed = [objects] if isinstance(objects, dict) else objects
        out.writelines(msgspec.json.encode(each) + b"\n" for each in listed)
    elif form == "json" and output.head is not None:
        with beside(output.head) as head:
            table = output.table()
            write_json_object(head(), output.name, table, out)
    else:
        write_frame(output.table(), form, out)
