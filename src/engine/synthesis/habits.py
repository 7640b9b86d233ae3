"""What learners and managers tend to do in each status, as weights. Data, no logic.

The weights say how likely a row is *where the lifecycle allows it*; what it forbids gets no weight
in :mod:`engine.synthesis.chances`. Infos are allowed, and weigh little.
"""

from __future__ import annotations

from typing import Final

import msgspec

from engine.lifecycle.configuration import Status

__all__ = ["CHANNELS", "ENROLMENTS", "HABITS", "KINDS", "REVOCATIONS", "Habit"]


class Habit(msgspec.Struct, frozen=True):
    """The weights of what comes next in one status.

    Attributes
    ----------
    stop:
        The history ends here.
    enrol, revoke:
        Some enrolment, some revocation; shared out by ``ENROLMENTS`` and ``REVOCATIONS``.
    changes, certificates:
        Source → weight under status_change and certificate_grant.
    """

    stop: int = 0
    enrol: int = 0
    revoke: int = 0
    changes: dict[str, int] = {}
    certificates: dict[str, int] = {}


ENROLMENTS: Final = {
    "course_purchase": 110,
    "collection_purchase": 40,
    "a_la_carte_collection_purchase": 12,
    "subscription_purchase": 35,
    "subscription_access": 90,
    "gift-course-purchase": 6,
    "gift_collection_purchase": 4,
    "manager_course_enrollment": 245,
    "redemption_code": 30,
    "gift_redemption_code": 5,
    "registration_code": 25,
    "sso": 75,
    "learning_path_access": 60,
    "client_access": 90,
    "license_access": 70,
    "balance_redemption": 8,
    "salesforce_provision": 12,
    "scorm_connect": 15,
    "public": 110,
}
"""What :mod:`engine.synthesis.across` gives out later is not here: moves between sessions and
enrolments with a new account, and of the revocations deleted content."""

REVOCATIONS: Final = {
    "access_expiration": 400,
    "manager_revoked_access": 150,
    "client_revoked_access": 90,
    "manager_course_enrollment": 70,
    "sso": 60,
    "manager_bulk_user_creation": 30,
    "license_deletion": 60,
}

HABITS: Final = {
    Status.NOT_ENROLLED: Habit(enrol=1000),
    Status.ENROLLED: Habit(
        stop=45,
        enrol=4,
        revoke=50,
        changes={
            "enrollment": 25,
            "course_started": 760,
            "scorm_started": 760,
            "webinar_attended": 700,
            "recertify_course": 60,
            "recertify_learning_path": 60,
            "manager_change_started": 8,
            "manager_change_completed": 16,
            "manager_grant_not_started": 2,
            "manager_grant_started": 7,
            "Manager_grant_completed": 18,
            "manager_changed_status": 3,
            "manager_change_not_started": 1,
        },
        certificates={
            "course_purchase": 90,
            "collection_purchase": 90,
            "manager_course_enrollment": 45,
            "passed_exam": 8,
            "manager_grant": 4,
            "api": 4,
        },
    ),
    Status.STARTED: Habit(
        stop=70,
        enrol=3,
        revoke=60,
        changes={
            "course_completed": 700,
            "webinar_attended": 600,
            "scorm_started": 220,
            "manager_change_not_started": 10,
            "manager_change_completed": 20,
            "manager_grant_not_started": 5,
            "Manager_grant_completed": 14,
            "manager_changed_status": 4,
            "manager_change_started": 1,
            "manager_grant_started": 1,
            "enrollment": 3,
        },
        certificates={"passed_exam": 25, "manager_grant": 4, "api": 3},
    ),
    Status.COMPLETED: Habit(
        stop=110,
        enrol=4,
        revoke=60,
        changes={
            "recertify_course": 40,
            "recertify_learning_path": 60,
            "manager_change_not_started": 10,
            "manager_change_started": 8,
            "manager_grant_not_started": 5,
            "manager_grant_started": 4,
            "course_started": 6,
            "course_completed": 6,
            "manager_changed_status": 3,
            "manager_change_completed": 1,
            "Manager_grant_completed": 1,
        },
        certificates={
            "course_completed": 480,
            "passed_exam": 110,
            "manager_grant": 25,
            "api": 20,
            "manager_change_completed": 260,
        },
    ),
    Status.CERTIFIED: Habit(
        stop=400,
        enrol=3,
        revoke=190,
        changes={
            "course_started": 40,
            "scorm_started": 40,
            "course_completed": 300,
            "recertify_course": 90,
            "recertify_learning_path": 120,
            "manager_change_not_started": 14,
            "manager_change_started": 8,
            "manager_grant_not_started": 7,
            "manager_grant_started": 5,
            "manager_changed_status": 2,
        },
        certificates={
            "course_completed": 500,
            "passed_exam": 120,
            "api": 25,
            "manager_grant": 15,
            "manager_change_completed": 60,
        },
    ),
    Status.REVOKED: Habit(stop=600, enrol=400),
}

CHANNELS: Final[tuple[frozenset[str], ...]] = (
    frozenset(
        {
            "course_purchase",
            "collection_purchase",
            "a_la_carte_collection_purchase",
            "subscription_purchase",
            "subscription_access",
            "redemption_code",
            "public",
            "access_expiration",
        }
    ),
    frozenset(
        {
            "manager_course_enrollment",
            "registration_code",
            "client_access",
            "license_access",
            "client_revoked_access",
            "license_deletion",
            "manager_revoked_access",
        }
    ),
    frozenset({"sso", "learning_path_access", "salesforce_provision", "scorm_connect"}),
)
"""How a learner comes to the site (shop, client portal, corporate sign-on): the usual sources."""

_PLAIN: Final = frozenset({"webinar_attended", "scorm_started", "recertify_learning_path"})

KINDS: Final[dict[str, frozenset[str]]] = {
    "course": _PLAIN,
    "video": _PLAIN | {"passed_exam", "recertify_course"},
    "article": _PLAIN | {"passed_exam", "recertify_course", "collection_purchase"},
    "webinar": frozenset(
        {"course_started", "scorm_started", "recertify_course", "recertify_learning_path"}
    ),
    "learning path": frozenset({"webinar_attended", "scorm_started", "recertify_course"}),
    "scorm": frozenset({"webinar_attended", "course_started", "recertify_learning_path"}),
}
"""Content type → the sources of status changes and certificates that it does not have."""
