"""A dialect's file, in TOML, to the dialect. What is wrong with it is said by line and key.

Source: semantics.md §13; docs/dialects.md describes the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
import msgspec.structs
from msgspec import Meta

from engine.dialects.columns import ColumnNames
from engine.dialects.dialect import Dialect, Pair, Piece, Role
from engine.errors import InputError
from engine.lifecycle.action import Action
from engine.toml_files import fault_at, in_plain_words, parsed

__all__ = ["FIELDS", "read_dialect"]

_SEE: Final = "docs/dialects.md"

FIELDS: Final = (
    "email",
    "panorama",
    "content_type",
    "content_title",
    "content_id",
    "type",
    "source",
    "timestamp",
    "id",
)
"""What a dialect makes of a row: learner, Panorama, content, kind, cause, time and id."""

_NEEDED: Final = (("email",), ("content_title", "content_id"), ("type",), ("timestamp",))
"""Without these no row is an event (semantics.md §7)."""

Field = Literal[
    "email",
    "panorama",
    "content_type",
    "content_title",
    "content_id",
    "type",
    "source",
    "timestamp",
    "id",
]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
ActionName = Literal[
    "enrol_by_course_purchase",
    "enrol_by_collection_purchase",
    "enrol_by_manager",
    "enrol",
    "enrol_echo",
    "start",
    "scorm_progress",
    "complete",
    "attend",
    "recertify",
    "set_not_started",
    "set_started",
    "set_completed",
    "import_not_started",
    "import_started",
    "import_completed",
    "set_unknown",
    "certify_for_completion",
    "certify_for_exam",
    "certify_by_grant",
    "certify_for_course_purchase",
    "certify_for_collection_purchase",
    "certify_for_manager_enrolment",
    "certify_for_manager_completion",
    "revoke",
]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class _Piece(_Strict):
    column: Words | None = None
    join: Annotated[list[Words], Meta(min_length=2, max_length=8)] | None = None
    between: Annotated[str, Meta(max_length=10)] = " "
    match: Words | None = None
    group: Words | None = None
    text: Words | None = None


class _Action(_Strict):
    action: ActionName
    meaning: str = ""
    role: Role | None = None


class _Rewrite(_Strict):
    match: Words
    to: Words


class _Times(_Strict):
    timezone: str | None = None
    format: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    rewrite: list[_Rewrite] = []


_Names = Words | Annotated[list[Words], Meta(min_length=1)]
_Pieces = Words | _Piece | list[Words | _Piece]


class _File(_Strict):
    name: Name
    title: str = ""
    extends: Name | None = None
    unnamed: Literal["ignore", "quarantine"] = "ignore"
    incomplete: Literal["ignore", "quarantine"] = "quarantine"
    voided_by: Words | None = None
    contents_by_title: bool = False
    told_by: list[Name] = []
    ignored: list[Words] = []
    columns: dict[Name, Any] = {}
    fields: dict[Field, Any] = {}
    times: _Times = msgspec.field(default_factory=_Times)
    unlisted: dict[Words, Any] = {}
    actions: dict[Words, dict[str, Any]] = {}


def read_dialect(text: str, file: str, shipped: Callable[[str], str | None]) -> Dialect:
    """Return the dialect that a file describes.

    Parameters
    ----------
    text, file:
        What is in the file, and its name for faults.
    shipped:
        Gives the text of a dialect that comes with the program, by name; for ``extends``.

    Raises
    ------
    InputError
        Naming the line and the key, and what is allowed there.
    """
    own = parsed(text, file, _SEE)
    whole, digests = own, hashlib.sha256(text.encode())
    base, seen = own.get("extends"), [own.get("name")]
    while base is not None:
        below = shipped(base) if isinstance(base, str) else None
        if below is None:
            raise _fault(text, file, ["extends"], f"there is no dialect {base!r} to extend")
        if base in seen:
            raise _fault(text, file, ["extends"], f"{base!r} extends itself")
        seen.append(base)
        digests.update(below.encode())
        extended = parsed(below, file, _SEE)
        whole, base = _extended(whole, extended), extended.get("extends")
    try:
        described = msgspec.convert(whole, _File)
    except msgspec.ValidationError as error:
        problem, path = in_plain_words(str(error))
        raise _fault(text, file, path, problem) from None
    return _Checked(described, text, file, digests.hexdigest()).dialect()


def _extended(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of its own comes first; of tables both count, of other values its own."""
    merged = dict(own)
    for key, value in base.items():
        if key not in merged:
            merged[key] = value
        elif isinstance(merged[key], Mapping) and isinstance(value, Mapping) and key != "fields":
            merged[key] = _extended(merged[key], value)
        elif key == "fields" and isinstance(merged[key], Mapping) and isinstance(value, Mapping):
            merged[key] = {**value, **merged[key]}
        elif key == "ignored" and isinstance(merged[key], list) and isinstance(value, list):
            merged[key] = [*merged[key], *value]
    return merged


class _Checked:
    """What the types of :class:`_File` do not say: the values of tables whose keys are anything (so
    that a fault names the key), names that must be there, patterns, combinations."""

    def __init__(self, described: _File, text: str, file: str, digest: str) -> None:
        self._described = described
        self._text = text
        self._file = file
        self._digest = digest

    def dialect(self) -> Dialect:
        """Return the dialect.

        Raises
        ------
        InputError
            Naming line and key.
        """
        described = self._described
        names: dict[str, tuple[str, ...]] = {}
        for column, each in described.columns.items():
            said = self._typed(each, _Names, ["columns", column])
            names[column] = (said,) if isinstance(said, str) else tuple(said)
        fields: dict[str, tuple[Piece, ...]] = {
            field: self._pieces(field, each) for field, each in described.fields.items()
        }
        for group in _NEEDED:
            if not any(field in fields or field in names for field in group):
                raise self.fault(["columns"], f"no column and no field says what {group[0]} is")
        for column in names:
            if (column in fields or column not in FIELDS) and not any(
                column in piece.columns for pieces in fields.values() for piece in pieces
            ):
                if column in described.told_by:
                    continue
                raise self.fault(["columns", column], f"no field is made of the column {column!r}")
        for column in described.told_by:
            if column not in names:
                raise self.fault(["told_by"], f"there is no column {column!r} under [columns]")
        return Dialect(
            name=described.name,
            title=described.title or described.name,
            text=self._text,
            digest=self._digest,
            columns=ColumnNames(names, _needed(names, fields)),
            fields=fields,
            listed=tuple(self._listed()),
            unlisted={
                kind: self._action(each, ["unlisted", kind]).action
                for kind, each in described.unlisted.items()
            },
            ignored=tuple(described.ignored),
            unnamed=described.unnamed,
            incomplete=described.incomplete,
            voided_by=described.voided_by,
            contents_by_title=described.contents_by_title,
            told_by=tuple(described.told_by),
            times_rewritten=tuple(self._rewritten()),
            timezone=described.times.timezone,
            timestamp_format=described.times.format,
            date_order=described.times.date_order,
        )

    def _rewritten(self) -> Iterator[tuple[str, str]]:
        for each in self._described.times.rewrite:
            from engine.dialects.patterns import fault_of_rewriting

            problem = fault_of_rewriting(each.match, each.to)
            if problem is not None:
                raise self.fault(["times", "rewrite"], problem)
            yield each.match, each.to

    def _listed(self) -> Iterator[Pair]:
        for kind, causes in self._described.actions.items():
            for cause, each in causes.items():
                said = self._action(each, ["actions", kind, cause])
                yield msgspec.structs.replace(said, type=kind, source=cause)

    def _action(self, value: Any, path: list[str]) -> Pair:
        said = self._typed(value, ActionName | _Action, path)
        if isinstance(said, str):
            return Pair(type="", source="", action=Action[said.upper()])
        action = Action[said.action.upper()]
        return Pair(type="", source="", action=action, meaning=said.meaning, role=said.role)

    def _typed(self, value: Any, kind: Any, path: list[str]) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            problem, below = in_plain_words(str(error))
            raise self.fault([*path, *below], problem) from None

    def _pieces(self, field: str, said: Any) -> tuple[Piece, ...]:
        said = self._typed(said, _Pieces, ["fields", field])
        every = said if isinstance(said, list) else [said]
        if not every:
            raise self.fault(["fields", field], f"nothing says what {field} is")
        return tuple(self._piece(field, each) for each in every)

    def _piece(self, field: str, said: str | _Piece) -> Piece:
        if isinstance(said, str):
            said = _Piece(column=said)
        path = ["fields", field]
        if said.column is not None and said.join is not None:
            raise self.fault(path, "'column' and 'join' exclude each other")
        columns = said.join or ([said.column] if said.column else [])
        for column in columns:
            if column not in self._described.columns:
                raise self.fault(path, f"there is no column {column!r} under [columns]")
        if not columns and said.text is None:
            raise self.fault(path, "it needs 'column', 'join' or 'text'")
        if said.match is None and said.group is not None:
            raise self.fault(path, "'group' needs 'match'")
        if said.match is not None:
            self._check_pattern(path, said, len(columns))
        return Piece(
            columns=tuple(columns),
            between=said.between,
            match=said.match,
            group=said.group,
            text=said.text,
        )

    def _check_pattern(self, path: list[str], said: _Piece, columns: int) -> None:
        from engine.dialects.patterns import fault_of_pattern

        assert said.match is not None
        if columns != 1:
            raise self.fault(path, "'match' needs one 'column'")
        if not (said.match.startswith("^") and said.match.endswith("$")):
            raise self.fault(path, "'match' must begin with ^ and end with $")
        problem = fault_of_pattern(said.match, said.group)
        if problem is not None:
            raise self.fault(path, problem)

    def fault(self, path: list[str], problem: str) -> InputError:
        """Return the fault with the line at which the key stands."""
        return _fault(self._text, self._file, path, problem)


def _needed(
    names: Mapping[str, tuple[str, ...]], fields: Mapping[str, tuple[Piece, ...]]
) -> tuple[tuple[str, ...], ...]:
    """The groups of columns of which a file must have one each."""
    needed = []
    for group in _NEEDED:
        columns: list[str] = []
        for field in group:
            if field not in fields:
                columns += [field] if field in names else []
                continue
            for piece in fields[field]:
                if not piece.columns:
                    columns = []
                    break
                columns.append(piece.columns[0])
        if columns:
            needed.append(tuple(dict.fromkeys(columns)))
    return tuple(needed)


def _fault(text: str, file: str, path: list[str], problem: str) -> InputError:
    remedy = _allowed(path, problem) or "see docs/dialects.md for the keys of a dialect"
    return fault_at(text, file, path, problem, remedy)


def _allowed(path: list[str], problem: str) -> str | None:
    if "not allowed" not in problem and "no key" not in problem:
        return None
    last = path[-1] if path else ""
    if path[:1] in (["actions"], ["unlisted"]) and "no key" not in problem:
        return "an action is one of " + ", ".join(action.label for action in Action)
    if last in ("unnamed", "incomplete"):
        return "write 'ignore' or 'quarantine'"
    if path == ["fields"] and "no key" not in problem:
        return "a field is one of " + ", ".join(FIELDS)
    table = {
        "": _File,
        "times": _Times,
        "fields": _Piece,
        "actions": _Action,
    }.get(path[0] if path else "")
    if table is None or "no key" not in problem:
        return None
    return "the keys are " + ", ".join(table.__struct_fields__)
