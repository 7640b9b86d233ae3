"""The smallest report on which a model is wrong, and the page that shows it."""

from __future__ import annotations

from engine.report.pages.record import record
from engine.report.remarks import remarks
from engine.report.terminal import text_of
from engine.testing.answers import Difference
from engine.testing.oracle import HistoryKind, audit_of
from engine.testing.report import Report

__all__ = ["Disagreement", "explanation"]


class Disagreement(AssertionError):  # noqa: N818  (an assertion that failed, no fault)
    """A model is wrong on a report.

    Attributes
    ----------
    report:
        The smallest report found, as :class:`engine.testing.Report`.
    learner, content_title, field, expected, given:
        The first value that is wrong; ``given`` may say that a row is missing. Where the model
        failed, they are empty and ``error`` is what it raised.
    notation:
        The history of that record in the notation.
    explanation:
        Why the expected status is right: each event of the record and what it did.
    differences:
        Everything that is wrong on this report.
    error:
        What the model raised, None if it answered.
    """

    def __init__(
        self,
        report: Report,
        found: list[Difference],
        *,
        history: HistoryKind = "complete",
        error: Exception | None = None,
        remark: str = "",
    ) -> None:
        first = found[0] if found else Difference("", "", "", "", "")
        self.report = report
        self.learner = first.learner
        self.content_title = first.content_title
        self.field = first.field
        self.expected = first.expected
        self.given = first.given
        self.differences = found
        self.error = error
        self.remark = remark
        self.notation = _notation(report, first)
        self.explanation = explanation(report, first, history) if found else ""
        super().__init__(self._page())

    def _page(self) -> str:
        rows = f"{len(self.report)} row" + "s" * (len(self.report) != 1)
        title = "fails" if self.error is not None else "is wrong"
        lines = [f"The model {title} on a report of {rows}:", ""]
        lines += [f"  {line}" for line in self.report.lines()]
        lines.append("")
        if self.notation:
            lines.append(f"  notation  {self.notation}")
        if self.error is not None:
            lines += [f"  {self.error.__class__.__name__}: {self.error}"]
        else:
            what = "" if self.field == "status" else f"  ({self.field})"
            lines += [f"  expected  {self.expected}{what}", f"  given     {self.given}"]
            if len(self.report.histories) > 1:
                lines.append(f"  for       {self.learner}, {self.content_title}")
        if len(self.differences) > 1:
            more = len(self.differences) - 1
            lines.append(f"  and {more} more of its values " + ("is" if more == 1 else "are"))
            lines[-1] += " wrong."
        if self.explanation:
            lines += ["", "Why:", "", *(f"  {line}" for line in self.explanation.splitlines())]
        if self.remark:
            lines += ["", self.remark]
        return "\n".join(line.rstrip() for line in lines)


def _notation(report: Report, first: Difference) -> str:
    for each in report.histories:
        if (each[0].learner, each[0].content_title) == (first.learner, first.content_title):
            return str(each)
    return "; ".join(map(str, report.histories)) if not first.learner else ""


def explanation(report: Report, about: Difference, kind: HistoryKind = "complete") -> str:
    """Return the events of a record with what each did, as ``timeline`` shows them."""
    audit = audit_of(report, kind)
    history = audit.history_of(about.learner, about.content_title)
    said = remarks(history, audit.found_in(history), "reasons")
    return text_of(record(history, each, said) for each in range(len(history.streams))).rstrip()
