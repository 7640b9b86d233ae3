"""Rows that are none of a record's business: ignored, counted by kind, and never silently.

Source: semantics.md §13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.columns.slices import gather
from engine.columns.texts import Codes, Texts
from engine.dialects import shipped
from engine.dialects.dialect import Classified, Dialect, canonical
from engine.errors import InputError
from engine.instants import TimestampRules
from engine.intake.rows import RawTable

__all__ = ["Idle", "dialect_of_all", "find_idle", "times_in"]

Mask = npt.NDArray[np.bool_]

_LISTED: Final = 20
"""Kinds that a note lists."""


class Idle(NamedTuple):
    """Rows that are ignored.

    Attributes
    ----------
    rows:
        Which they are, None for none.
    kinds:
        Kind → rows.
    notes:
        What should be known of them, a sentence each.
    """

    rows: Mask | None
    kinds: dict[str, int]
    notes: list[str]


def dialect_of_all(tables: Sequence[RawTable]) -> Dialect:
    """Return the dialect that the tables are in.

    Raises
    ------
    InputError
        If they are in several: whether a learner of the one is one of the other nobody knows.
    """
    first = tables[0] if tables else None
    for table in tables[1:]:
        assert first is not None
        if table.dialect.digest != first.dialect.digest:
            raise InputError(
                table.file,
                f"it is read in the dialect {table.dialect.name!r}, and {first.file} in "
                f"{first.dialect.name!r}",
                "give the logs of one platform at a time, or say with --dialect how all are read",
            )
    return first.dialect if first else shipped()


def times_in(dialect: Dialect, rules: TimestampRules) -> TimestampRules:
    """Return how times are read: as the call says, else as the dialect does."""
    return TimestampRules(
        timezone=dialect.timezone
        if dialect.timezone and rules.timezone == "UTC"
        else rules.timezone,
        date_order=rules.date_order or dialect.date_order,
        timestamp_format=rules.timestamp_format or dialect.timestamp_format,
    )


def find_idle(
    dialect: Dialect,
    pair: Codes,
    pairs: list[Classified],
    missing: Mapping[str, Mask],
    ids: tuple[Codes | None, Texts],
    content_ids: tuple[Codes | None, Texts],
) -> Idle:
    """Return the rows that are ignored.

    Parameters
    ----------
    pair, pairs:
        Kind and cause of each row.
    missing:
        For each needed field the rows that lack it.
    ids, content_ids:
        The ids of the rows, and of their contents.
    """
    idle = np.array([known.ignored is not None for known in pairs], np.bool_)
    some = bool(idle.any())
    if not some and dialect.incomplete == "quarantine" and dialect.voided_by is None:
        return Idle(None, {}, [])
    rows: Mask = gather(idle, pair) if some else np.zeros(len(pair), np.bool_)
    kinds: Counter[str] = Counter()
    unnamed: Counter[str] = Counter()
    counts = np.bincount(pair, minlength=len(pairs)).tolist()
    for known, count in zip(pairs, counts, strict=True):
        if known.ignored is not None and count:
            kinds[known.type or "(none)"] += count
            if known.ignored == "unnamed":
                unnamed[known.type or "(none)"] += count
    notes = []
    if unnamed:
        notes.append(
            f"rows of kinds that the dialect {dialect.name!r} does not name are ignored "
            f"({sum(unnamed.values()):,}): {_listing(unnamed)}."
        )
    voided = _voided(dialect, pair, pairs, ids, content_ids) & ~rows
    incomplete = np.zeros(len(pair), np.bool_)
    if dialect.incomplete == "ignore":
        for lacking in missing.values():
            incomplete |= lacking
        incomplete &= ~(rows | voided)
    for what, mask, said in (
        ("voided", voided, "a later row says that they do not count"),
        ("incomplete", incomplete, "they name no learner, no content or no time"),
    ):
        if mask.any():
            of_kind: Counter[str] = Counter()
            for known, count in zip(
                pairs, np.bincount(pair[mask], minlength=len(pairs)).tolist(), strict=True
            ):
                if count:
                    of_kind[known.type] += count
            kinds.update({f"{kind} ({what})": count for kind, count in of_kind.items()})
            notes.append(
                f"rows are ignored because {said} ({sum(of_kind.values()):,}): {_listing(of_kind)}."
            )
            rows = rows | mask
    return Idle(rows if rows.any() else None, dict(sorted(kinds.items())), notes)


def _voided(
    dialect: Dialect,
    pair: Codes,
    pairs: list[Classified],
    ids: tuple[Codes | None, Texts],
    content_ids: tuple[Codes | None, Texts],
) -> Mask:
    """The rows whose id some row of the voiding kind has as its content."""
    nothing: Mask = np.zeros(len(pair), np.bool_)
    (id_, id_texts), (content, content_texts) = ids, content_ids
    if dialect.voided_by is None or id_ is None or content is None:
        return nothing
    kind = canonical(dialect.voided_by)
    voiding: Mask = np.array([canonical(known.type) == kind for known in pairs], np.bool_)[pair]
    if not voiding.any():
        return nothing
    import pyarrow.compute as pc

    named = pc.utf8_lower(content_texts.take(np.unique(content[voiding])))
    is_voided = pc.is_in(pc.utf8_lower(id_texts), named)
    voided: Mask = is_voided.to_numpy(zero_copy_only=False)[id_] & ~voiding
    empty = id_texts.index("").as_py()
    voided &= id_ != empty
    return voided


def _listing(kinds: Counter[str]) -> str:
    """The kinds and how often each occurs, the most frequent first."""
    listed = [f"{_short(kind)} ({count:,})" for kind, count in kinds.most_common(_LISTED)]
    more = len(kinds) - len(listed)
    return ", ".join(listed) + (f" and {more:,} more" if more else "")


def _short(kind: str) -> str:
    return kind if len(kind) <= 80 else kind[:79] + "…"
