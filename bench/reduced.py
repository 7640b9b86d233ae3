"""The machine that every peer replays: nine classes of action, six statuses, one successor each.

It is a reduction of docs/semantics.md, since no peer can express that page in a usable way. Left
out: what a cycle remembers (who completed, what was bought, an earlier completion), sets of
possible statuses, severities. What the real machine lets some configuration of a status do without
an error, the status may do here, with two exceptions: a bulk import needs an enrolment (there S208,
a warning), and a certificate for completion needs one in the same cycle (there S209). A manager's
change "to what is not said" is taken as the most permissive one, to completed. An impossible action
leaves the status as it is. tests/unit/test_bench.py holds this page to the real machine.
"""

from __future__ import annotations

STATUSES = ("not_enrolled", "enrolled", "started", "completed", "certified", "revoked")
CLASSES = (
    "enrol",
    "start",
    "complete",
    "set_not_started",
    "set_started",
    "set_unknown",
    "revoke",
    "certify",
    "grant",
)

_IMPOSSIBLE, _STAYS = "!", "="

# A line a class, a column a status (in the order above): the status after.
_GRID = """
enrol           enrolled  =          =          =          =          enrolled
start           !         started    =          =          =          !
complete        !         completed  completed  =          =          !
set_not_started !         =          enrolled   enrolled   enrolled   !
set_started     !         started    =          started    started    !
set_unknown     !         completed  completed  =          =          !
revoke          !         revoked    revoked    revoked    revoked    =
certify         !         !          !          certified  =          =
grant           !         certified  certified  certified  =          =
"""


def _successors() -> dict[tuple[int, int], int]:
    found = {}
    for line in _GRID.strip().splitlines():
        name, *cells = line.split()
        for status, cell in enumerate(cells):
            if cell != _IMPOSSIBLE:
                after = status if cell == _STAYS else STATUSES.index(cell)
                found[status, CLASSES.index(name)] = after
    return found


SUCCESSOR = _successors()
"""(status, class) → status; what is absent is impossible."""

WIDTH = len(CLASSES)
WRONG = 8
"""Added to the status in TABLE where the action is impossible; greater than any status."""

TABLE = [
    SUCCESSOR.get((status, action), WRONG + status)
    for status in range(len(STATUSES))
    for action in range(WIDTH)
]
"""The same as one list, at status x WIDTH + class, for tools that gather."""

_SOURCES = {
    "enrollment": {
        "enrol": "course_purchase collection_purchase a_la_carte_collection_purchase "
        "subscription_purchase subscription_access registration gift-course-purchase "
        "gift_collection_purchase manager_created_user manager_course_enrollment "
        "manager_bulk_user_creation redemption_code gift_redemption_code registration_code sso "
        "learning_path_access client_access license_access balance_redemption reschedule "
        "salesforce_provision scorm_connect public",
    },
    "status_change": {
        "enrol": "enrollment",
        "start": "course_started scorm_started",
        "complete": "course_completed webinar_attended recertify_course recertify_learning_path "
        "manager_change_completed Manager_grant_completed",
        "set_not_started": "manager_change_not_started manager_grant_not_started",
        "set_started": "manager_change_started manager_grant_started",
        "set_unknown": "manager_changed_status",
    },
    "revoked_access": {
        "revoke": "access_expiration course_deletion manager_revoked_access client_revoked_access "
        "manager_course_enrollment sso reschedule manager_bulk_user_creation license_deletion",
    },
    "certificate_grant": {
        "certify": "course_completed",
        "grant": "passed_exam manager_grant api course_purchase collection_purchase "
        "manager_course_enrollment manager_change_completed",
    },
}

CLASS = {
    (type_, source): CLASSES.index(name)
    for type_, classes in _SOURCES.items()
    for name, sources in classes.items()
    for source in sources.split()
}
"""The 54 pairs (Type, Source) → class."""

UNLISTED = {
    "enrollment": CLASSES.index("enrol"),
    "status_change": CLASSES.index("set_unknown"),
    "revoked_access": CLASSES.index("revoke"),
    "certificate_grant": CLASSES.index("grant"),
}
"""Type → class, for a source that the vendor added later."""

COLUMNS = ("Email", "Content Title", "Type", "Source", "Timestamp")
"""The cells that a peer needs. In a generated report no title stands under two content types."""


def replay(actions: list[int]) -> tuple[int, int]:
    """Return the last status and how many of the actions were impossible."""
    status = wrong = 0
    for action in actions:
        after = TABLE[status * WIDTH + action]
        if after >= WRONG:
            wrong += 1
        else:
            status = after
    return status, wrong
