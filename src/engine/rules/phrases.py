"""What an action is called: one table for messages, arguments, repairs and timelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["PHRASES", "Phrases"]


class Phrases(NamedTuple):
    """How an event of one action is spoken of.

    Attributes
    ----------
    short:
        In a timeline.
    clause:
        As the beginning of a sentence.
    says:
        As what a row says: "row 12 enrols the learner".
    noun:
        As a thing that may be missing.
    again:
        As ``clause``, where it happened before; empty: not otherwise than the first time.
    """

    short: str
    clause: str
    says: str
    noun: str
    again: str = ""


PHRASES: Final[Mapping[str, Phrases]] = {
    "enrol_by_course_purchase": Phrases(
        "enrolled by purchase",
        "The learner was enrolled by a purchase",
        "enrols the learner by a purchase",
        "an enrolment by purchase",
    ),
    "enrol_by_collection_purchase": Phrases(
        "enrolled by purchase of a collection",
        "The learner was enrolled by a collection's purchase",
        "enrols the learner by the purchase of a collection",
        "an enrolment by purchase of a collection",
    ),
    "enrol_by_manager": Phrases(
        "enrolled by a manager",
        "The learner was enrolled by a manager",
        "has the learner enrolled by a manager",
        "an enrolment by a manager",
    ),
    "enrol": Phrases("enrolled", "The learner was enrolled", "enrols the learner", "an enrolment"),
    "enrol_echo": Phrases(
        "status set by an enrolment",
        "The status was set by an enrolment",
        "repeats an enrolment as a status",
        "a status change by an enrolment",
    ),
    "start": Phrases(
        "started",
        "The content was started",
        "starts the content",
        "a start",
        "The content was started again",
    ),
    "scorm_progress": Phrases(
        "SCORM progress reported",
        "SCORM progress was reported",
        "reports SCORM progress",
        "a report of SCORM progress",
    ),
    "complete": Phrases(
        "completed",
        "The content was completed",
        "completes the content",
        "a completion",
        "The content was completed again",
    ),
    "attend": Phrases(
        "webinar attended",
        "The webinar was attended",
        "counts the webinar as attended",
        "a webinar attendance",
        "The webinar was attended again",
    ),
    "recertify": Phrases(
        "recertification completed",
        "A recertification was completed",
        "completes a recertification",
        "a recertification",
    ),
    "set_not_started": Phrases(
        "set to not started by a manager",
        "A manager set the status to not started",
        "sets the status to not started, by a manager",
        "a reset to not started by a manager",
    ),
    "set_started": Phrases(
        "set to started by a manager",
        "A manager set the status to started",
        "sets the status to started, by a manager",
        "a change to started by a manager",
    ),
    "set_completed": Phrases(
        "set to completed by a manager",
        "A manager set the status to completed",
        "sets the status to completed, by a manager",
        "a change to completed by a manager",
    ),
    "import_not_started": Phrases(
        "set to not started by an import",
        "An import set the status to not started",
        "sets the status to not started, by an import",
        "a reset to not started by an import",
    ),
    "import_started": Phrases(
        "set to started by an import",
        "An import set the status to started",
        "sets the status to started, by an import",
        "a change to started by an import",
    ),
    "import_completed": Phrases(
        "set to completed by an import",
        "An import set the status to completed",
        "sets the status to completed, by an import",
        "a change to completed by an import",
    ),
    "set_unknown": Phrases(
        "status changed, to what is not said",
        "The status was changed",
        "changes the status and does not say to what",
        "a status change",
    ),
    "certify_for_completion": Phrases(
        "certificate granted on completion",
        "A certificate was granted on completion",
        "grants a certificate for completion",
        "a certificate for completion",
    ),
    "certify_for_exam": Phrases(
        "certificate granted for an exam or survey",
        "A certificate was granted for an exam or survey",
        "grants a certificate for an exam or survey",
        "a certificate for an exam or survey",
    ),
    "certify_by_grant": Phrases(
        "certificate granted",
        "A certificate was granted",
        "grants a certificate by hand or through the API",
        "a certificate granted by hand",
    ),
    "certify_for_course_purchase": Phrases(
        "certificate granted on purchase",
        "A certificate was granted on purchase",
        "grants a certificate for the purchase of the content",
        "a certificate on purchase",
    ),
    "certify_for_collection_purchase": Phrases(
        "certificate granted on purchase of a collection",
        "A certificate was granted on a collection's purchase",
        "grants a certificate for the purchase of a collection",
        "a certificate on purchase of a collection",
    ),
    "certify_for_manager_enrolment": Phrases(
        "certificate granted on enrolment by a manager",
        "A certificate was granted on enrolment by a manager",
        "grants a certificate for an enrolment by a manager",
        "a certificate on enrolment by a manager",
    ),
    "certify_for_manager_completion": Phrases(
        "certificate granted on completion by a manager",
        "A certificate was granted on completion by a manager",
        "grants a certificate for a completion set by a manager",
        "a certificate on completion by a manager",
    ),
    "revoke": Phrases(
        "access revoked",
        "Access was revoked",
        "revokes the learner's access",
        "a revocation",
        "Access was revoked again",
    ),
}
"""Action → phrases. The actions are those of semantics.md §3."""
