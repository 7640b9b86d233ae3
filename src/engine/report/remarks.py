"""What a page says under a row: its findings with reasons, consequences folded under their root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from engine.projection.arguments import Arguments
from engine.projection.findings import Findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History
from engine.replay.table import FINDING_CODES, FINDING_MASK
from engine.report.page import Remark
from engine.rules.argument import Argued
from engine.rules.argument_text import follows, has_consequences
from engine.rules.catalogue import CATALOGUE

__all__ = ["Telling", "code_at", "reasons", "remarks"]

Telling = Literal["reasons", "arguments"]
"""The message with the reasons for it, or the whole argument."""

_REASONS: Final = 2
"""Sentences that are reason enough on a page about something else."""


def reasons(argued: Argued) -> list[str]:
    """What there is against the row, in at most two sentences; none that its message tells."""
    return [] if argued.known else list(argued.grounds[:_REASONS])


def remarks(
    history: History,
    findings: Findings,
    telling: Telling,
    *,
    unfolded: Sequence[int] = (),
    most: int = 1000,
) -> dict[int, list[Remark]]:
    """Return the remarks on each event that has findings, by its position.

    Of a consequence only the root is told, unless its event is among ``unfolded``. From the
    ``most``-th finding on there are messages only.
    """
    arguments = Arguments(history, findings)
    consequences: dict[int, list[int]] = {}
    for position, root in zip(findings.position.tolist(), findings.root.tolist(), strict=True):
        if root >= 0:
            consequences.setdefault(root, []).append(position)
    rows = findings_frame(history, findings).select(["code", "message"]).rows()
    found: dict[int, list[Remark]] = {}
    places = zip(findings.position.tolist(), findings.root.tolist(), rows, strict=True)
    for number, (position, root, row) in enumerate(places):
        code, message = row["code"], row["message"]
        if position < 0:
            continue
        line, sentences = f"{code} {CATALOGUE[code].name}: {message}", []
        argued = arguments.in_words(number) if number < most else None
        if root >= 0:
            told = follows(arguments.told(root).name, code_at(history, root))
        if root >= 0 and position not in unfolded:
            line = f"{code} {CATALOGUE[code].name}. {told}"
        elif argued is not None and telling == "arguments":
            line, sentences = f"{code} {CATALOGUE[code].name}", list(argued.sentences)
        elif argued is not None:
            sentences = reasons(argued)
        if root >= 0 and position in unfolded:
            sentences.append(told)
        if code == code_at(history, position) and position in consequences:
            names = [arguments.told(each).name for each in consequences[position]]
            sentences.append(has_consequences(names))
        found.setdefault(position, []).append(
            Remark(code, CATALOGUE[code].severity, line, tuple(sentences))
        )
    return found


def code_at(history: History, position: int) -> str:
    """The code of an event's own finding."""
    return FINDING_CODES[int(history.replay.outcome[position]) & FINDING_MASK] or ""
