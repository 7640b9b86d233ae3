"""The summary of a reconciliation, and what its findings suggest as a whole."""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from engine.instants import format_utc
from engine.projection.against.differences import (
    AGAINST_CODES,
    ONLY_HERE,
    ONLY_THERE,
    OTHER_DATE,
    Differences,
)
from engine.projection.against.entries import Entries
from engine.projection.history import History

__all__ = ["ReconciliationSummary", "hints", "summarise"]

_LEAST = 3


class ReconciliationSummary(msgspec.Struct, frozen=True):
    """What was compared and what came of it.

    Attributes
    ----------
    records:
        Records that the report comes to, by the time asked for.
    as_of:
        Until when the report's events were taken, as the call has it; None: all of them.
    last:
        The time of the last event taken, ISO 8601 in UTC.
    columns:
        Field → the column of the export that it was read from.
    rows:
        Rows of the export: agree + differ + only_there + unread.
    agree:
        Entries whose status, and certificate, is what the record's may be.
    uncertain:
        Those among them whose record may have other statuses too.
    unrecorded:
        Those among them that have no record here and need none, such as ``available``.
    differ:
        Entries with another status or certificate.
    dates_differ:
        Entries that agree, but for a date.
    only_there, only_here:
        Entries without a record here, records without an entry there.
    unread:
        Rows that nobody understands: they are listed, and compared with nothing.
    ambiguous:
        Entries that fit several records, because they name the content by its title alone.
    repeated:
        Entries beyond the first of one record.
    date_tolerance:
        Field → how its dates were compared: to the ``day`` or to the ``second``.
    """

    records: int
    as_of: str | None
    last: str | None
    columns: dict[str, str]
    rows: int
    agree: int
    uncertain: int
    unrecorded: int
    differ: int
    dates_differ: int
    only_there: int
    only_here: int
    unread: int
    ambiguous: int
    repeated: int
    date_tolerance: dict[str, str]
    findings: dict[str, int]
    timezone: str
    history: str


def summarise(
    history: History, entries: Entries, result: Differences, as_of: str | None
) -> ReconciliationSummary:
    """Return the summary of a reconciliation."""
    counts = Counter(each.code for each in result.found)
    differ = int(np.count_nonzero(result.differs))
    unread = len(entries.export.rejects)
    at = history.at
    return ReconciliationSummary(
        records=len(history.streams),
        as_of=as_of,
        last=format_utc(int(at.max())) if len(at) else None,
        columns=entries.export.columns,
        rows=len(entries) + unread,
        agree=len(entries) - differ - counts[ONLY_THERE],
        uncertain=int(np.count_nonzero(result.uncertain & ~result.differs)),
        unrecorded=int(np.count_nonzero(result.unneeded)),
        differ=differ,
        dates_differ=len({each.entry for each in result.found if each.code == OTHER_DATE}),
        only_there=counts[ONLY_THERE],
        only_here=counts[ONLY_HERE],
        unread=unread,
        ambiguous=int(np.count_nonzero(result.pairing.ambiguous)),
        repeated=int(np.maximum(result.pairing.times - 1, 0).sum()),
        date_tolerance={
            field: "day" if dates.days else "second" for field, dates in entries.dates.items()
        },
        findings={code: counts[code] for code in AGAINST_CODES if counts[code]},
        timezone=history.records.timezone,
        history="partial" if history.partial else "complete",
    )


def hints(
    history: History, entries: Entries, result: Differences, summary: ReconciliationSummary
) -> list[str]:
    """Return what the findings as a whole suggest, a sentence or two each."""
    said = []
    if not summary.records:
        said.append("The report has no event by then, so nothing was compared.")
    if summary.unread:
        said.append(
            f"Rows of the export that were not understood, and compared with nothing: "
            f"{summary.unread:,} of {summary.rows:,}."
        )
    if summary.ambiguous:
        said.append(
            f"{summary.ambiguous:,} rows of the export name the content by a title that several "
            "records of the learner have: each was compared with the one that agrees, if there is "
            "one. An export with content types or ids tells them apart."
        )
    records, stood, named = history.records, result.stood, result.pairing.named
    content = records.content[stood.last]
    covered = np.zeros(records.contents, np.bool_)
    covered[content[named]] = True
    # Not all that no row names: a row that was not understood may be about it.
    missing = [each.stream for each in result.found if each.code == ONLY_HERE]
    foreign = int(np.count_nonzero(~covered[content[missing]]))
    if foreign >= _LEAST and summary.agree + summary.differ:
        said.append(
            f"{foreign:,} of {summary.only_here:,} records missing there ({ONLY_HERE}) are of "
            "contents that the export does not name at all: is it an export of some contents only? "
            "See --content."
        )
    revoked = sum(int(stood.mask[stream]) == 1 << 5 for stream in missing)
    if revoked >= _LEAST:
        said.append(
            f"In {revoked:,} of {summary.only_here:,} records missing there ({ONLY_HERE}) access "
            "was revoked: many exports leave such out."
        )
    unmatched = [each.entry for each in result.found if each.code == ONLY_THERE]
    learners = set(records.learners.to_pylist())
    cells = entries.export.cells["learner"]
    unknown = sum(cells[entry] not in learners for entry in unmatched)
    if unknown >= _LEAST:
        said.append(
            f"{unknown:,} of {len(unmatched):,} entries missing here ({ONLY_THERE}) are of "
            "learners who are not in the report at all: does it cover all clients and the whole "
            "time?"
        )
    return said
