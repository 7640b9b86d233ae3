"""Learners and contents that a user names: found, or answered with the nearest ones."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.auditor import Audit
from engine.columns.texts import fold_case_text, tidy_text
from engine.errors import UsageError
from engine.records import Records
from engine.report.words import counted

__all__ = ["left_out", "require"]

_COMPARED = 5000
"""Names that are compared letter by letter, which takes some 10 µs each."""


def require(result: Audit, learner: str | None, content: str | None) -> None:
    """Refuse a learner or a content without a single event: a typing error is no empty record.

    Raises
    ------
    UsageError
        With the nearest names that do occur.
    """
    records = result.records
    person = _code(records.learners, fold_case_text(learner)) if learner is not None else None
    title = _code(records.content_titles, tidy_text(content)) if content is not None else None
    if person is not None and not bool((records.learner == person).any()):
        raise UsageError(
            f"no learner {fold_case_text(learner or '')!r} occurs in the report; "
            + _nearest(fold_case_text(learner or ""), records.learners)
        )
    if title is not None and not bool((records.content_title == title).any()):
        raise UsageError(
            f"no content {tidy_text(content or '')!r} occurs in the report; "
            + _nearest(tidy_text(content or ""), records.content_titles)
        )
    if (learner is None and content is None) or len(result.history_of(learner, content).streams):
        return
    raise UsageError(_why_nothing(records, person, title, learner, content))


def _code(texts: pa.Array, text: str) -> int:
    return int(texts.index(text).as_py())


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


def _nearest(wanted: str, texts: pa.Array) -> str:
    """Name at most three texts that look like the wanted one."""
    candidates = texts.filter(pc.not_equal(texts, ""))
    if len(candidates) > _COMPARED:
        candidates = _alike(wanted, candidates)
    names = candidates.to_pylist()
    lowered: dict[str, str] = {}
    for name in names:
        lowered.setdefault(name.lower(), name)
    close = difflib.get_close_matches(wanted.lower(), lowered, n=3, cutoff=0.6)
    if close:
        return "did you mean " + _listed([repr(lowered[name]) for name in close]) + "?"
    return "nothing looks like it: give it in full, as 'status SOURCE -o status.csv' lists it."


def _alike(wanted: str, texts: pa.Array) -> pa.Array:
    """The texts worth comparing: of about the same length, and with a part in common."""
    lengths = pc.utf8_length(texts)
    near = pc.less_equal(pc.abs(pc.subtract(lengths, len(wanted))), 4)
    texts = texts.filter(near)
    third = max(3, len(wanted) // 3)
    parts = {wanted[:third], wanted[third : 2 * third], wanted[-third:]} - {""}
    shared = sum(
        (
            pc.match_substring(texts, part, ignore_case=True)
            .cast(pa.int8())
            .to_numpy(zero_copy_only=False)
            for part in parts
        ),
        np.zeros(len(texts), np.int8),
    )
    best = np.argsort(-shared, kind="stable")[:_COMPARED]
    return texts.take(pa.array(best[shared[best] > 0]))


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def left_out(result: Audit, learner: str) -> list[str]:
    """Say which rows of a learner are no events."""
    records = result.records
    person = _code(records.learners, fold_case_text(learner))
    of_person = records.learner == person
    repeats = result.history.streams.duplicates
    repeats = repeats[of_person[repeats]]
    rejected = np.flatnonzero(of_person & ~records.kept)
    said = []
    if len(repeats):
        verb = "repeats" if len(repeats) == 1 else "repeat"
        said.append(f"{_rows(records, repeats)} {verb} an earlier one (R007), which counts once.")
    if len(rejected):
        verb = "is" if len(rejected) == 1 else "are"
        said.append(f"{_rows(records, rejected)} {verb} in quarantine and took no part.")
    return said


def _rows(records: Records, numbers: npt.NDArray[np.int64]) -> str:
    shown = ", ".join(str(row) for row in records.row[numbers[:8]].tolist())
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return f"Rows {shown}{more}" if len(numbers) > 1 else f"Row {shown}"
