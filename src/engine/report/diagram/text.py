"""The machine as Mermaid and as DOT: texts that other programs lay out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.lifecycle.configuration import Status
from engine.report.diagram.arrows import Arrow, Line, shared_exits
from engine.rules.catalogue import Severity

__all__ = ["COLOURS", "dot", "mermaid"]

ACTIVE: Final = (Status.ENROLLED, Status.STARTED, Status.COMPLETED, Status.CERTIFIED)

COLOURS: Final = {Severity.ERROR: "#b91c1c", Severity.WARNING: "#b45309", Severity.INFO: "#475569"}


_FONT: Final = 'fontname="sans-serif"'


def mermaid(arrows: Sequence[Arrow]) -> str:
    """Return a Mermaid state diagram."""
    exits, others = shared_exits(arrows, ACTIVE)
    inside = [each for each in others if each.source in ACTIVE and each.dest in ACTIVE]
    outside = [each for each in others if each not in inside]
    return "\n".join(
        [
            "stateDiagram-v2",
            "    direction TB",
            "    [*] --> not_enrolled",
            "    state access {",
            *(f"        {status.label}" for status in ACTIVE),
            *(f"        {_mermaid_arrow(each.source.label, each)}" for each in inside),
            "    }",
            *(f"    {_mermaid_arrow(each.source.label, each)}" for each in outside),
            *(f"    {_mermaid_arrow('access', each)}" for each in exits),
            "",
        ]
    )


def _mermaid_arrow(source: str, arrow: Arrow) -> str:
    label = "<br/>".join(line.text for line in arrow.lines)
    return f"{source} --> {arrow.dest.label} : {label}"


def dot(arrows: Sequence[Arrow]) -> str:
    """Return a graph for Graphviz."""
    exits, others = shared_exits(arrows, ACTIVE)
    return "\n".join(
        [
            "digraph lifecycle {",
            "    compound=true; rankdir=TB; nodesep=0.6; ranksep=0.9;",
            f'    {_FONT}; node [{_FONT}, shape=box, style="rounded,filled"];',
            f'    node [fillcolor="#f8fafc"]; edge [{_FONT}, fontsize=10, color="#475569"];',
            "    not_enrolled; revoked;",
            "    subgraph cluster_access {",
            '        label="access"; style="rounded"; color="#94a3b8";',
            f"        {' '.join(f'{status.label};' for status in ACTIVE)}",
            "    }",
            *(f"    {_dot_arrow(each)}" for each in others),
            *(f"    {_dot_arrow(each, ', ltail=cluster_access')}" for each in exits),
            "}",
            "",
        ]
    )


def _dot_arrow(arrow: Arrow, more: str = "") -> str:
    label = "".join(_dot_line(line) for line in arrow.lines)
    style = f', style=dashed, color="{COLOURS[arrow.severity]}"' if arrow.severity else ""
    ends = f"{arrow.source.label} -> {arrow.dest.label}"
    return f'{ends} [label="{label}"{style}{more}];'


def _dot_line(line: Line) -> str:
    return line.text.replace('"', r"\"") + r"\l"
