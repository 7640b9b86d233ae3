"""From a real report the smallest one that has a finding, with nothing of the original text."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec
import numpy as np
from msgspec.structs import asdict, replace

from engine.auditor import Audit
from engine.cases.candidates import candidates
from engine.cases.moved import DAY, rows_in_2024
from engine.cases.plain import BROKEN_TIMES, Taken, plain_rows
from engine.cases.rows import Row, report_of, rows_of
from engine.cases.smallest import smallest
from engine.columns.kernels import position
from engine.columns.texts import fold_case_text, tidy_text
from engine.dialects.dialect import canonical
from engine.errors import InputError, UsageError
from engine.options import Options
from engine.projection.findings import Findings, count_findings
from engine.rules.catalogue import (
    ACROSS_RULES,
    CATALOGUE,
    REPORTS_RULES,
    ROW_RULES,
    STATUSES_RULES,
    rule,
)
from engine.sources import audit as audit_report

__all__ = ["Case", "shrink"]

_TRIED: Final = 32
"""Different findings of the code that are shrunk, to keep the smallest result."""

_AUDITS: Final = 1_000
"""No further finding is tried once so many small reports have been audited, a few seconds' work."""

_KEPT_OPTIONS: Final = ("history", "tolerance", "key", "reschedule_window")
"""Options that say how rows are replayed; the others say how their text is read, which is plain."""

_STEPS: Final = (DAY, 2 * DAY, None)
"""From one instant to the next. A rule about distances in time may need another one."""


class Case(msgspec.Struct, frozen=True):
    """A report of one finding.

    Attributes
    ----------
    report:
        The report, as CSV in UTF-8.
    rows:
        How many rows it has.
    options:
        What :func:`engine.audit` needs, beyond its defaults, to come to the finding.
    tried:
        How many findings of the code the smallest was chosen from.
    kept_gaps:
        Whether the distances in time are those of the original.
    """

    report: bytes
    rows: int
    options: dict[str, object]
    tried: int
    kept_gaps: bool


def shrink(
    audit: Audit,
    code: str,
    *,
    learner: str | None = None,
    content: str | None = None,
    keep_gaps: bool = False,
) -> Case:
    """Return the smallest case found of a finding.

    None of its rows can be left out without losing the finding or adding another one: it has no
    other findings than the record in the report had up to there. (A finding on a row as such, an R
    code, is that row, whatever else it then has.) Of several findings of the code, up to 32 that
    differ are shrunk; of equally small cases the first in the alphabet of bytes is returned.

    Parameters
    ----------
    audit:
        With ``across``, if the code is one of those (X).
    learner, content:
        Only findings on this learner's rows, on this content title.
    keep_gaps:
        Whether distances in time stay as they are.

    Raises
    ------
    UsageError
        If there is no such code, it is one of two files (C), or no row has it: the message names
        the codes that are there.
    """
    code = rule(code).code
    if code in STATUSES_RULES or code in REPORTS_RULES:
        raise UsageError(
            f"{code} is a finding on two files; shrink takes those of one: R, S and X."
        )
    findings = _chosen(audit, audit.found([code]), learner, content)
    if not len(findings):
        raise UsageError(_nothing_found(audit, code, learner, content))
    with _Workshop(audit, code, keep_gaps=keep_gaps) as workshop:
        drafts: list[_Draft] = []
        tried = 0
        for numbers in islice(candidates(audit, findings, code), _TRIED):
            tried += 1
            drafts += workshop.drafts(rows_of(audit.records, numbers))
            if any(len(draft.rows) == 1 for draft in drafts) or workshop.audits > _AUDITS:
                break
        if not drafts:
            raise UsageError(
                f"none of the {tried} rows with {code} that were tried has it still once it is "
                "made anonymous; name another one with --learner, or try --keep-gaps."
            )
        # To tell distances where they need not be told is worse than another row.
        best = min(
            drafts,
            key=lambda draft: (draft.step is None, len(draft.rows), workshop.report(draft)),
        )
        return workshop.case(best, tried)


class _Draft(msgspec.Struct, frozen=True):
    """The rows of a case as the original has them, and in which manner they are made plain."""

    rows: list[Row]
    step: int | None
    broken_time: int


class _Workshop:
    """Writes cases, and audits what it has written."""

    def __init__(self, audit: Audit, code: str, *, keep_gaps: bool) -> None:
        self.audits = 0
        self._audit = audit
        self._code = code
        self._steps: tuple[int | None, ...] = (None,) if keep_gaps else _STEPS
        defaults = asdict(Options())
        kept = {name: getattr(audit.options, name) for name in _KEPT_OPTIONS}
        self._options = {name: value for name, value in kept.items() if value != defaults[name]}
        self._folder = tempfile.TemporaryDirectory(prefix="learner-engine-")

    def __enter__(self) -> _Workshop:
        return self

    def __exit__(self, *fault: object) -> None:
        self._folder.cleanup()

    def drafts(self, rows: Sequence[Row]) -> Iterator[_Draft]:
        """Yield cases among these rows, or nothing if the finding does not outlive it."""
        found = False
        for step in self._steps:
            if found and (step is None or self._code not in ACROSS_RULES):
                break  # It would tell the distances without need, or make no difference.
            for broken_time in range(BROKEN_TIMES):
                draft = _Draft(list(rows), step, broken_time)
                if self._code in (allowed := self._codes(draft)):
                    found = True
                    yield self._least(draft, allowed)
                    break

    def _least(self, draft: _Draft, allowed: set[str]) -> _Draft:
        """The fewest rows with the finding, and with no others than those allowed."""
        if self._code in ROW_RULES:
            allowed = set(CATALOGUE)

        def shows(part: Sequence[Row]) -> bool:
            codes = self._codes(replace(draft, rows=list(part)))
            return self._code in codes and codes <= allowed

        few = smallest(draft.rows, shows)
        for field in ("event_id", "content_id", "panorama"):
            blank = [replace(row, **{field: ""}) for row in few]
            if blank != few and shows(blank):
                few = smallest(blank, shows)
        return replace(draft, rows=few)

    def case(self, draft: _Draft, tried: int) -> Case:
        """Return the case, with no name and no time that the original has."""
        times = self._audit.records.at
        report = self.report(draft, self._taken, lambda at: bool((times == at).any()))
        assert self._code in self._codes_of(report)
        options = self._options | ({"across": True} if self._code in ACROSS_RULES else {})
        return Case(report, len(draft.rows), options, tried, draft.step is None)

    def report(
        self,
        draft: _Draft,
        taken: Taken = lambda field, text: False,
        taken_time: Callable[[int], bool] = lambda at: False,
    ) -> bytes:
        """Return the rows as an anonymous report."""
        options = self._audit.options
        assert options.now is not None
        rows = rows_in_2024(
            draft.rows,
            step=draft.step,
            tolerance=options.tolerance_us,
            now=options.now,
            taken=taken_time,
        )
        return report_of(plain_rows(rows, taken, broken_time=draft.broken_time))

    def _codes(self, draft: _Draft) -> set[str]:
        """The codes of the findings that these rows have once they are anonymous."""
        return self._codes_of(self.report(draft))

    def _codes_of(self, report: bytes) -> set[str]:
        self.audits += 1
        name = os.path.join(self._folder.name, "case.csv")
        with open(name, "wb") as file:
            file.write(report)
        try:
            result = audit_report(name, **self._options, across=True, now=self._audit.options.now)
        except InputError:
            return set()
        return set(count_findings(result.found()))

    def _taken(self, field: str, text: str) -> bool:
        """Tell whether the original has this text in some cell of the field."""
        records = self._audit.records
        if field in ("type", "source"):
            return any(canonical(getattr(pair, field)) == text for pair in records.pairs)
        if field == "timestamp":
            return any(reject.detail == text for reject in records.rejects)
        return position(getattr(records, f"{field}s"), text) >= 0


def _chosen(audit: Audit, findings: Findings, learner: str | None, content: str | None) -> Findings:
    if learner is None and content is None:
        return findings
    records = audit.records
    findings = findings.take(np.flatnonzero(findings.record >= 0))
    keep = np.ones(len(findings), np.bool_)
    if learner is not None:
        wanted = position(records.learners, fold_case_text(learner))
        keep &= records.learner[findings.record] == wanted
    if content is not None:
        title = position(records.content_titles, tidy_text(content))
        keep &= records.content_title[findings.record] == title
    return findings.take(np.flatnonzero(keep))


def _nothing_found(audit: Audit, code: str, learner: str | None, content: str | None) -> str:
    every = _chosen(audit, audit.found(), learner, content)
    codes = ", ".join(count_findings(every))
    chosen = " and ".join(repr(each) for each in (learner, content) if each is not None)
    of = f" of {chosen}" if chosen else ""
    there = f"the findings{of} are {codes}" if codes else f"there is no finding{of} at all"
    files = ", ".join(audit.records.files[:3]) or "nothing was recorded by then"
    return f"{files}: no row{of} has {code}; {there}."
