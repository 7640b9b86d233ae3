"""The arguments for findings, from a replayed report."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.instants import format_utc
from engine.lifecycle.action import Action
from engine.lifecycle.belief import MAX_ORDERED
from engine.projection.evidence import evidence
from engine.projection.findings import CODES, Findings
from engine.projection.history import History
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT, STATUS_MASK, statuses_of_mask
from engine.rules.arguing import argue
from engine.rules.argument import Argued, Argument, CaseAcross, Cited, Fact, Told
from engine.rules.argument_text import put_in_words
from engine.rules.catalogue import ACROSS_RULES, SEQUENCE_RULES

__all__ = ["Arguments"]

Ints = npt.NDArray[np.int64]

HOUR: Final = 3_600_000_000


class Arguments:
    """Arguments for findings on events; each stream is looked at once.

    Positions in an argument count from the first event of its stream, :meth:`first`.
    """

    def __init__(self, history: History, findings: Findings) -> None:
        self._history = history
        self._findings = findings
        self._offsets, self._because = evidence(history, findings.position, findings.code, CODES)
        self._facts: dict[int, list[Fact]] = {}
        which, entries = findings.beyond()
        self._entry = dict(zip(which.tolist(), entries.tolist(), strict=True))

    def because(self, finding: int) -> list[int]:
        """The records that one of the findings rests on."""
        if finding in self._entry and self._findings.across is not None:
            across = self._findings.across
            records: list[int] = across.because(np.array([self._entry[finding]])).records.tolist()
            return records
        records = self._history.streams.events[self._positions(finding)].tolist()
        return records

    def _positions(self, finding: int) -> Ints:
        return self._because[slice(*self._offsets[finding : finding + 2])]

    def first(self, position: int) -> int:
        """Where the stream of an event begins."""
        starts = self._history.streams.starts
        return int(starts[np.searchsorted(starts, position, side="right") - 1])

    def argument(self, finding: int) -> Argument | None:
        """The argument for a finding in one record; None for one on the row itself (R…) or beyond
        the record (X…, C…)."""
        code = CODES[int(self._findings.code[finding])]
        position = int(self._findings.position[finding])
        rule = SEQUENCE_RULES.get(code)
        if rule is None:
            return None
        first = self.first(position)
        return argue(
            rule,
            self._facts_of(first),
            position - first,
            [each - first for each in self._positions(finding).tolist()],
            [each - first for each in self._tied(position)],
        )

    def in_words(self, finding: int) -> Argued | None:
        """The argument for one of the findings in sentences; None for one on the row itself."""
        if finding in self._entry:
            return self._in_words_across(finding)
        argument = self.argument(finding)
        if argument is None:
            return None
        first = self.first(int(self._findings.position[finding]))
        return put_in_words(argument, lambda event: self.told(first + event))

    def _in_words_across(self, finding: int) -> Argued | None:
        across, entry = self._findings.across, self._entry[finding]
        assert across is not None
        said = across.words(np.array([entry]))
        rule = ACROSS_RULES[CODES[int(self._findings.code[finding])]]
        case = CaseAcross(
            event=self.cited(int(self._findings.record[finding])),
            because=[self.cited(record) for record in self.because(finding)],
            message=said.texts[int(said.codes[0])],
            hours=across.window / HOUR,
        )
        return rule.argue(case)

    def told(self, position: int) -> Told:
        """An event as a sentence speaks of it."""
        return self._told(int(self._history.streams.events[position]))

    def _told(self, record: int) -> Told:
        records = self._history.records
        pair = records.pairs[int(records.pair[record])]
        name = f"row {records.row[record]}"
        if len(records.files) > 1:
            name += f" of {records.files[int(records.file[record])]}"
        return Told(
            name=name,
            source=pair.source,
            action="" if pair.action is None else pair.action.label,
            at=format_utc(int(records.at[record])),
        )

    def cited(self, record: int) -> Cited:
        """A record, which may be of another stream, as a sentence speaks of it."""
        records = self._history.records
        return Cited(
            told=self._told(record),
            learner=records.learners[int(records.learner[record])].as_py(),
            panorama=records.panoramas[int(records.panorama[record])].as_py(),
            content_type=records.content_types[int(records.content_type[record])].as_py(),
            content_title=records.content_titles[int(records.content_title[record])].as_py(),
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
