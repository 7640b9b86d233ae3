"""The 25 actions of the lifecycle: what a row can do to a record. Source: semantics.md §3."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Action"]


class Action(IntEnum):
    """What a row does; the numbers are the order of the table in semantics.md §3.

    That order breaks ties between equally good orders of one tie group (§6), so it may not change.
    """

    ENROL_BY_COURSE_PURCHASE = 0
    ENROL_BY_COLLECTION_PURCHASE = 1
    ENROL_BY_MANAGER = 2
    ENROL = 3
    ENROL_ECHO = 4
    START = 5
    SCORM_PROGRESS = 6
    COMPLETE = 7
    ATTEND = 8
    RECERTIFY = 9
    SET_NOT_STARTED = 10
    SET_STARTED = 11
    SET_COMPLETED = 12
    IMPORT_NOT_STARTED = 13
    IMPORT_STARTED = 14
    IMPORT_COMPLETED = 15
    SET_UNKNOWN = 16
    CERTIFY_FOR_COMPLETION = 17
    CERTIFY_FOR_EXAM = 18
    CERTIFY_BY_GRANT = 19
    CERTIFY_FOR_COURSE_PURCHASE = 20
    CERTIFY_FOR_COLLECTION_PURCHASE = 21
    CERTIFY_FOR_MANAGER_ENROLMENT = 22
    CERTIFY_FOR_MANAGER_COMPLETION = 23
    REVOKE = 24

    # That of Enum hashes the name in Python at each look-up in a table keyed by actions.
    __hash__ = int.__hash__

    @property
    def label(self) -> str:
        """The action's name as semantics.md spells it."""
        return self.name.lower()
