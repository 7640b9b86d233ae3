"""The report's vocabulary: its columns, 54 (Type, Source) pairs, and the action each is.

Source: domain.md (the pairs and their meaning), semantics.md §3 (the actions).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec

__all__ = [
    "PAIRS",
    "REPORT_COLUMNS",
    "TYPES",
    "Action",
    "Classified",
    "Pair",
    "canonical",
    "classify",
    "classify_canonical",
]

REPORT_COLUMNS: Final = (
    "Email",
    "Panorama Name",
    "Content Type",
    "Content Title",
    "Type",
    "Source",
    "Timestamp",
)
"""The columns of a report as its header names them, in their order."""


class Action(IntEnum):
    """What a row does; the numbers are the order of the table in semantics.md §3.

    That order breaks ties between equally good orders of one instant (§6), so it may not change.
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


class Pair(msgspec.Struct, frozen=True):
    """One documented (Type, Source), as published, with its action and what it tells."""

    type: str
    source: str
    action: Action
    meaning: str


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


class Classified(msgspec.Struct, frozen=True, gc=False):
    """What a row's Type and Source come to.

    Attributes
    ----------
    type, source:
        As published where the pair is documented; else the type as published and the source
        trimmed, as the report has it.
    action:
        None if the type is unknown: such a row becomes no event.
    code:
        The code of the finding that such a row has where the pair is not documented, else None.
    """

    type: str
    source: str
    action: Action | None
    code: str | None


_COURSE = Action.ENROL_BY_COURSE_PURCHASE
_COLLECTION = Action.ENROL_BY_COLLECTION_PURCHASE
_MANAGER = Action.ENROL_BY_MANAGER
_ENROL = Action.ENROL
_REVOKE = Action.REVOKE

_TABLE: Final[dict[str, tuple[tuple[str, Action, str], ...]]] = {
    "enrollment": (
        ("course_purchase", _COURSE, "bought the course or other content"),
        ("collection_purchase", _COLLECTION, "bought a collection"),
        ("a_la_carte_collection_purchase", _COLLECTION, "bought an à-la-carte collection"),
        ("subscription_purchase", _ENROL, "bought a subscription"),
        (
            "subscription_access",
            _ENROL,
            "content of an all-access subscription, bought or granted by a manager",
        ),
        ("registration", _ENROL, "registered on the site"),
        ("gift-course-purchase", _COURSE, "redeemed a gift: somebody else bought the course"),
        ("gift_collection_purchase", _COLLECTION, "received a collection bought as a gift"),
        ("manager_created_user", _MANAGER, "content given as a manager invited the user"),
        ("manager_course_enrollment", _MANAGER, "an admin enrolled an existing learner"),
        (
            "manager_bulk_user_creation",
            _MANAGER,
            "content given in a bulk invite or migration of users",
        ),
        ("redemption_code", _COURSE, "redeemed a code"),
        ("gift_redemption_code", _COURSE, "used a purchased redemption code"),
        ("registration_code", _ENROL, "redeemed a registration code"),
        ("sso", _ENROL, "enrolled through single sign-on"),
        ("learning_path_access", _ENROL, "content of a learning path that the learner has"),
        ("client_access", _ENROL, "content of the learner's Panorama"),
        ("license_access", _ENROL, "content of a Panorama licence"),
        ("balance_redemption", _COURSE, "bought with credit balance"),
        ("reschedule", _ENROL, "moved here from another session"),
        ("salesforce_provision", _ENROL, "enrolled through the Salesforce integration"),
        ("scorm_connect", _ENROL, "enrolled through SCORM Connect, a third-party LMS"),
        ("public", _ENROL, "content open to the public"),
    ),
    "status_change": (
        ("course_started", Action.START, "the learner started the content"),
        ("course_completed", Action.COMPLETE, "the learner completed the content"),
        ("webinar_attended", Action.ATTEND, "attended a standalone webinar"),
        (
            "scorm_started",
            Action.SCORM_PROGRESS,
            "a standalone SCORM file returned a percentage below 100",
        ),
        ("manager_change_not_started", Action.SET_NOT_STARTED, "a manager set it to not started"),
        ("manager_change_started", Action.SET_STARTED, "a manager set it to started"),
        ("manager_change_completed", Action.SET_COMPLETED, "a manager set it to completed"),
        (
            "manager_grant_not_started",
            Action.IMPORT_NOT_STARTED,
            "a manager's bulk import set it to not started",
        ),
        (
            "manager_grant_started",
            Action.IMPORT_STARTED,
            "a manager's bulk import set it to started",
        ),
        (
            "Manager_grant_completed",
            Action.IMPORT_COMPLETED,
            "a manager's bulk import set it to completed",
        ),
        (
            "manager_changed_status",
            Action.SET_UNKNOWN,
            "a manager changed the status, to what is not said",
        ),
        ("recertify_course", Action.RECERTIFY, "completed the recertification of a course"),
        (
            "recertify_learning_path",
            Action.RECERTIFY,
            "completed the recertification of a learning path",
        ),
        ("enrollment", Action.ENROL_ECHO, "the learner was enrolled"),
    ),
    "revoked_access": (
        ("access_expiration", _REVOKE, "the access expired"),
        ("course_deletion", _REVOKE, "the content was deleted"),
        ("manager_revoked_access", _REVOKE, "a manager revoked the access"),
        ("client_revoked_access", _REVOKE, "the Panorama lost the access"),
        ("manager_course_enrollment", _REVOKE, "a manager removed the access"),
        ("sso", _REVOKE, "single sign-on removed the access"),
        ("reschedule", _REVOKE, "moved to another session: the access to this one is lost"),
        ("manager_bulk_user_creation", _REVOKE, "a bulk change of users removed the access"),
        ("license_deletion", _REVOKE, "the Panorama licence was deleted"),
    ),
    "certificate_grant": (
        (
            "course_completed",
            Action.CERTIFY_FOR_COMPLETION,
            "granted on meeting the completion criteria",
        ),
        (
            "passed_exam",
            Action.CERTIFY_FOR_EXAM,
            "granted on passing an exam or completing a survey",
        ),
        ("manager_grant", Action.CERTIFY_BY_GRANT, "granted by a manager"),
        ("api", Action.CERTIFY_BY_GRANT, "granted through the API"),
        (
            "course_purchase",
            Action.CERTIFY_FOR_COURSE_PURCHASE,
            "granted on the purchase of the course",
        ),
        (
            "collection_purchase",
            Action.CERTIFY_FOR_COLLECTION_PURCHASE,
            "granted on the purchase of the collection",
        ),
        (
            "manager_course_enrollment",
            Action.CERTIFY_FOR_MANAGER_ENROLMENT,
            "granted when a manager enrolled the learner",
        ),
        (
            "manager_change_completed",
            Action.CERTIFY_FOR_MANAGER_COMPLETION,
            "granted when a manager set the status to completed",
        ),
    ),
}

PAIRS: Final[tuple[Pair, ...]] = tuple(
    Pair(type_, source, action, meaning)
    for type_, sources in _TABLE.items()
    for source, action, meaning in sources
)
"""The 54 documented pairs, in the order in which they are published."""

TYPES: Final[tuple[str, ...]] = tuple(_TABLE)

_UNLISTED: Final = {
    "enrollment": Action.ENROL,
    "status_change": Action.SET_UNKNOWN,
    "revoked_access": Action.REVOKE,
    "certificate_grant": Action.CERTIFY_BY_GRANT,
}
"""What a row of each type does when its source is not listed under that type (§3)."""


def canonical(word: str) -> str:
    """Return the form in which a Type or Source is compared: no case, ``-`` as ``_`` (§3)."""
    return word.strip().lower().replace("-", "_")


_BY_KEY: Final = {(canonical(pair.type), canonical(pair.source)): pair for pair in PAIRS}
_SOURCES: Final = frozenset(source for _, source in _BY_KEY)


def classify(type_: str, source: str) -> Classified:
    """Return the action of a row from its Type and Source, with a finding where due.

    Total: an unlisted type gives no action; an unlisted source acts by its type (§3, §7).
    """
    return classify_canonical(type_, canonical(type_), source, canonical(source))


def classify_canonical(type_: str, type_key: str, source: str, source_key: str) -> Classified:
    """Return the same, given also the canonical forms."""
    pair = _BY_KEY.get((type_key, source_key))
    if pair is not None:
        return Classified(pair.type, pair.source, pair.action, None)
    action = _UNLISTED.get(type_key)
    if action is None:
        return Classified(type_.strip(), source.strip(), None, RowFault.UNKNOWN_TYPE.code)
    elsewhere = source_key in _SOURCES
    fault = RowFault.SOURCE_OF_ANOTHER_TYPE if elsewhere else RowFault.UNKNOWN_SOURCE
    return Classified(type_key, source.strip(), action, fault.code)
