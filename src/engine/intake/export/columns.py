"""Which column of a status export holds what. Its header is nobody's standard: names are many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from engine.errors import InputError, UsageError
from engine.intake.wording import listing

__all__ = ["DATES", "FIELDS", "Columns"]

DATES: Final = ("enrolled_at", "started_at", "completed_at", "certified_at", "revoked_at")
"""The dates that an export may have of a record."""

_NAMES: Final = {
    "learner": (
        "Email", "Email Address", "Learner Email", "User Email", "Learner", "User", "Student",
        "Student Email", "Employee Email", "Participant", "Mail", "Username", "Login",
    ),
    "panorama": ("Panorama Name", "Panorama", "userDetail.client", "Client"),
    "content_type": ("Content Type", "Course Type", "Content Kind", "Type", "Kind"),
    "content_title": (
        "Content Title", "Course Title", "Content", "Course", "Content Name", "Course Name",
        "Title", "Training", "Item",
    ),
    "content_id": ("Content Id", "Course Sku", "Course Id", "Sku"),
    "status": (
        "Status", "Course Status", "Content Status", "Current Status", "Completion Status",
        "Enrollment Status", "Enrolment Status", "Progress Status", "State", "Progress",
    ),
    "possible": ("Possible",),
    "certificate": ("Certificate", "Has Certificate", "Certificate Granted"),
    "enrolled_at": (
        "Enrolled At", "Enrolled On", "Enrolled", "Enrollment Date", "Enrolment Date",
        "Date Enrolled", "Enrolled Date",
    ),
    "started_at": ("Started At", "Started On", "Started", "Start Date", "Date Started"),
    "completed_at": (
        "Completed At", "Completed On", "Completed", "Completion Date", "Date Completed",
    ),
    "certified_at": (
        "Certificate Issued At", "Certified At", "Certificate Date", "Certificate Issued",
        "Certified On", "Certified", "Certification Date",
    ),
    "revoked_at": ("Revoked At", "Revoked On", "Revoked", "Access Revoked At"),
}  # fmt: skip
"""The names of each field, the best first."""

FIELDS: Final = tuple(_NAMES)

_ALIASES: Final = {"email": "learner", "user": "learner", "content": "content_title"}
"""What else a field may be called in ``--map``."""

_IGNORED: Final = re.compile(r"[\s_.\-\ufeff]+")


def _key(name: str) -> str:
    return _IGNORED.sub("", name).casefold()


_RANKS: Final = {
    _key(name): (field, position)
    for field, names in _NAMES.items()
    for position, name in enumerate(names)
}


class Columns:
    """Finds the fields among a header's names.

    Parameters
    ----------
    mapping:
        Field → the name of its column, where no name above answers to it.

    Raises
    ------
    UsageError
        If a field of the mapping is none.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._named: dict[str, str] = {}
        for given, column in mapping.items():
            plain = given.strip().lower().replace("-", "_")
            field = _ALIASES.get(plain, plain)
            if field not in _NAMES:
                raise UsageError(f"--map knows no field {given!r}; it knows {', '.join(_NAMES)}.")
            self._named[field] = column

    def find(self, names: Sequence[str]) -> dict[str, int]:
        """Return the column of each field that the header has."""
        keys = [_key(name) for name in names]
        found: dict[str, int] = {}
        for field, column in self._named.items():
            if _key(column) in keys:
                found[field] = keys.index(_key(column))
        taken = set(found.values())
        best: dict[str, tuple[int, int]] = {}
        for index, key in enumerate(keys):
            if index in taken or key not in _RANKS:
                continue
            field, rank = _RANKS[key]
            if field not in self._named:
                best[field] = min(best.get(field, (rank, index)), (rank, index))
        return found | {field: index for field, (_, index) in best.items()}

    def score(self, names: Sequence[str]) -> int:
        """Return how many fields a header has: by this a header is told from other rows."""
        return len(self.find(names))

    def require(self, names: Sequence[str], file: str) -> dict[str, int]:
        """Return the columns of a header that has all that a reconciliation needs.

        Raises
        ------
        InputError
            Naming what is missing, the columns that are there, and the ``--map`` to write.
        """
        found = self.find(names)
        for field, column in self._named.items():
            if field not in found:
                raise InputError(
                    file,
                    f"it has no column {column!r} for {field}; found: {_listed(names)}",
                    f"give --map {field}=COLUMN with one of these",
                )
        missing = [field for field in ("learner", "status") if field not in found]
        if "content_title" not in found and "content_id" not in found:
            missing.insert(min(1, len(missing)), "content_title")
        if missing:
            said = {
                "learner": "the learner",
                "content_title": "the content",
                "status": "the status",
            }
            raise InputError(
                file,
                f"no column for {' and '.join(said[f] for f in missing)}; found: {_listed(names)}",
                "name it: " + " ".join(f"--map {field}=COLUMN" for field in missing),
            )
        return found


def _listed(names: Sequence[str]) -> str:
    return listing(name for name in names if name.strip()) or "nothing"
