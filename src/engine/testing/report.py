"""A whole report in memory: its rows as events, in the order in which the file would have them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from engine.arguments import checked, instance, many
from engine.dialects.dialect import canonical
from engine.dialects.usual import REPORT_COLUMNS, TYPES, classify
from engine.event import Event
from engine.testing.notation import History
from engine.testing.plain import in_utc, subject_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "Report", "fold", "read_report", "tidy"]

COLUMNS: Final = (
    "email",
    "panorama_name",
    "content_type",
    "content_title",
    "type",
    "source",
    "timestamp",
)
"""The report's columns as a table has them, all text but the last, which is a moment."""


class Report(tuple[Event, ...]):
    """The rows of a report, each an :class:`engine.Event`.

    Parameters
    ----------
    parts:
        Histories, or any other events, row after row.

    Examples
    --------
    >>> from engine.testing import history
    >>> print(Report(history("E | G")))
    row  email            content      type               source            timestamp
      2  ana@example.com  Fire Safety  enrollment         registration      2024-01-01T09:00:00Z
      3  ana@example.com  Fire Safety  certificate_grant  course_completed  2024-01-02T09:00:00Z
    """

    __slots__ = ()

    @checked(parts=many(instance(Event), "events"))
    def __new__(cls, *parts: Iterable[Event]) -> Report:
        """Put the parts below each other."""
        return super().__new__(cls, (in_utc(event) for part in parts for event in part))

    @property
    def histories(self) -> tuple[History, ...]:
        """The events of each learner and content, in one spelling, without rows of unknown type."""
        found: dict[tuple[str, str, str], dict[Event, None]] = {}
        for event in self:
            if canonical(event.type) in TYPES:
                stream = fold(event.learner), tidy(event.content_type), tidy(event.content_title)
                found.setdefault(stream, {})[_plain(event)] = None
        return tuple(map(History, found.values()))

    def to_arrow(self) -> pa.Table:
        """Return the table: six columns of text, ``timestamp`` in microseconds, UTC."""
        import pyarrow as pa

        from engine.columns import arrow

        columns = zip(*map(_texts, self), strict=True) if self else ((),) * 6
        moments = pa.array([event.at for event in self], pa.timestamp("us", "UTC"))
        return pa.table(
            dict(zip(COLUMNS, [*map(arrow.texts, columns), moments], strict=True)),
        )

    def to_csv(self) -> str:
        """Return the text of the file."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(REPORT_COLUMNS)
        writer.writerows(map(_cells, self))
        return out.getvalue()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the header and the rows as lines of aligned cells, without what is all alike."""
        kinds = dict.fromkeys(event.content_type for event in self)
        portals = any(event.panorama for event in self)
        shown = [0, *([1] if portals else []), *([2] if len(kinds) > 1 else []), 3, 4, 5, 6]
        names = ("email", "panorama", "content type", "content", "type", "source", "timestamp")
        table = [["row", *(names[column] for column in shown)]]
        for row, event in enumerate(self, 2):
            texts = _cells(event)
            table.append([str(row), *(_visible(texts[column]) for column in shown)])
        widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
        lines = []
        for number, *cells in table:
            padded = [
                cell + " " * (width - _width(cell))
                for cell, width in zip(cells, widths[1:], strict=True)
            ]
            lines.append("  ".join([number.rjust(widths[0]), *padded]).rstrip())
        return lines

    def __repr__(self) -> str:
        return f"Report({', '.join(map(repr, self._parts()))})"

    def _parts(self) -> list[History | list[Event]]:
        """Runs of rows that stand by time and are one history's, and what no notation can say."""
        parts: list[History | list[Event]] = []
        run: list[Event] = []
        for event in self:
            sayable = event.type in TYPES
            if run and not (
                sayable and subject_of(run[-1]) == subject_of(event) and run[-1].at <= event.at
            ):
                parts.append(History(run))
                run = []
            if sayable:
                run.append(event)
            else:
                parts.append([event])
        return [*parts, *([History(run)] if run else [])]


def _follows(before: Event, after: Event) -> bool:
    return subject_of(before) == subject_of(after) and before.at <= after.at


def fold(text: str) -> str:
    """Return a learner's address as semantics.md §1 compares it."""
    return text.strip().lower()


def tidy(text: str) -> str:
    """Return a title as semantics.md §1 compares it."""
    return unicodedata.normalize("NFC", text.strip())


def read_report(file: str) -> Report:
    """Return the rows of a report file that have a time.

    Raises
    ------
    InputError
        If the file is no report.
    """
    from engine.instants import TimestampRules, parse_column
    from engine.intake.reader import read

    table = read(file)
    at, timed = parse_column(table.columns["timestamp"], TimestampRules(), file=file)
    nothing = [""] * table.records
    texts = [
        table.columns[field].to_pylist() if field in table.columns else nothing
        for field in ("email", "panorama", "content_type", "content_title", "type", "source")
    ]
    return Report(
        Event(
            learner=learner or "",
            panorama=panorama or "",
            content_type=content_type or "",
            content_title=title or "",
            type=type_ or "",
            source=source or "",
            at=_EPOCH + timedelta(microseconds=moment),
        )
        for learner, panorama, content_type, title, type_, source, moment, known in zip(
            *texts, at.tolist(), timed.tolist(), strict=True
        )
        if known
    )


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _plain(event: Event) -> Event:
    known = classify(event.type, event.source)
    return Event(
        type=known.type,
        source=known.source,
        at=event.at,
        learner=fold(event.learner),
        content_type=tidy(event.content_type),
        content_title=tidy(event.content_title),
    )


def _texts(event: Event) -> tuple[str, ...]:
    return (
        event.learner,
        event.panorama,
        event.content_type,
        event.content_title,
        event.type,
        event.source,
    )


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat() + "Z"


def _cells(event: Event) -> tuple[str, ...]:
    return (*_texts(event), _stamp(event.at))


def _visible(cell: str) -> str:
    """A cell in which spaces at its ends, and nothing at all, can be seen."""
    return repr(cell) if cell != cell.strip() or not cell else cell


def _width(cell: str) -> int:
    return sum(not unicodedata.combining(character) for character in cell)
