"""What somebody else's model answers, read generously, and where it differs from what is expected.

Source of what is compared: semantics.md §5 (certain statuses), §9 (facts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from engine.errors import UsageError
from engine.lifecycle.configuration import Status
from engine.testing.oracle import Expected, Key, Values, plain
from engine.testing.report import fold, tidy

__all__ = [
    "COMPARABLE",
    "Answer",
    "Difference",
    "differences",
    "read_answer",
]

COMPARABLE: Final = (
    "status",
    "enrolled_at",
    "started_at",
    "completed_at",
    "certified_at",
    "revoked_at",
    "cycles",
)
"""The columns of ``status`` that a model can be held to."""

STATUSES: Final = tuple(status.label for status in Status)

_LEARNER: Final = ("learner", "email")
_CONTENT: Final = ("content_title", "content", "title")

Answer = dict[Key, list[Values]]
"""Learner and content title → what the model says, one entry a row."""


class Difference(msgspec.Struct, frozen=True):
    """One value on which a model is wrong; ``given`` in words, since it may be a missing row."""

    learner: str
    content_title: str
    field: str
    expected: str
    given: str


def read_answer(
    names: Sequence[str], rows: Iterable[Sequence[Any]], compare: Sequence[str]
) -> Answer:
    """Return a model's table by learner and content; case and order of columns do not matter.

    Raises
    ------
    UsageError
        If a column is missing.
    """
    place = {name.strip().lower().replace(" ", "_"): number for number, name in enumerate(names)}

    def column(choices: Sequence[str]) -> int:
        for choice in choices:
            if choice in place:
                return place[choice]
        raise UsageError(
            f"the model's table has no column {choices[0]!r}; it has {', '.join(names) or 'none'}, "
            f"and needs learner, content_title, {', '.join(compare)}."
        )

    learner, content = column(_LEARNER), column(_CONTENT)
    fields = {field: column([field]) for field in compare}
    answer: Answer = {}
    for row in rows:
        key = fold(str(row[learner] or "")), tidy(str(row[content] or ""))
        values = {field: plain(row[number]) for field, number in fields.items()}
        if "status" in values:
            values["status"] = _word(values["status"])
        answer.setdefault(key, []).append(values)
    return answer


def _word(status: Any) -> Any:
    """A status as semantics.md spells it, from any case, with spaces or ``-`` for ``_``."""
    if not isinstance(status, str):
        return status
    return "_".join(status.strip().lower().replace("-", " ").split())


def differences(records: Iterable[Expected], answer: Answer) -> list[Difference]:
    """Return where the answer is wrong, in the order of the records.

    A missing row is wrong where the status is certain; a row for a record that does not exist,
    and a second row for one, are wrong wherever they are.
    """
    wanted: dict[Key, list[Expected]] = {}
    for record in records:
        wanted.setdefault((record.learner, record.content_title), []).append(record)
    found: list[Difference] = []
    for key, alike in wanted.items():
        given = answer.get(key, [])
        if len(alike) > 1:
            # Two contents of one title: the table cannot tell them apart, so neither can this.
            continue
        found += _differ(alike[0], given)
    for key, rows in answer.items():
        if key not in wanted:
            shown = _shown(rows[0].get("status", next(iter(rows[0].values()), None)))
            found.append(Difference(*key, "row", "no such record", shown))
    return found


def _differ(record: Expected, given: list[Values]) -> Iterable[Difference]:
    key = record.learner, record.content_title
    if len(given) > 1:
        yield Difference(*key, "row", "one row", f"{len(given)} rows")
        return
    for field, value in record.values.items():
        if not given:
            yield Difference(*key, field, _shown(value), "no row")
            return
        if field in given[0] and given[0][field] != value:
            yield Difference(*key, field, _shown(value), _shown(given[0][field], field))


def _shown(value: Any, field: str = "") -> str:
    if value is None:
        return "null"
    if field == "status" and value not in STATUSES:
        return f"{value!r}, which is none of {', '.join(STATUSES)}"
    return str(value)


def rows_of(table: Any) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the columns' names and the rows of any table.

    Raises
    ------
    UsageError
        If it is no table.
    """
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        names = list(dict.fromkeys(str(name) for row in table for name in row))
        if not table:
            return [], []
        return names, [[row.get(name) for name in names] for row in table]
    if not hasattr(table, "__arrow_c_stream__"):
        raise UsageError(
            f"the model returned {type(table).__name__}; it must return an Arrow, polars or pandas "
            "table, or a list of dictionaries."
        )
    import pyarrow as pa

    read = pa.table(table)
    columns = [column.to_pylist() for column in read.columns]
    return list(read.column_names), list(zip(*columns, strict=True))
