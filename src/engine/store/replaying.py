"""What a replay needs of stored events, and what the recorded time says of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.columns.arrow import texts
from engine.columns.slices import gather
from engine.columns.texts import Codes, distinct
from engine.dialects.dialect import Classified, RowFault, canonical
from engine.dialects.usual import classify
from engine.records import Quarantine, Records, RowFinding, source_findings
from engine.store.fields import FIELDS
from engine.store.soundness import Damaged, require_actions, require_sound, require_within
from engine.store.stored import Events, dictionaries

if TYPE_CHECKING:
    import duckdb


__all__ = ["Import", "Meanings", "classified", "imports", "row_findings_on"]


class Import(NamedTuple):
    """What reading needs of an import; times in microseconds since 1970.

    ``timezone`` is the one that timestamps without any were read in.
    """

    number: int
    file: str
    recorded_at: int
    notes: str
    timezone: str


def imports(connection: duckdb.DuckDBPyConnection, known_on: int | None) -> list[Import]:
    """Return the imports recorded up to a moment, None: all of them."""
    rows = connection.execute(
        "SELECT import, file, recorded_at, notes, timezone FROM journal.imports "
        "WHERE recorded_at <= coalesce(?, recorded_at) ORDER BY import",
        [known_on],
    ).fetchall()
    return [Import(*row) for row in rows]


class Meanings:
    """What the numbers of stored events stand for: all that a replay of them needs.

    It is read once, and no more is asked of the database after that.

    Raises
    ------
    Damaged
        If there is no import, or, of :meth:`records`, if a row points at one that is not there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, recorded: list[Import]) -> None:
        if not recorded:
            raise Damaged("it was edited or is damaged: all imports were removed")
        self._recorded = recorded
        self._said = dictionaries(connection, recorded[-1].number, FIELDS[1:])
        self._label = [np.ascontiguousarray(self._said.label[:, at]) for at in range(4)]
        self._of_pair, self._pairs = classified(self._said.pairs)

    def records(self, stored: Events) -> Records:
        """Return events alone as records, in their order; learners have numbers, not names."""
        said = self._said
        names = ("import_", "label", "panorama", "pair", "at")
        columns = {name: getattr(stored, name) for name in names}
        require_sound(said, self._recorded[-1].number, columns)
        contents = int(self._label[0].max(initial=-1)) + 1
        require_within(stored.content, 0, contents, "an event's content")
        content_id, content_type, content_title = (
            gather(cells, stored.label) for cells in self._label[1:]
        )
        pair = gather(self._of_pair, stored.pair)
        require_actions(self._pairs, pair)
        event_id, event_ids = None, texts([])
        if stored.id is not None:
            event_id, event_ids = distinct([stored.id])
        nowhere = np.zeros(len(stored), np.int32)
        records = Records(
            files=[],
            file=nowhere,
            row=nowhere,
            at=stored.at,
            learner=stored.learner,
            learners=texts([]),
            panorama=stored.panorama,
            panoramas=said.texts["panorama"],
            content_type=content_type,
            content_types=said.texts["content_type"],
            content_title=content_title,
            content_titles=said.texts["content_title"],
            content=stored.content,
            contents=contents,
            pair=pair,
            pairs=self._pairs,
            event_id=event_id,
            event_ids=event_ids,
            content_id=content_id if len(said.texts["content_id"]) > 1 else None,
            content_ids=said.texts["content_id"],
            kept=np.ones(len(stored), np.bool_),
            rejects=Quarantine.none(),
            row_findings=[],
            timezone="UTC",
            notes=[],
        )
        records.row_findings += row_findings_on(records, stored.import_, self._recorded)
        return records


def classified(pairs: list[tuple[str, str]]) -> tuple[Codes, list[Classified]]:
    """Return for each (Type, Source) what it comes to, as a position in what follows.

    See :func:`_classified`; whoever asks for one learner after another asks for the same pairs.
    """
    of_pair, found = _classified(tuple(pairs))
    return of_pair, list(found)


@lru_cache(maxsize=8)
def _classified(pairs: tuple[tuple[str, str], ...]) -> tuple[Codes, tuple[Classified, ...]]:
    """Return what each (Type, Source) comes to; those that mean the same share one.

    Of several spellings of a source that is not documented the first in alphabetical order is
    shown, whichever import had it.
    """
    numbers: dict[tuple[str, str], int] = {}
    found: list[Classified] = []
    of_pair = np.empty(len(pairs), np.int32)
    for place, (type_, source) in enumerate(pairs):
        pair = classify(type_, source)
        number = numbers.setdefault((canonical(type_), canonical(source)), len(found))
        of_pair[place] = number
        if number == len(found):
            found.append(pair)
        elif (pair.type, pair.source) < (found[number].type, found[number].source):
            found[number] = pair
    of_pair.flags.writeable = False
    return of_pair, tuple(found)


def row_findings_on(records: Records, import_: Codes, recorded: list[Import]) -> list[RowFinding]:
    """Return what the vocabulary and the clock say of rows that were kept.

    An event is in the future if it was when its row was recorded: what was known on some
    day never changes by the time at which somebody asks.
    """
    found = source_findings(records.pairs, records.pair, records.kept)
    moments = np.zeros(1 + max((each.number for each in recorded), default=0), np.int64)
    for each_import in recorded:
        moments[each_import.number] = each_import.recorded_at
    late = records.kept & (records.at > gather(moments, import_))
    found.append(RowFinding(RowFault.FUTURE_TIMESTAMP.code, np.flatnonzero(late)))
    return [finding for finding in found if len(finding.records)]
