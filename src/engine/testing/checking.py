"""Search for the smallest report on which a model is wrong."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, Literal, NamedTuple, get_args

from hypothesis import Phase, find, settings
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.strategies import SearchStrategy

from engine.arguments import checked, choice, function, instance, many, optional, whole
from engine.arguments import text as as_text
from engine.errors import UsageError, UserError
from engine.testing.answers import (
    COMPARABLE,
    Answer,
    Difference,
    differences,
    read_answer,
    rows_of,
)
from engine.testing.disagreement import Disagreement
from engine.testing.notation import history as written
from engine.testing.oracle import Expected, HistoryKind, expected
from engine.testing.report import Report
from engine.testing.sql_process import ModelStopped
from engine.testing.strategies import reports as any_reports

__all__ = ["EXAMPLES", "check", "judge", "refute"]

FrameKind = Literal["arrow", "polars", "pandas", "rows"]

EXAMPLES: Final = 1000
"""Reports that a model is tried on unless another number is given."""

_AT_LEAST: Final = 1.0
"""Once a run has been ended from outside, a smaller report is sought for as long as that run took,
and for so many seconds at least."""

Model = Callable[[Report], Answer]


@checked(
    projection=function,
    examples=whole(1, 2**31 - 1),
    compare=many(as_text, "names of columns"),
    frame=optional(choice(*get_args(FrameKind))),
    history=choice(*get_args(HistoryKind)),
    seed=whole(0, 2**63 - 1),
    reports=optional(instance(SearchStrategy)),
)
def check(
    projection: Callable[[Any], Any],
    *,
    examples: int = EXAMPLES,
    compare: Sequence[str] = ("status",),
    frame: FrameKind | None = None,
    history: HistoryKind = "complete",
    seed: int = 0,
    reports: SearchStrategy[Report] | None = None,
) -> None:
    """Try a model of learners' statuses on many reports, and fail with the smallest it gets wrong.

    Only what is certain is compared (semantics.md §5). A missing row, and a row for a record that
    does not exist, are wrong too.

    Parameters
    ----------
    projection:
        From a report (a table with the columns ``email``, ``panorama_name``, ``content_type``,
        ``content_title``, ``type``, ``source`` and ``timestamp``, in UTC) to a table with
        ``learner``, ``content_title`` and what is compared: anything Arrow can read, or a list of
        dictionaries. Statuses are compared without regard to case, ``-`` and spaces.
    examples:
        Reports to try; default 1,000.
    compare:
        Columns to compare; default the status. The dates and ``cycles`` of ``status`` are
        compared in records in which nothing is tied or uncertain.
    frame:
        What the projection takes: ``"arrow"``, ``"polars"``, ``"pandas"``, or ``"rows"`` (a list
        of dictionaries). Default: as its first parameter is annotated, else Arrow.
    history:
        ``"partial"`` if the model must be right also where a report is only a window (§5).
    seed:
        Another one tries other reports; default 0.
    reports:
        A strategy of its own; default :func:`engine.testing.reports`.

    Raises
    ------
    Disagreement
        An AssertionError that holds the report, what is expected and why, and what was given.
    UsageError
        If an option is wrong, or the projection returns no such table.
    """
    if not compare or not set(compare) <= set(COMPARABLE):
        raise UsageError(f"compare is {compare!r}; choose from {', '.join(COMPARABLE)}.")
    kind = frame or _annotated(projection)

    def model(report: Report) -> Answer:
        names, rows = rows_of(projection(_framed(report, kind)))
        # An empty list of dictionaries tells no names; it says that there are no records.
        return read_answer(names, rows, compare) if names else {}

    found = refute(
        model, examples=examples, compare=compare, history=history, seed=seed, reports=reports
    )
    if found is not None:
        raise found from found.error


def _annotated(projection: Callable[[Any], Any]) -> FrameKind:
    """What the projection's first parameter is annotated with; Arrow if that tells nothing."""
    try:
        parameter = next(iter(inspect.signature(projection).parameters.values()))
    except (StopIteration, TypeError, ValueError):
        return "arrow"
    note = parameter.annotation
    text = note if isinstance(note, str) else f"{getattr(note, '__module__', '')}.{note!r}"
    if "polars" in text or text.startswith("pl."):
        return "polars"
    if "pandas" in text or text.startswith("pd."):
        return "pandas"
    return "rows" if text.startswith(("list", "Sequence", "builtins.list")) else "arrow"


def _framed(report: Report, kind: FrameKind) -> Any:
    table = report.to_arrow()
    if kind == "polars":
        import polars

        return polars.from_arrow(table)
    if kind == "pandas":
        return table.to_pandas()
    return table.to_pylist() if kind == "rows" else table


class _Verdict(NamedTuple):
    report: Report
    history: HistoryKind
    found: list[Difference]
    error: Exception | None

    @property
    def wrong(self) -> bool:
        return bool(self.found) or self.error is not None

    def disagreement(self, remark: str = "") -> Disagreement:
        return Disagreement(
            self.report, self.found, history=self.history, error=self.error, remark=remark
        )


def _verdict(
    model: Model,
    report: Report,
    compare: Sequence[str],
    history: HistoryKind,
    records: Sequence[Expected] | None = None,
) -> _Verdict:
    try:
        answer = model(report)
    except UserError:
        raise
    except Exception as error:
        return _Verdict(report, history, [], error)
    if records is None:
        records = expected(report, compare=compare, history=history)
    return _Verdict(report, history, differences(records, answer), None)


class _SearchEndedError(BaseException):
    """No smaller report is sought; Hypothesis would take an Exception for the model's."""


def judge(
    model: Model, report: Report, *, history: HistoryKind, records: Sequence[Expected]
) -> Disagreement | None:
    """Return how a model differs from what these records come to, None if it does not."""
    verdict = _verdict(model, report, ("status",), history, records)
    return verdict.disagreement() if verdict.wrong else None


def refute(
    model: Model,
    *,
    examples: int,
    compare: Sequence[str] = ("status",),
    history: HistoryKind = "complete",
    seed: int = 0,
    reports: SearchStrategy[Report] | None = None,
    progress: Callable[[int], object] = lambda tried: None,
) -> Disagreement | None:
    """Return the smallest disagreement that is found, None if there is none.

    Raises
    ------
    UserError
        If what the model returns is no answer at all.
    """
    # What is wrong with every answer is said before any search for the smallest report.
    _verdict(model, Report(written("E")), compare, history)
    last: list[_Verdict] = []
    tried = 0
    ends = math.inf

    def wrong(report: Report) -> bool:
        nonlocal tried, ends
        tried += 1
        progress(tried)
        began = time.monotonic()
        if began > ends:
            raise _SearchEndedError
        verdict = _verdict(model, report, compare, history)
        if isinstance(verdict.error, ModelStopped):
            now = time.monotonic()
            ends = min(ends, now + max(now - began, _AT_LEAST))
        smaller = not last or len(report) <= len(last[0].report)
        if verdict.wrong and (smaller or ends == math.inf):
            last[:] = [verdict]
        return verdict.wrong

    quiet = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        print_blob=False,
        # The phase of explaining would try which parts matter; the page says why.
        phases=[Phase.generate, Phase.shrink],
    )
    strategy = any_reports() if reports is None else reports
    try:
        smallest = find(strategy, wrong, settings=quiet, random=Random(seed))
    except _SearchEndedError:
        return last[0].disagreement()
    except NoSuchExample:
        return None
    except Flaky:
        return last[0].disagreement(_CHANCE)
    if ends < math.inf:
        # Asked once more it would take as long once more.
        return last[0].disagreement()
    again = _verdict(model, smallest, compare, history)
    return again.disagreement() if again.wrong else last[0].disagreement(_CHANCE)


_CHANCE: Final = (
    "Asked again, the model answered otherwise: what it says must not depend on chance, "
    "such as the order in which a database returns rows."
)
