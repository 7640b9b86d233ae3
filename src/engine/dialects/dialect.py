"""A dialect: how the rows of one platform become events. Source: semantics.md §3, §13.

A dialect is data. It names the columns (or paths into nested JSON) that a reader picks up, says how
the fields of a row are made of them, and which (kind, cause) of the platform is which action. Kind
and cause are the platform's own words; in the content actions report they are Type and Source, and
they stand in outputs under those names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final, Literal

import msgspec
import msgspec.structs

from engine.dialects.columns import ColumnNames
from engine.lifecycle.action import Action

__all__ = ["Classified", "Dialect", "Pair", "Piece", "Role", "RowFault", "canonical"]

Role = Literal[
    "moved_away",
    "moved_here",
    "content_deleted",
    "account_created",
    "webinar",
    "learning_path",
]
"""What a (kind, cause) says beyond its action; the findings across records look for it (§10)."""


class RowFault(IntEnum):
    """What may be wrong with a row as such (§7), by the name of its rule."""

    MALFORMED_ROW = 1
    MISSING_FIELD = 2
    UNKNOWN_TYPE = 3
    UNKNOWN_SOURCE = 4
    INVALID_TIMESTAMP = 5
    FUTURE_TIMESTAMP = 6
    DUPLICATE_ROW = 7
    SOURCE_OF_ANOTHER_TYPE = 8

    @property
    def code(self) -> str:
        """The code of its finding."""
        return f"R{self.value:03}"


class Pair(msgspec.Struct, frozen=True):
    """One (kind, cause) that a dialect lists, as published; either may hold wildcards.

    Attributes
    ----------
    type, source:
        Kind and cause.
    action:
        What such a row does.
    meaning:
        What the platform says of it, a few words.
    role:
        What it says beyond its action, if anything.
    """

    type: str
    source: str
    action: Action
    meaning: str = ""
    role: Role | None = None


class Classified(msgspec.Struct, frozen=True, gc=False):
    """What a row's kind and cause come to.

    Attributes
    ----------
    type, source:
        As published where the pair is listed; else the type as published and the source
        trimmed, as the report has it.
    action:
        None if the kind is unknown or ignored: such a row becomes no event.
    code:
        The code of the finding that such rows have where the pair is not listed, else None.
    role:
        See :data:`Role`.
    ignored:
        ``"named"`` if the dialect says that rows of this kind are none of a record's business,
        ``"unnamed"`` if it does not know the kind and ignores what it does not know.
    """

    type: str
    source: str
    action: Action | None
    code: str | None
    role: Role | None = None
    ignored: Literal["named", "unnamed"] | None = None


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One way to come by a field of a row: a column, a part of one, several joined, or a text.

    Attributes
    ----------
    columns:
        The columns by their names in the dialect; several are joined with ``between``, and say
        nothing where one of them is empty. None: ``text`` alone.
    match:
        An anchored regular expression (RE2) that the column must fit, None: any text.
    group:
        The named group that is the field; None: ``text``, or all of the column.
    text:
        What stands in the field where the piece fits, None: what the column holds.
    """

    columns: tuple[str, ...] = ()
    between: str = " "
    match: str | None = None
    group: str | None = None
    text: str | None = None


def canonical(word: str) -> str:
    """Return the form in which kinds and causes are compared: no case, ``-`` as ``_`` (§3)."""
    return word.strip().lower().replace("-", "_")


class Dialect(msgspec.Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """How the rows of one platform become events.

    Attributes
    ----------
    name, title:
        What it is called in calls, and in a sentence.
    text, digest:
        The file, and the SHA-256 of it and of what it extends, in hexadecimal.
    columns:
        The columns that are picked up, each under its name in the dialect.
    fields:
        Field → the ways to come by it, the first that gives a text is taken. A field that is not
        there is the column of its name.
    listed:
        What (kind, cause) comes to which action; the first that fits is taken.
    unlisted:
        Kind → the action of rows whose cause is not listed under it; such rows are findings.
    ignored:
        Kinds, with wildcards, that are none of a record's business.
    unnamed:
        What becomes of rows of a kind that is named nowhere.
    incomplete:
        What becomes of rows of a kind that it lists which lack learner, content or time.
    voided_by:
        The kind of rows whose content id is the id of a row that does not count, None if there is
        no such kind.
    contents_by_title:
        Whether a row without content id is about the only content that has its title.
    times_rewritten:
        Regular expressions (RE2) and what stands in their place, by which times are brought into
        a form that is understood, unless the call says how times are written.
    told_by:
        Columns that a file must have beside the needed ones to be taken for this dialect's.
    timezone, timestamp_format, date_order:
        How times are read unless the call says otherwise; None: as everywhere.
    """

    name: str
    title: str
    text: str
    digest: str
    columns: ColumnNames
    fields: Mapping[str, tuple[Piece, ...]]
    listed: tuple[Pair, ...]
    unlisted: Mapping[str, Action]
    ignored: tuple[str, ...] = ()
    unnamed: Literal["ignore", "quarantine"] = "ignore"
    incomplete: Literal["ignore", "quarantine"] = "quarantine"
    voided_by: str | None = None
    contents_by_title: bool = False
    told_by: tuple[str, ...] = ()
    times_rewritten: tuple[tuple[str, str], ...] = ()
    timezone: str | None = None
    timestamp_format: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None

    @cached_property
    def recognising(self) -> ColumnNames:
        """The columns, of which more are needed: by these a file is taken for this dialect's."""
        own = tuple((column,) for column in self.told_by)
        return msgspec.structs.replace(self.columns, needed=self.columns.needed + own)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The kinds that it lists, each once, in their order."""
        return tuple(dict.fromkeys(each.type for each in self.listed))

    @cached_property
    def _exact(self) -> dict[tuple[str, str], int]:
        exact: dict[tuple[str, str], int] = {}
        for place, each in enumerate(self.listed):
            if not _WILD & {*each.type, *each.source}:
                exact.setdefault((canonical(each.type), canonical(each.source)), place)
        return exact

    @cached_property
    def _wild(self) -> list[tuple[int, str, str]]:
        return [
            (place, canonical(each.type), canonical(each.source))
            for place, each in enumerate(self.listed)
            if _WILD & {*each.type, *each.source}
        ]

    @cached_property
    def _causes(self) -> frozenset[str]:
        return frozenset(canonical(each.source) for each in self.listed)

    @cached_property
    def _acts_by_kind(self) -> dict[str, Action]:
        return {canonical(kind): action for kind, action in self.unlisted.items()}

    def classify(self, type_: str, source: str) -> Classified:
        """Return the action of a row from its kind and cause, and the row finding where due.

        Total: a kind that is not listed gives no action; a cause that is not listed under its kind
        acts by the kind, where the dialect says how (§3, §7, §13).
        """
        return self.classify_canonical(type_, canonical(type_), source, canonical(source))

    def classify_canonical(
        self, type_: str, type_key: str, source: str, source_key: str
    ) -> Classified:
        """Return the same, given also the canonical forms."""
        listed = self._listed(type_key, source_key)
        if listed is not None:
            if _WILD & {*listed.type, *listed.source}:
                return Classified(type_.strip(), source.strip(), listed.action, None, listed.role)
            return Classified(listed.type, listed.source, listed.action, None, listed.role)
        action = self._acts_by_kind.get(type_key)
        if action is not None:
            elsewhere = source_key in self._causes
            fault = RowFault.SOURCE_OF_ANOTHER_TYPE if elsewhere else RowFault.UNKNOWN_SOURCE
            return Classified(type_key, source.strip(), action, fault.code)
        trimmed = type_.strip(), source.strip()
        if any(fnmatchcase(type_key, canonical(pattern)) for pattern in self.ignored):
            return Classified(*trimmed, None, None, None, "named")
        if self.unnamed == "ignore":
            return Classified(*trimmed, None, None, None, "unnamed")
        return Classified(*trimmed, None, RowFault.UNKNOWN_TYPE.code)

    def _listed(self, type_key: str, source_key: str) -> Pair | None:
        place = self._exact.get((type_key, source_key), len(self.listed))
        for number, kind, cause in self._wild:
            if number > place:
                break
            if fnmatchcase(type_key, kind) and fnmatchcase(source_key, cause):
                return self.listed[number]
        return self.listed[place] if place < len(self.listed) else None


_WILD: Final = {"*", "?", "["}
