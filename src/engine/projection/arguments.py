"""The arguments for findings, from a replayed report."""

from __future__ import annotations

import numpy as np

from engine.findings.arguing import argue
from engine.findings.argument import Argument, Fact
from engine.findings.argument_text import Argued, Told, put_in_words
from engine.instants import format_utc
from engine.lifecycle.belief import MAX_ORDERED
from engine.projection.evidence import evidence
from engine.projection.findings import CODES, Findings
from engine.projection.history import History
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.vocabulary import Action

__all__ = ["Arguments"]


class Arguments:
    """Arguments for findings on events; each stream is looked at once.

    Positions in an argument count from the first event of its stream, :meth:`first`.
    """

    def __init__(self, history: History, findings: Findings) -> None:
        self._history = history
        self._findings = findings
        self._offsets, self._because = evidence(history, findings.position, findings.code, CODES)
        self._facts: dict[int, list[Fact]] = {}

    def because(self, finding: int) -> list[int]:
        """The positions of the evidence of one of the findings."""
        low, high = self._offsets[finding : finding + 2]
        rows: list[int] = self._because[low:high].tolist()
        return rows

    def first(self, position: int) -> int:
        """Where the stream of an event begins."""
        starts = self._history.streams.starts
        return int(starts[np.searchsorted(starts, position, side="right") - 1])

    def argument(self, finding: int) -> Argument | None:
        """The argument for one of the findings; None for one on the row itself (R…)."""
        code = CODES[int(self._findings.code[finding])]
        position = int(self._findings.position[finding])
        if not code.startswith("S"):
            return None
        first = self.first(position)
        return argue(
            code,
            self._facts_of(first),
            position - first,
            [each - first for each in self.because(finding)],
            [each - first for each in self._tied(position)],
        )

    def in_words(self, finding: int) -> Argued | None:
        """The same in sentences."""
        argument = self.argument(finding)
        if argument is None:
            return None
        first = self.first(int(self._findings.position[finding]))
        return put_in_words(argument, lambda event: self.told(first + event))

    def told(self, position: int) -> Told:
        """An event as a sentence speaks of it."""
        history = self._history
        records = history.records
        record = int(history.streams.events[position])
        name = f"row {records.row[record]}"
        if len(records.files) > 1:
            name += f" of {records.files[int(records.file[record])]}"
        return Told(
            name=name,
            source=records.pairs[int(records.pair[record])].source,
            action=Action(int(history.action[position])).label,
            at=format_utc(int(history.at[position])),
        )

    def _tied(self, position: int) -> list[int]:
        instants = self._history.streams.instants
        instant = int(np.searchsorted(instants, position, side="right")) - 1
        low, high = instants[instant : instant + 2].tolist()
        first = range(low, min(high, low + MAX_ORDERED + 1))
        return [each for each in first if each != position][:MAX_ORDERED]

    def _facts_of(self, first: int) -> list[Fact]:
        if first not in self._facts:
            starts = self._history.streams.starts
            last = int(starts[np.searchsorted(starts, first, side="right")])
            outcome = self._history.replay.outcome[first:last].tolist()
            actions = self._history.action[first:last].tolist()
            self._facts[first] = [
                Fact(Action(action), _labels(each >> BEFORE_SHIFT), _labels(each >> AFTER_SHIFT))
                for action, each in zip(actions, outcome, strict=True)
            ]
        return self._facts[first]


def _labels(mask: int) -> tuple[str, ...]:
    return tuple(status.label for status in statuses_of_mask(mask & STATUS_MASK))
