"""Learners and contents that a user names: found, or answered with the nearest ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arguments import optional, text
from engine.auditor import Audit
from engine.columns.nearest import nearest
from engine.columns.texts import fold_case_text, tidy_text
from engine.dialects.dialect import RowFault
from engine.errors import UsageError
from engine.records import Records
from engine.report.words import counted

__all__ = ["left_out", "require"]


def require(result: Audit, learner: str | None, content: str | None) -> None:
    """Refuse a learner or a content without a single event: a typing error is no empty record.

    Raises
    ------
    UnknownLearnerError
        With the nearest names that do occur.
    UsageError
        The same of a content.
    """
    records = result.records
    optional(text)(learner, "--learner")
    optional(text)(content, "--content")
    person = _code(records.learners, fold_case_text(learner)) if learner is not None else None
    title = _code(records.content_titles, tidy_text(content)) if content is not None else None
    if learner is not None:
        result.require_learner(learner)
        if not bool((records.learner == person).any()):
            raise UsageError(
                f"nothing of learner {fold_case_text(learner)!r} had been recorded by then."
            )
    if title is not None and not bool((records.content_title == title).any()):
        raise UsageError(
            f"no content {tidy_text(content or '')!r} occurs in the report; "
            + nearest(tidy_text(content or ""), records.content_titles)
        )
    if (learner is None and content is None) or len(result.history_of(learner, content).streams):
        return
    raise UsageError(_why_nothing(records, person, title, learner, content))


def _code(texts: pa.Array, wanted: str) -> int:
    return int(texts.index(wanted).as_py())


def _why_nothing(
    records: Records,
    person: int | None,
    title: int | None,
    learner: str | None,
    content: str | None,
) -> str:
    """Say why both occur, but no record is theirs."""
    of_person = np.ones(len(records), np.bool_) if person is None else records.learner == person
    of_title = np.ones(len(records), np.bool_) if title is None else records.content_title == title
    rows = of_person & of_title
    who = " of ".join(repr(each) for each in (content, learner) if each is not None)
    if not rows.any():
        others = np.unique(records.content_title[of_person & records.kept])
        titles = [repr(records.content_titles[int(code)].as_py()) for code in others[:8]]
        more = f" and {len(others) - 8} more" if len(others) > 8 else ""
        theirs = (
            f"the report has {', '.join(titles)}{more} of this learner"
            if titles
            else ("all rows of this learner are in quarantine")
        )
        return f"there is no record {who}; {theirs}."
    if not (rows & records.kept).any():
        found = counted(int(np.count_nonzero(rows)), "row")
        return (
            f"no event {who} is left: {found} in quarantine; "
            "see audit --quarantine FILE for the reasons."
        )
    ids = np.unique(records.content[rows & records.kept])
    now = np.unique(records.content_title[np.isin(records.content, ids) & records.kept])
    titles = [repr(records.content_titles[int(code)].as_py()) for code in now if code != title]
    return f"no content is called {content!r} any more; it is now {' or '.join(titles[:8])}."


def left_out(result: Audit, learner: str) -> list[str]:
    """Say which rows of a learner are no events."""
    records = result.records
    person = _code(records.learners, fold_case_text(learner))
    of_person = records.learner == person
    repeats = result.history.streams.duplicates
    repeats = repeats[of_person[repeats]]
    numbers = records.rejects.record
    rejected = np.sort(numbers[(numbers >= 0) & of_person[numbers]])
    said = []
    if len(repeats):
        verb = "repeats" if len(repeats) == 1 else "repeat"
        code = RowFault.DUPLICATE_ROW.code
        said.append(f"{_rows(records, repeats)} {verb} an earlier one ({code}), which counts once.")
    if len(rejected):
        verb = "is" if len(rejected) == 1 else "are"
        said.append(f"{_rows(records, rejected)} {verb} in quarantine and took no part.")
    return said


def _rows(records: Records, numbers: npt.NDArray[np.int64]) -> str:
    shown = ", ".join(str(row) for row in records.row[numbers[:8]].tolist())
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return f"Rows {shown}{more}" if len(numbers) > 1 else f"Row {shown}"
